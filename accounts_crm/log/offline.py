"""What a browser needs to log a contact without a line: its service worker and its manifest."""

import hashlib
import json

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

SHEETS, SCRIPTS = "css", "js"
LEFT_OUT = ("js/charts/", "js/worker.js")  # loaded only where a chart is; the worker itself


@login_not_required
@require_safe
def worker(request):
    """The service worker: served from the root, since that is how far it may reach."""
    assets = [static(path) for path in _paths()]
    version = hashlib.sha256("\n".join([static("js/worker.js"), *assets]).encode()).hexdigest()[:12]
    given = json.dumps({"version": version, "assets": assets, "page": reverse("log")})
    text = f'import {{ serve }} from "{static("js/worker.js")}";\nserve({given});\n'
    answer = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@login_not_required
@require_safe
def manifest(request):
    """What a phone shows of the site when it is installed."""
    icon = {"src": static("icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    answer = JsonResponse(
        {
            "name": "Keel",
            "short_name": "Keel",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "icons": [icon],
            "shortcuts": [{"name": _("Log contact"), "url": reverse("log")}],
        },
        content_type="application/manifest+json",
    )
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _paths() -> list[str]:
    """Return the static files of the frame and of the form."""
    root = settings.BASE_DIR / "static"
    scripts = sorted(path.relative_to(root).as_posix() for path in (root / SCRIPTS).rglob("*.js"))
    sheets = ["css/app.css"]
    if not settings.HASHED_STATIC:  # there the sheets are one
        sheets += sorted(
            path.relative_to(root).as_posix()
            for path in (root / SHEETS).rglob("*.css")
            if path.name != "app.css"
        )
    own = [path for path in scripts if not path.startswith(LEFT_OUT)]
    return [*sheets, *own, "django_htmx/htmx-2.min.js", "icon.svg"]
