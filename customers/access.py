"""Who may see an account, and who may change what of it. The whole rule is in this file.

    account manager    sees the accounts owned or joined as team member; changes them
                       (as LEAD or EDITOR; a VIEWER changes nothing); as deputy also the
                       covered ones, like an editor: for good, or as a substitute from the
                       first to the last business day of the period
    director           sees and changes the accounts in the region of a post held, and below;
                       a post without region: all, those without a region too; no post: none
    reader             sees every account, changes nothing
    data steward       sees every account, changes facts (not the relationship)
    integration        by API token only, within its scopes: sees every account, changes facts
    administrator      users, roles, settings, runs; accounts only with another role
    anyone else        gets 404, so that names do not leak

A deputy names no further deputies: that is for the account's manager and the directors above.

Who holds which role is stored in groups, posts, team members and deputies; what it means stands
here.
"""

from collections.abc import Collection, Iterable

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.calendar import business_today
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
    FACTS = "facts", _("Facts")  # master data, orders, complaints, payment, competitors


EDITING_TEAM_ROLES = (TeamRole.LEAD, TeamRole.EDITOR)
NOBODY = Q(pk__in=[])


def roles_of(user) -> frozenset[str]:
    """Return the names of the roles a user holds; read once per user object."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, "_roles"):
        # The posts come along: every page of a director asks for both.
        hold(user, list(user.groups.values_list("name", "user__posts", "user__posts__region")))
    return user._roles


def hold(user, held: Collection[tuple[str, int | None, int | None]]) -> None:
    """Keep with a user object what was read of its roles: role, post and the post's region."""
    user._roles = frozenset(name for name, _post, _region in held)
    user._held = {post: region for _name, post, region in held if post is not None}


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


def appointed_by(user) -> Q:
    """Return the condition under which `user` may name deputies of an Account."""
    if Role.DIRECTOR in roles_of(user) and None in _post_regions(user):
        return Q()
    return _reached_by(user, (TeamRole.LEAD,), covered=False)


def may_lead_people(user) -> bool:
    """Say whether a user may form linkage groups: a director who holds a post."""
    return Role.DIRECTOR in roles_of(user) and bool(_post_regions(user))


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


def posts_changed_by(user) -> list[int] | None:
    """Return the posts a user may change and fill: all (None), those below his own, or none.

    An administrator keeps the whole organisation; a director what stands below the posts he holds.
    """
    roles = roles_of(user)
    if Role.ADMIN in roles:
        return None
    if Role.DIRECTOR not in roles:
        return []
    held = list(user.posts.values_list("pk", flat=True))
    return sorted(set(descendants("teams.Post", held)) - set(held))


def regions_given_by(user) -> list[int] | None:
    """Return the regions that a user may give a post: all (None), or those of his own posts."""
    if Role.ADMIN in roles_of(user):
        return None
    regions = _post_regions(user)
    return None if None in regions else [pk for pk in regions if pk is not None]


def may_see_policies(user) -> bool:
    """Say whether a user may read what tiers and stages ask for: who has to do with accounts."""
    return bool(roles_of(user) - {Role.ADMIN})


def may_direct(user) -> bool:
    """Say whether a user decides for others: tiers and policies."""
    return Role.DIRECTOR in roles_of(user)


def may_see_back_tests(user) -> bool:
    """Say whether the user may see how good the warnings are: it rests on all accounts."""
    return may_direct(user) or sees_all(user)


def directed_by(user) -> Q:
    """Return the condition of the accounts in the region of a post that a director holds."""
    if not may_direct(user):
        return NOBODY
    regions = _post_regions(user)
    return Q() if None in regions else Q(region__in=regions)


def posts_cover(user, regions: Iterable[int | None], *, without: Collection[int] = ()) -> bool:
    """Say whether the posts a director holds, some left out, cover each of several regions.

    regions  by id; None is that of an account without one
    """
    if not may_direct(user):
        return False
    held = {region for post, region in user._held.items() if post not in without}
    return None in held or set(regions) <= set(descendants("customers.Region", held - {None}))


def may_see_teams(user) -> bool:
    """Say whether a user may look at who covers for whom and what was handed over."""
    return bool(roles_of(user) & {Role.MANAGER, Role.DIRECTOR, Role.READER, Role.STEWARD})


def people_below(user) -> Q:
    """Return the condition of the people a director stands above: who leads an account there.

    Nobody stands above himself.
    """
    if Role.DIRECTOR not in roles_of(user):
        return NOBODY
    regions = _post_regions(user)
    if None in regions:
        return ~Q(pk=user.pk)
    leaders = get_user_model().objects.filter(owned_accounts__region__in=regions)
    return Q(pk__in=leaders.values("pk")) & ~Q(pk=user.pk)


def may_model_pay(user) -> bool:
    """Say whether a user may look at the pay mix: managers their own, directors that below."""
    return bool(roles_of(user) & {Role.MANAGER, Role.DIRECTOR})


def pay_seen_by(user) -> Q:
    """Return the condition of the people whose pay a user may model: those below, and himself."""
    return people_below(user) | Q(pk=user.pk) if may_model_pay(user) else NOBODY


def may_see_departures(user) -> bool:
    """Say whether a user may look at what breaks if one of our people leaves."""
    return may_lead_people(user) or Role.ADMIN in roles_of(user)


def may_run_nightly(user) -> bool:
    """Say whether a user may start a nightly run."""
    return bool(roles_of(user) & {Role.DIRECTOR, Role.STEWARD, Role.ADMIN})


def may_see_runs(user) -> bool:
    """Say whether a user may look at the nightly runs in detail."""
    return bool(roles_of(user) - {Role.INTEGRATION})


def _reached_by(user, team_roles, *, covered: bool = True) -> Q:
    roles = roles_of(user)
    reached = NOBODY
    if Role.MANAGER in roles:
        reached |= Q(pk__in=_managed_by(user, team_roles, covered=covered))
    if Role.DIRECTOR in roles:
        reached |= Q(region__in=_post_regions(user))
    return reached


def _managed_by(user, team_roles, *, covered: bool):
    """Return the ids of the accounts that a manager leads, has joined or covers for.

    One union of three short lists, which a database begins with; three conditions joined by OR it
    would rather check on every account there is.
    """
    today, day = timezone.localdate(), business_today()
    joined = user.memberships.filter(role__in=team_roles, since__lte=today)
    parts = [joined.exclude(until__lt=today).order_by().values("account")]
    if covered:
        deputy_of = user.deputyships.filter(since__lte=day).exclude(until__lt=day)
        parts.append(deputy_of.order_by().values("account"))
    return user.owned_accounts.order_by().values("pk").union(*parts)


def _post_regions(user) -> list[int | None]:
    """Return the regions of the posts a user holds, with all below; None stands for everything."""
    if not hasattr(user, "_post_regions"):
        held = list(user._held.values())
        if None in held:
            user._post_regions = [None]
        else:
            user._post_regions = descendants("customers.Region", held) if held else []
    return user._post_regions
