"""What the frame of every page needs: the person, the last run, theme."""

from accounts_crm.models import NightlyRun
from customers.access import may_see_runs, roles_of


def shell(request) -> dict:
    """Return the context of templates/base.html; lazy, so that fragments pay nothing."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": request.COOKIES.get("theme", "system")}
    return {
        "theme": user.theme,
        "roles": roles_of(user),
        "latest_run": _Lazy(NightlyRun.objects.latest_published),
        "may_see_runs": may_see_runs(user),
    }


class _Lazy:
    """A value fetched when the template first asks for it."""

    def __init__(self, fetch):
        self._fetch = fetch

    def __call__(self):
        if not hasattr(self, "_value"):
            self._value = self._fetch()
        return self._value
