"""The filters as the page draws them: one chip each, with its choices behind it."""

from dataclasses import dataclass

import django_filters
from django.utils.translation import gettext as _

from accounts_crm.portfolio import counting
from accounts_crm.portfolio.address import FILTERS, filtering, tidy, without
from accounts_crm.portfolio.filters import PortfolioFilters
from customers.figures import listed

# Always there; the others stand behind one chip until they are used.
FIRST = ("status", "tier", "stage", "value_class", "risk", "owner", "region")

__all__ = ["Chip", "Fault", "Way", "chips", "faults", "filtering", "tidy", "ways_out", "without"]


@dataclass(frozen=True)
class Chip:
    """One filter: what is chosen, what else there is, and the way out of it."""

    name: str
    label: str
    several: bool
    options: tuple[tuple[str, str, bool], ...]  # value, label, chosen
    without: str  # query string

    @property
    def chosen(self) -> str:
        """Return what is chosen, in words."""
        return listed(label for _value, label, chosen in self.options if chosen)

    @property
    def apart(self) -> bool:
        """Say whether it stands by itself, not behind the chip of more filters."""
        return self.name in FIRST or bool(self.chosen)


@dataclass(frozen=True)
class Fault:
    """A filter value in the address that means nothing."""

    label: str
    typed: str
    without: str  # query string


@dataclass(frozen=True)
class Way:
    """A filter that could be dropped where nothing matches, and how many accounts then would."""

    label: str
    count: int
    without: str  # query string

    @property
    def shown(self) -> str:
        """Return the count as far as it was counted."""
        cap = counting.BADGE_CAP
        return f"{cap:,}+" if self.count > cap else f"{self.count:,}"


def chips(filters: PortfolioFilters) -> list[Chip]:
    """Return a chip for each filter that offers a choice."""
    drawn = []
    for name in FILTERS:
        typed = filters.data.getlist(name)
        options = tuple(
            (str(value), str(label), str(value) in typed)
            for value, label in filters.form.fields[name].choices
            if value != ""
        )
        if options:
            drawn.append(
                Chip(
                    name=name,
                    label=str(filters.form.fields[name].label),
                    several=isinstance(filters.filters[name], django_filters.MultipleChoiceFilter),
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


def ways_out(filters: PortfolioFilters) -> list[Way]:
    """Return for each filter in use how many accounts there are without it, most first."""
    used = [name for name in ("q", *FILTERS) if filters.form.cleaned_data.get(name)]
    if not used:
        return []
    counts = counting.count_up_to(
        {name: (filters.apart_from(name), counting.BADGE_CAP) for name in used}
    )
    ways = [
        Way(str(filters.form.fields[name].label), counts[name], without(filters.data, name))
        for name in used
        if counts[name]
    ]
    return sorted(ways, key=lambda way: -way.count)
