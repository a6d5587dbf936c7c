"""The filters as the page draws them: one chip each, with its choices behind it."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts_crm.portfolio.filters import PortfolioFilters

NAMES = ("status", "tier", "stage", "value_class", "risk", "contact", "owner", "region", "industry")
SEVERAL = ("status", "tier", "stage", "value_class", "risk")


@dataclass(frozen=True)
class Chip:
    """One filter: what is chosen, what else there is, and the way out of it."""

    name: str
    label: str
    several: bool
    options: list[tuple[str, str, bool]]  # value, label, chosen
    without: str  # query string

    @property
    def chosen(self) -> str:
        """Return what is chosen, in words."""
        return ", ".join(str(label) for _value, label, chosen in self.options if chosen)


@dataclass(frozen=True)
class Fault:
    """A filter value in the address that means nothing."""

    label: str
    typed: str
    without: str  # query string


def chips(filters: PortfolioFilters) -> list[Chip]:
    """Return a chip for each filter that offers a choice."""
    drawn = []
    for name in NAMES:
        typed = filters.data.getlist(name)
        options = [
            (str(value), label, str(value) in typed)
            for value, label in filters.form.fields[name].choices
            if value != ""
        ]
        if options:
            drawn.append(
                Chip(
                    name=name,
                    label=str(filters.form.fields[name].label),
                    several=name in SEVERAL,
                    options=options,
                    without=without(filters.data, name),
                )
            )
    return drawn


def faults(filters: PortfolioFilters) -> list[Fault]:
    """Return the filters whose values mean nothing, so that the page can say it left them out."""
    return [
        Fault(
            label=str(filters.form.fields[name].label),
            typed=_(", ").join(filters.data.getlist(name))[:80],
            without=without(filters.data, name),
        )
        for name in filters.form.errors
    ]


def without(data: QueryDict, *names: str) -> str:
    """Return the query string without some keys; the page starts anew."""
    return tidy(data, *names, "page") or "?"


def tidy(data: QueryDict, *dropped: str) -> str:
    """Return the query string without what is empty or dropped, "" if nothing is left."""
    kept = QueryDict(mutable=True)
    for name, values in data.lists():
        if name not in dropped and any(values):
            kept.setlist(name, [value for value in values if value])
    return f"?{kept.urlencode()}" if kept else ""


def filtering(data: QueryDict) -> bool:
    """Say whether any filter is set."""
    return any(data.get(name) for name in ("q", *NAMES))
