"""Who may see an account, and who may change what of it. The whole rule is in this file.

    account manager    sees the accounts owned or joined as team member; changes them
                       (as LEAD or EDITOR; a VIEWER changes nothing)
    director           sees and changes the accounts in the region of a post held, and below;
                       a post without region: all, those without a region too; no post: none
    reader             sees every account, changes nothing
    data steward       sees every account, changes facts (not the relationship)
    integration        by API token only, within its scopes: sees every account, changes facts
    administrator      users, roles, settings, runs; accounts only with another role
    anyone else        gets 404, so that names do not leak

Who holds which role is stored in groups, posts and team members; what it means stands here.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.tree import descendants


class Role(models.TextChoices):
    """The roles of our people; each is a group of the same name."""

    MANAGER = "account manager", _("Account manager")
    DIRECTOR = "director", _("Director")
    READER = "reader", _("Reader")
    STEWARD = "data steward", _("Data steward")
    INTEGRATION = "integration", _("Integration")
    ADMIN = "administrator", _("Administrator")


class TeamRole(models.TextChoices):
    """What a team member may do with the account."""

    LEAD = "lead", _("Lead")
    EDITOR = "editor", _("Editor")
    VIEWER = "viewer", _("Viewer")


class Change(models.TextChoices):
    """The two kinds of change that different roles may make."""

    RELATIONSHIP = "relationship", _("Relationship")  # contact log, people, tier, stage, flags
    FACTS = "facts", _("Facts")  # master data, orders, complaints, satisfaction, potential


EDITING_TEAM_ROLES = (TeamRole.LEAD, TeamRole.EDITOR)
NOBODY = Q(pk__in=[])


def roles_of(user) -> frozenset[str]:
    """Return the names of the roles a user holds; read once per user object."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, "_roles"):
        user._roles = frozenset(user.groups.values_list("name", flat=True))
    return user._roles


def sees_all(user) -> bool:
    """Say whether a user sees every account, so that company totals may be shown."""
    if roles_of(user) & {Role.READER, Role.STEWARD, Role.INTEGRATION}:
        return True
    return Role.DIRECTOR in roles_of(user) and None in _post_regions(user)


def seen_by(user) -> Q:
    """Return the condition under which `user` may see an Account."""
    if sees_all(user):
        return Q()
    return _reached_by(user, TeamRole.values)


def changed_by(user, change: Change) -> Q:
    """Return the condition under which `user` may make this kind of change to an Account."""
    roles = roles_of(user)
    if change == Change.FACTS and roles & {Role.STEWARD, Role.INTEGRATION}:
        return Q()
    if Role.DIRECTOR in roles and None in _post_regions(user):
        return Q()
    return _reached_by(user, EDITING_TEAM_ROLES)


def may_open_accounts(user) -> bool:
    """Say whether a user may add an account: whoever may change any."""
    return may_write(user)


def may_write(user) -> bool:
    """Say whether a user may change anything about accounts at all."""
    return bool(roles_of(user) & {Role.MANAGER, Role.DIRECTOR, Role.STEWARD, Role.INTEGRATION})


def may_log(user) -> bool:
    """Say whether a user may log a contact with any account at all."""
    return bool(roles_of(user) & {Role.MANAGER, Role.DIRECTOR})


def may_see_dashboard(user) -> bool:
    """Say whether a user may look at figures over the accounts he sees."""
    return bool(roles_of(user) & {Role.MANAGER, Role.DIRECTOR, Role.READER, Role.STEWARD})


def may_run_nightly(user) -> bool:
    """Say whether a user may start a nightly run."""
    return bool(roles_of(user) & {Role.DIRECTOR, Role.STEWARD, Role.ADMIN})


def may_see_runs(user) -> bool:
    """Say whether a user may look at the nightly runs in detail."""
    return bool(roles_of(user) - {Role.INTEGRATION})


def _reached_by(user, team_roles) -> Q:
    roles = roles_of(user)
    reached = NOBODY
    if Role.MANAGER in roles:
        today = timezone.localdate()
        # A subquery, not a join: no duplicate rows, hence no DISTINCT.
        joined = (
            user.memberships.filter(role__in=team_roles, since__lte=today)
            .exclude(until__lt=today)
            .values("account")
        )
        reached |= Q(owner=user) | Q(pk__in=joined)
    if Role.DIRECTOR in roles:
        reached |= Q(region__in=_post_regions(user))
    return reached


def _post_regions(user) -> list[int | None]:
    """Return the regions of the posts a user holds, with all below; None stands for everything."""
    if not hasattr(user, "_post_regions"):
        held = list(user.posts.values_list("region", flat=True))
        if None in held:
            user._post_regions = [None]
        else:
            user._post_regions = descendants("customers.Region", held) if held else []
    return user._post_regions
