"""What stands behind a figure of the evidence: by the same rules as lifecycle.facts counts it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Max, Min, QuerySet, Sum
from django.utils.translation import gettext as _

from customers import wallet
from customers.calendar import months_before, window_start
from customers.figures import money, short_date
from customers.models import Account, Contact, Function, Interaction, OrderLine, PurchasePotential
from lifecycle import facts
from lifecycle.evidence import DIRECTORS
from lifecycle.models import OpenBook, StageGate

Kind = StageGate.Kind
THEIRS: dict[str, str] = {Kind.FUNCTIONS: "theirs__function", Kind.PAIRS: "theirs__function"}
ORDERS = 100  # shown, the latest


@dataclass(frozen=True)
class Shown:
    """One of the things that a gate counts: the day on which it was so last, and how often."""

    name: str
    day: dt.date | None
    times: Any = None


@dataclass
class Behind:
    """What a gate rests on.

    rows      what is counted, the latest first; of orders the latest ORDERS
    contacts  the entries of the contact log that show it, None where it rests on others
    have      the figure of the gate from these, None where it is unknown
    """

    rows: list[Shown]
    have: int | None
    contacts: QuerySet[Interaction] | None = None


def behind(account: Account, gate: StageGate, as_of: dt.date) -> Behind:
    """Return what stands behind a gate of an account as of a day, from what is there now."""
    match gate.kind:
        case Kind.TRADE:
            return _orders(account, as_of)
        case Kind.SHARE:
            return _share(account, as_of)
        case Kind.GROUPS:
            return _groups(account, gate, as_of)
        case Kind.OPEN_BOOK:
            books = OpenBook.objects.filter(facts.in_force(as_of), account=account)
            rows = [Shown(_span(book.since, book.until), book.since) for book in books]
            return Behind(rows, len(rows))
    return _contacts(account, gate, as_of)


def _contacts(account: Account, gate: StageGate, as_of: dt.date) -> Behind:
    since = as_of - dt.timedelta(days=(gate.days or facts.REACH) - 1)
    met = facts.who_met(as_of).filter(account=account, date__gte=since)
    # Annotated, so that the people counted are those of the same join.
    met = met.annotate(theirs_mark=F(THEIRS.get(gate.kind, "theirs__level")))
    marks = ["theirs_mark"]
    if gate.kind == Kind.PAIRS:
        met = met.filter(facts.not_alone()).annotate(ours_mark=F("ours__function"))
        met = met.filter(ours_mark__gt="")
        marks = ["ours_mark", "theirs_mark"]
    elif gate.kind == Kind.DIRECTOR:
        met = met.filter(theirs_mark__in=DIRECTORS)
    elif gate.kind == Kind.TOP:
        met = met.filter(kind__in=Interaction.MEETINGS, theirs_mark__in=facts.TOP)
        marks = []
    met = met.filter(theirs_mark__gt="")
    counted = (
        met.values(*marks).annotate(day=Max("date"), times=Count("pk", distinct=True))
        if marks
        else met.values("date").annotate(day=F("date"), times=Count("pk", distinct=True))
    )
    counted = counted.order_by("-day", *marks)
    rows = [Shown(_name(gate, row), row["day"], row["times"]) for row in counted]
    entries = account.interactions.filter(pk__in=met.values("pk"))
    return Behind(rows, len(rows), entries)


def _name(gate: StageGate, row: dict[str, Any]) -> str:
    if gate.kind == Kind.TOP:
        return short_date(row["day"])
    known: dict[str, Any] = dict(Function.choices if gate.kind in THEIRS else Contact.Level.choices)
    theirs = str(known.get(row["theirs_mark"], row["theirs_mark"]))
    if gate.kind != Kind.PAIRS:
        return theirs
    ours = str(known.get(row["ours_mark"], row["ours_mark"]))
    return _("Our %(ours)s with their %(theirs)s") % {"ours": ours, "theirs": theirs}


def _groups(account: Account, gate: StageGate, as_of: dt.date) -> Behind:
    since = as_of - dt.timedelta(days=(gate.days or facts.REACH) - 1)
    met = facts.joint_meetings(as_of).filter(account=account, date__gte=since)
    counted = (
        met.order_by().values("group", "group__name").annotate(day=Max("date"), times=Count("pk"))
    )
    rows = [
        Shown(row["group__name"], row["day"], row["times"])
        for row in counted.order_by("-day", "group")
    ]
    return Behind(rows, len(rows))


def _orders(account: Account, as_of: dt.date) -> Behind:
    since = window_start(as_of, settings.RANKING_WINDOW_MONTHS)
    lines = OrderLine.objects.filter(account=account, date__gte=since, date__lte=as_of)
    orders = lines.order_by().values("source", "order_id")
    orders = orders.annotate(
        day=Min("date"), total=Sum("revenue_minor"), currency=Min("currency")
    ).filter(total__gt=0)
    rows = [
        Shown(row["order_id"], row["day"], money(int(row["total"]), row["currency"]))
        for row in orders.order_by("-day", "source", "order_id")[:ORDERS]
    ]
    return Behind(rows, int(bool(rows)))


def _share(account: Account, as_of: dt.date) -> Behind:
    year = months_before(as_of, 12)
    lines = OrderLine.objects.filter(account=account, date__gt=year, date__lte=as_of)
    sums = lines.aggregate(total=Sum("revenue"), lines=Count("pk"), rated=Count("revenue"))
    potentials = PurchasePotential.objects.filter(account=account, date__lte=as_of)
    latest = potentials.order_by("-date", "-pk").first()
    currency = settings.REPORTING_CURRENCY
    total = wallet.revenue(sums["total"], sums["lines"])
    rows = []
    if total is not None:
        said = _("Our revenue in 12 months, from %(count)s order lines") % {"count": sums["rated"]}
        rows.append(Shown(said, None, money(total, currency)))
    if left_out := sums["lines"] - sums["rated"]:
        rows.append(Shown(_("Order lines without an exchange rate, left out"), None, left_out))
    could = latest.amount if latest else None
    if latest:
        amount = _("unknown") if could is None else money(could, currency)
        rows.append(Shown(_("What they buy per year"), latest.date, amount))
    share = wallet.share(sums["total"], sums["lines"], could)
    return Behind(rows, None if share is None else facts.permille(share) // 10)


def _span(since: dt.date, until: dt.date | None) -> str:
    return f"{short_date(since)} – {short_date(until) if until else ''}"
