"""Whether this process can serve: database and cache answer."""

import asyncio

from django.http import JsonResponse
from health_check.views import HealthCheckView


class HealthView(HealthCheckView):
    """Answer 200 or 503 in JSON, naming what works and what does not, and no details."""

    checks = ("health_check.checks.Database", "health_check.checks.Cache")

    async def get(self, request, *args, **kwargs):
        with self.get_executor() as executor:
            results = await asyncio.gather(
                *(check.get_result(executor) for check in self.get_checks())
            )
        answer = {
            type(result.check).__name__.lower(): "failed" if result.error else "ok"
            for result in results
        }
        return JsonResponse(answer, status=503 if "failed" in answer.values() else 200)
