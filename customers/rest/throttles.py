"""How many calls a person may make."""

from django.conf import settings
from django.core.cache import caches
from rest_framework.throttling import SimpleRateThrottle


class CountingThrottle(SimpleRateThrottle):
    """Count calls in two windows and weigh the last one by how much of it is still near.

    A counter that the cache raises in one step, since a list that is read and written back lets
    calls slip through between the two. Refused calls are not counted, so that a client that
    waits as long as Retry-After says is let in.
    """

    num_requests: int
    duration: int

    def allow_request(self, request, view):
        ident = self.ident(request)
        now = self.timer()
        window, passed = divmod(now, self.duration)
        this, last = (f"throttle_{self.scope}_{ident}_{int(n)}" for n in (window, window - 1))
        counts = caches[settings.THROTTLE_CACHE]
        counts.add(this, 0, timeout=2 * self.duration)
        try:
            count = counts.incr(this)
        except ValueError:  # it expired between the two
            return True
        before = counts.get(last, 0)
        near = before * (1 - passed / self.duration)
        if count + near <= self.num_requests:
            return True
        counts.decr(this)
        self.seconds = self._until_free(count - 1, before, passed)
        return False

    def ident(self, request) -> str:
        """Return whose calls are counted together."""
        raise NotImplementedError

    def wait(self):
        return self.seconds

    def _until_free(self, count: int, before: int, passed: float) -> float:
        """Return the seconds until one more call fits."""
        free = self.num_requests - 1
        if count > free:  # this window is full: on into the next, until enough of it is far
            return self.duration * (2 - free / count) - passed
        return self.duration * (1 - (free - count) / before) - passed


class PersonThrottle(CountingThrottle):
    """Limit the calls of a person, by whatever token or session."""

    scope = "person"

    def ident(self, request) -> str:
        return str(request.user.pk)


class StrangerThrottle(CountingThrottle):
    """Limit the calls from one address that name nobody, or nobody we know."""

    scope = "stranger"

    def ident(self, request) -> str:
        return self.get_ident(request)
