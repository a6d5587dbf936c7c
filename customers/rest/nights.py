"""Lists that show one published nightly run."""

from typing import Any

from django.apps import apps
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound, ValidationError

from customers.exports import nearest
from customers.rest.pages import Pages

# What each of these lists takes, see asked_run.
AS_OF = OpenApiParameter("as_of", OpenApiTypes.DATE, description="The latest if not given.")


def published_run(as_of=None):
    """Return the published run of a date, of the latest one if none is given, or None.

    By name: the run stands at the roof.
    """
    return apps.get_model("accounts_crm.NightlyRun").objects.published_for(as_of)


def asked_run(request):
    """Return the run that `?as_of=` asks for, or the latest one, None before the first.

    Raises ValidationError for what is no date, NotFound naming the nearest dates without a run.
    """
    text = request.query_params.get("as_of")
    if text is None:
        return published_run()
    try:
        as_of = parse_date(text)
    except ValueError:
        as_of = None
    if as_of is None:
        raise ValidationError({"as_of": [_("Give a date such as 2026-03-31.")]})
    if run := published_run(as_of):
        return run
    runs = apps.get_model("accounts_crm.NightlyRun").objects.published()
    near = nearest(runs.values_list("as_of", flat=True), as_of)
    if not near:
        raise NotFound(_("There is no published run yet."))
    raise NotFound(
        _("There is no published run for %(date)s. The nearest: %(dates)s")
        % {"date": as_of, "dates": ", ".join(day.isoformat() for day in near)}
    )


class NightPages(Pages):
    """Pages that say which night they show; a view states more in `night_facts`."""

    facts: dict[str, dict] = {
        "as_of": {"type": "string", "format": "date", "nullable": True},
        "currency": {"type": "string", "nullable": True},
    }

    def paginate_queryset(self, queryset, request, view=None):
        self.stated = view.night_facts()
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data):
        response = super().get_paginated_response(data)
        results = response.data.pop("results")
        response.data |= {**self.stated, "results": results}
        return response

    def get_paginated_response_schema(self, schema):
        whole = super().get_paginated_response_schema(schema)
        results = whole["properties"].pop("results")
        whole["properties"] |= {**self.facts, "results": results}
        whole["required"] = [*whole["required"], *self.facts]
        return whole


def run_facts(run) -> dict[str, Any]:
    """Return what every list of a night states."""
    return {"as_of": run and run.as_of, "currency": run and run.currency}
