"""The address of the list: the one place where all its state stands, in one way of writing it."""

from django.http import QueryDict

# What a saved view keeps, in the order in which it is written.
FILTERS = (
    "status",
    "tier",
    "policy",
    "observed",
    "stage",
    "supported",
    "evidence",
    "value_class",
    "risk",
    "contact",
    "owner",
    "member",
    "region",
    "industry",
    "channel",
    "position",
    "quadrant",
    "stance",
    "wallet",
    "flag",
    "step",
    "handover",
)
KEPT = ("scope", "q", *FILTERS, "sort", "cols")
PASSING = ("page", "as_of", "view")
LONGEST = 4000  # characters of a saved address


def tidy(data: QueryDict, *dropped: str) -> str:
    """Return the query string without what is empty or dropped, "" if nothing is left."""
    kept = QueryDict(mutable=True)
    for name, values in data.lists():
        if name not in dropped and any(values):
            kept.setlist(name, [value for value in values if value])
    if columns := kept.getlist("cols"):
        kept["cols"] = ",".join(columns)
    return f"?{kept.urlencode(safe=',')}" if kept else ""


def without(data: QueryDict, *names: str) -> str:
    """Return the query string without some keys; the page starts anew."""
    return tidy(data, *names, "page") or "?"


def filtering(data: QueryDict) -> bool:
    """Say whether any filter is set."""
    return any(data.get(name) for name in ("q", *FILTERS))


def normal(data: QueryDict, *, sort: str, columns: str) -> str:
    """Return what a saved view keeps of an address: the same text for the same list.

    sort     the order as read, "" for the usual one
    columns  the columns as read, "" for the usual ones
    """
    kept = QueryDict(mutable=True)
    for name in KEPT:
        values = {"sort": [sort], "cols": [columns]}.get(name) or sorted(set(data.getlist(name)))
        if any(values):
            kept.setlist(name, [value for value in values if value])
    return kept.urlencode(safe=",")
