"""The dashboard on one sheet of paper: the same figures, drawn without scripts."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts_crm.dashboard.page import context
from accounts_crm.errors import answer
from customers.access import may_see_dashboard

WIDTH, HEIGHT = 560, 170  # of the curve, in units of its view box


@require_safe
def dashboard_pdf(request):
    """Answer with the dashboard as a PDF of one page; the address takes what the page's takes."""
    if not may_see_dashboard(request.user):
        raise PermissionDenied(_("The dashboard is for those who look after accounts."))
    page = context(request)
    if "summary" not in page:  # the page itself says what is missing
        return render(request, "accounts_crm/dashboard.html", page)
    try:
        file = sheet(request, page).write_pdf()
    except OSError:  # Pango is a library of the system
        return answer(
            request,
            503,
            _("This server cannot make PDF files"),
            _("It lacks the library Pango. Print the page from the browser instead."),
        )
    name = f"keel-{page['run'].as_of.isoformat()}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(file, content_type="application/pdf", headers=headers)


def sheet(request, page: dict[str, Any]):
    """Return the laid out document; raise OSError where Pango is missing."""
    from weasyprint import HTML  # 80 MB and two seconds, for the few who print

    page = {**page, "drawn": draw(page["curve"]), "language": get_language()}
    html = render_to_string("accounts_crm/dashboard_pdf.html", page, request)
    return HTML(string=html, url_fetcher=_nothing).render()


def draw(curve: dict) -> dict:
    """Return the bars and the line of the curve in units of its view box."""
    steps, count = curve["steps"], curve["positive"]
    if not steps:
        return {}
    tallest = max(step.mean for step in steps)
    bars, line = [], [f"0,{HEIGHT}"]
    for step in steps:
        left, right = (WIDTH * number / count for number in (step.first - 1, step.last))
        height = HEIGHT * step.mean / tallest
        bars.append(
            {
                "css": step.value_class,
                "x": f"{left:.1f}",
                "y": f"{HEIGHT - height:.1f}",
                "width": f"{max(0.4, (right - left) * 0.8):.1f}",
                "height": f"{height:.1f}",
            }
        )
        line.append(f"{right:.1f},{HEIGHT * (1 - step.share):.1f}")
    ends = [
        {"class": end["class"], "x": f"{WIDTH * end['accounts'] / count:.1f}"}
        for end in curve["ends"]
    ]
    return {"bars": bars, "line": " ".join(line), "ends": ends, "width": WIDTH, "height": HEIGHT}


def _nothing(url, *args, **kwargs):
    """Refuse every address: the document is whole in itself."""
    raise ValueError(f"The sheet fetches nothing, and not {url}")
