"""What the frame of every page needs: the person, what the person may reach, the theme."""

from django.db.models import Count, Value

from accounts_crm.models import NightlyRun, Notice
from customers.access import Role, may_direct, may_see_dashboard, may_see_runs, roles_of
from lifecycle.models import TierRequest
from teams.models import User

# The page of the side bar under which an address belongs.
SECTIONS = (
    ("/notices/", "notices"),
    ("/accounts/", "accounts"),
    ("/stages/", "stages"),
    ("/risk/", "stages"),
    ("/goals/", "dashboard"),
    ("/dashboard/", "dashboard"),
    ("/teams/", "teams:posts"),
    ("/tiers/", "tiers"),
    ("/policies/signals/", "stages"),
    ("/policies/", "tiers"),
    ("/data/runs/", "runs"),
)


def shell(request) -> dict:
    """Return the context of templates/base.html; what costs a query waits until it is asked for."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        theme = request.COOKIES.get("theme")
        return {"theme": theme if theme in User.Theme else User.Theme.SYSTEM}
    roles = roles_of(user)
    waiting = _Lazy(lambda: _waiting(user))
    return {
        "theme": user.theme,
        "roles": roles,
        "role_name": next((role.label for role in Role if role in roles), ""),
        "section": _section(request.path),
        "may_see_accounts": bool(roles - {Role.ADMIN}),
        "may_log": bool(roles & {Role.MANAGER, Role.DIRECTOR}),
        "may_see_dashboard": may_see_dashboard(user),
        "may_see_teams": bool(roles - {Role.INTEGRATION}),
        "may_see_runs": may_see_runs(user),
        "may_direct": may_direct(user),
        "unread_notices": lambda: waiting().get("notices", 0),
        "tier_requests": lambda: waiting().get("requests", 0),
        "latest_run": _Lazy(NightlyRun.objects.latest_published),
    }


def _waiting(user) -> dict[str, int]:
    """Return how many notices a person has not read, and requests not decided, in one query."""
    kinds = {"notices": Notice.objects.visible_to(user).unread()}
    if may_direct(user):
        kinds["requests"] = TierRequest.objects.decidable_by(user)
    first, *rest = (
        rows.order_by().values_list(Value(kind)).annotate(count=Count("pk"))
        for kind, rows in kinds.items()
    )
    return dict(first.union(*rest, all=True)) if rest else dict(first)


def _section(path: str) -> str:
    return next((name for start, name in SECTIONS if path.startswith(start)), "")


class _Lazy:
    """A value fetched when the template first asks for it."""

    def __init__(self, fetch):
        self._fetch = fetch

    def __call__(self):
        if not hasattr(self, "_value"):
            self._value = self._fetch()
        return self._value
