"""Facts about relationships as of a day, for many accounts at once: what the evidence rests on.

Everything is dated on or before the day, by business date; master data (functions, levels, the
account manager) is today's. Whoever has left since is still there. Each fact is one query over a
range of accounts, so that memory does not grow with the company.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from customers import sql, wallet
from customers.calendar import months_before, window_start
from customers.models import Account, Contact, Interaction, PurchasePotential
from lifecycle.models import OpenBook
from teams.models import JointMeeting
from teams.models.joint_groups import active_since, standing_on

REACH = 730  # days back; no gate asks for more
SPAN = 10_000  # accounts read at once
TOP = (Contact.Level.EXECUTIVE, Contact.Level.BOARD)


@dataclass
class Facts:
    """What is known of one account; days are the latest on which it was so.

    share_permille  wallet share in thousandths, rounded down; None where unknown
    unrated         order lines of those twelve months that no exchange rate lets us count
    pairs           (our function, theirs), in entries where the account manager was not our
                    only person
    """

    purchase_on: dt.date | None = None
    share_permille: int | None = None
    unrated: int = 0
    functions: dict[str, dt.date] = field(default_factory=dict)
    levels: dict[str, dt.date] = field(default_factory=dict)
    ours: dict[str, dt.date] = field(default_factory=dict)
    pairs: dict[tuple[str, str], dt.date] = field(default_factory=dict)
    groups: dict[int, dt.date] = field(default_factory=dict)
    top: list[dt.date] = field(default_factory=list)
    open_book: int | None = None

    def figures(self, as_of: dt.date) -> dict[str, Any]:
        """Return the facts as an assessment keeps them; `groups` are those active as of the day."""
        active = active_since(as_of)
        return {
            "purchase_on": _text(self.purchase_on),
            "share_permille": self.share_permille,
            "unrated": self.unrated,
            "functions_met": {name: _text(day) for name, day in sorted(self.functions.items())},
            "levels_met": {name: _text(day) for name, day in sorted(self.levels.items())},
            "ours_met": {name: _text(day) for name, day in sorted(self.ours.items())},
            "pairs": [[*pair, _text(day)] for pair, day in sorted(self.pairs.items())],
            "groups": [pk for pk, day in sorted(self.groups.items()) if day >= active],
            "group_days": {str(pk): _text(day) for pk, day in sorted(self.groups.items())},
            "top": [_text(day) for day in self.top],
            "open_book": self.open_book,
        }

    @classmethod
    def of_figures(cls, kept: dict[str, Any]) -> "Facts":
        """Return the facts that an assessment keeps; what one of before did not keep is unknown."""
        return cls(
            purchase_on=_day(kept.get("purchase_on")),
            share_permille=kept.get("share_permille"),
            unrated=kept.get("unrated", 0),
            functions={name: _day(text) for name, text in kept.get("functions_met", {}).items()},
            levels={name: _day(text) for name, text in kept.get("levels_met", {}).items()},
            ours={name: _day(text) for name, text in kept.get("ours_met", {}).items()},
            pairs={(ours, theirs): _day(text) for ours, theirs, text in kept.get("pairs", [])},
            groups={int(pk): _day(text) for pk, text in kept.get("group_days", {}).items()},
            top=[_day(text) for text in kept.get("top", [])],
            open_book=kept.get("open_book"),
        )


def of_one(account_id: int, as_of: dt.date) -> Facts:
    """Return the facts of one account as of a day."""
    return _read(as_of, account_id, account_id)[account_id]


def of_all(as_of: dt.date) -> Iterator[list[tuple[int, str, Facts]]]:
    """Yield id, stage and facts of all accounts, SPAN of them at a time."""
    accounts = Account.objects.order_by("pk").values_list("pk", "stage")
    last = 0
    while part := list(accounts.filter(pk__gt=last)[:SPAN]):
        found = _read(as_of, part[0][0], part[-1][0])
        yield [(pk, stage, found[pk]) for pk, stage in part]
        last = part[-1][0]


def _read(as_of: dt.date, low: int, high: int) -> defaultdict[int, Facts]:
    found: defaultdict[int, Facts] = defaultdict(Facts)
    within = Q(account__gte=low, account__lte=high)
    _add_trade(found, as_of, low, high)
    _add_contacts(found, as_of, within)
    held = joint_meetings(as_of).filter(within).order_by().values_list("account", "group")
    for account, group, day in held.annotate(day=Max("date")):
        found[account].groups[group] = day
    books = OpenBook.objects.filter(in_force(as_of), within)
    for account, pk in books.values_list("account", "pk"):
        found[account].open_book = pk
    return found


def joint_meetings(as_of: dt.date) -> QuerySet:
    """Return the meetings of the joint groups that stand as of a day."""
    return JointMeeting.objects.filter(standing_on(as_of, "group__"), date__lte=as_of)


def in_force(as_of: dt.date) -> Q:
    """Return the condition of agreements in force on a day, their first and last included."""
    return Q(since__lte=as_of) & (Q(until__isnull=True) | Q(until__gte=as_of))


def _add_trade(found, as_of: dt.date, low: int, high: int) -> None:
    """Add the last purchase in the window, and the wallet share of twelve months."""
    since = window_start(as_of, settings.RANKING_WINDOW_MONTHS)
    year = months_before(as_of, 12) + dt.timedelta(days=1)
    bought = {}
    for account, day, total, lines, rated in sql.rows(
        """
        SELECT account_id, MAX(day), SUM(total), SUM(lines), SUM(rated)
          FROM (SELECT account_id,
                       CASE WHEN SUM(revenue_minor) FILTER (WHERE date >= %s) > 0
                            THEN MIN(date) FILTER (WHERE date >= %s) END AS day,
                       SUM(revenue) FILTER (WHERE date >= %s) AS total,
                       COUNT(*) FILTER (WHERE date >= %s) AS lines,
                       COUNT(revenue) FILTER (WHERE date >= %s) AS rated
                  FROM customers_orderline
                 WHERE account_id BETWEEN %s AND %s AND date BETWEEN %s AND %s
                 GROUP BY account_id, source, order_id) orders
         GROUP BY account_id
        """,
        [*[since.isoformat()] * 2, *[year.isoformat()] * 3, low, high,
         min(since, year).isoformat(), as_of.isoformat()],
    ):  # fmt: skip
        found[account].purchase_on = dt.date.fromisoformat(day) if isinstance(day, str) else day
        found[account].unrated = int(lines - rated)
        bought[account] = (None if total is None else int(total), int(lines))
    potentials = PurchasePotential.objects.filter(
        account__gte=low, account__lte=high, date__lte=as_of
    ).order_by("account", "date", "pk")
    could_buy = dict(potentials.values_list("account", "amount"))  # the latest of each
    for account, could in could_buy.items():
        share = wallet.share(*bought.get(account, (None, 0)), could)
        found[account].share_permille = None if share is None else permille(share)


def _add_contacts(found, as_of: dt.date, within: Q) -> None:
    """Add who met whom, and when last."""
    # One pass for all that people met: each join reads long tables.
    met = (
        who_met(as_of)
        .filter(within)
        .annotate(together=not_alone())
        .values_list("account", "ours__function", "theirs__function", "theirs__level", "together")
        .annotate(day=Max("date"))
    )
    for account, ours, theirs, level, together, day in met:
        facts = found[account]
        _keep_latest(facts.functions, theirs, day)
        _keep_latest(facts.levels, level, day)
        _keep_latest(facts.ours, ours, day)
        if together and ours and theirs:
            _keep_latest(facts.pairs, (ours, theirs), day)
    top = who_met(as_of).filter(within, kind__in=Interaction.MEETINGS, theirs__level__in=TOP)
    for account, day in top.values_list("account", "date").distinct().order_by(F("date").desc()):
        found[account].top.append(day)


def who_met(as_of: dt.date) -> QuerySet:
    """Return the entries in which both sides met, as far back as a gate can ask."""
    since = as_of - dt.timedelta(days=REACH)
    return Interaction.objects.filter(
        kind__in=Interaction.MET, date__lte=as_of, date__gt=since, theirs__isnull=False
    ).order_by()


def not_alone() -> Q:
    """Return the condition of entries in which the account manager was not our only person."""
    beside = Interaction.ours.through.objects.filter(interaction=OuterRef("pk")).exclude(
        user=OuterRef("account__owner")
    )
    # Without an account manager everybody is somebody else.
    return Q(account__owner__isnull=True) | Q(Exists(beside))


def permille(share: Fraction) -> int:
    """Return a share in thousandths, rounded down."""
    return 1000 * share // 1


def _keep_latest(latest: dict[Any, dt.date], name: Any, day: dt.date) -> None:
    if name and (name not in latest or latest[name] < day):
        latest[name] = day


def _text(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: Any) -> Any:
    return dt.date.fromisoformat(text) if text else None
