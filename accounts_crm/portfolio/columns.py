"""The columns of the list: which there are, which are shown, how each cell is drawn.

A cell is drawn by a function, not by a template: a page has six hundred of them, and its parts
are drawn once for all that look the same (customers/parts.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from customers import figures, icons
from customers.models import Account, Stage
from customers.parts import draw
from customers.templatetags.keel import marked
from lifecycle.queries import Evidence
from lifecycle.stages import TRACK

NOTHING = SafeString("")
ALWAYS = ("rank", "name")
LONGEST = 60  # characters of a next step


@dataclass(frozen=True)
class Look:
    """What all cells of a page share: the currency, and what links carry on to the same night."""

    currency: str
    past: str = ""


def _rank(row, _look) -> SafeString:
    account = row.account
    letter, moved = draw("class", value_class=account.value_class), draw("move", move=row.move)
    return mark_safe(f'<span class="row">{letter}<span class="pos">{row.rank}</span>{moved}</span>')


def _name(row, look) -> SafeString:
    account = row.account
    below = marked(account.other_name)
    if group := getattr(account, "group_name", None):
        between = " · " if account.other_name else ""
        below += format_html('<span class="grp">{}{}</span>', between, marked(group))
    return format_html(
        '<span class="name"><a href="{}{}">{}</a><small>{}</small></span>',
        account.get_absolute_url(),
        look.past,
        marked(account.name),
        below,
    )


def _value(row, look) -> SafeString:
    shown = "" if row.value is None else figures.compact(int(row.value), look.currency)
    line = draw("spark", points=row.points)
    return mark_safe(
        f'<span class="metered">{line}<span class="fig">{conditional_escape(shown)}</span></span>'
    )


def _risk(row, _look) -> SafeString:
    account = row.account
    if account.risk_level:
        return draw("risk", score=account.risk_score, level=account.risk_level)
    said = {"lapsed": gettext("Lapsed"), "no_trade": gettext("No trade")}.get(
        account.risk_scored or ""
    )
    return _faint(said) if said else NOTHING


def _contact(row, _look) -> SafeString:
    return draw(
        "contact_clock",
        days=row.days,
        low=row.cadence_low,
        cadence=row.cadence,
        late=bool(row.account.is_overdue),
    )


def _step(row, _look) -> SafeString:
    account = row.account
    if not account.step_what:
        return NOTHING
    return format_html(
        '<span class="name"><span>{}</span>{}</span>',
        marked(Truncator(account.step_what).chars(LONGEST)),
        draw("due", late=row.step_late, due=account.step_due),
    )


def _stake(row, look) -> SafeString:
    stake = row.account.risk_at_stake
    return NOTHING if stake is None else conditional_escape(figures.compact(stake, look.currency))


def _choice(name: str) -> Callable[[Any, Look], SafeString]:
    labels = dict(Account._meta.get_field(name).choices or ())  # type: ignore[union-attr]
    return lambda row, _look: conditional_escape(labels.get(getattr(row.account, name), ""))


def _text(name: str) -> Callable[[Any, Look], SafeString]:
    return lambda row, _look: marked(getattr(row.account, name))


def _supported(row, _look) -> SafeString:
    shown, held = row.account.supported, row.account.stage
    if not shown:
        return NOTHING
    drawn = draw("stage", stage=shown)
    if held not in TRACK or shown == held:
        return drawn
    more = TRACK.index(Stage(shown)) > TRACK.index(Stage(held))
    label = (Evidence.HIGHER if more else Evidence.LOWER).label
    mark = icons.draw("trend-up" if more else "trend-down", str(label))
    return format_html('<span class="row">{}{}</span>', drawn, mark)


def _flag(row, _look) -> SafeString:
    return draw("flagged") if row.account.is_flagged else NOTHING


def _faint(text: str) -> SafeString:
    return format_html('<span class="faint">{}</span>', text)


@dataclass(frozen=True)
class Column:
    """One column: `order` is the name of the order that its head asks for, "" for none."""

    name: str
    label: Any
    css: str
    cell: Callable[[Any, Look], SafeString]
    order: str = ""
    usual: bool = True

    def draw(self, row, look: Look) -> SafeString:
        """Return the cell of a row, its tags included."""
        inner = self.cell(row, look)
        if self.name == "name":
            return mark_safe(f'<th scope="row">{inner}</th>')
        return mark_safe(f'<td class="{self.css}">{inner}</td>')


COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("rank", _("Rank"), "rank", _rank, "rank"),
        Column("name", _("Account"), "", _name, "name"),
        Column("code", _("Code"), "code", _text("code"), "code", usual=False),
        Column("status", _("Status"), "", _choice("status"), "status", usual=False),
        Column(
            "tier", _("Tier"), "t", lambda row, _look: draw("tier", tier=row.account.tier), "tier"
        ),
        Column(
            "stage",
            _("Stage"),
            "st",
            lambda row, _look: draw("stage", stage=row.account.stage),
            "stage",
        ),
        Column("supported", _("Supported stage"), "st", _supported, "supported", usual=False),
        Column("value", _("Value"), "num val", _value, "value"),
        Column(
            "wallet",
            _("Wallet share"),
            "num wal",
            lambda row, _look: draw("wallet", percent=row.wallet_percent),
            "wallet",
        ),
        Column("risk", _("Risk"), "rk", _risk, "risk"),
        Column("stake", _("Value at stake"), "num", _stake, "stake", usual=False),
        Column("flag", _("Flag"), "fl", _flag, usual=False),
        Column("contact", _("Contact"), "num last", _contact, "contact"),
        Column("step", _("Next step"), "nx", _step, "step"),
        Column("region", _("Region"), "", lambda row, _look: marked(row.region), "region", False),
        Column("industry", _("Industry"), "", _text("industry"), "industry", usual=False),
        Column("channel", _("Channel"), "", _choice("channel"), usual=False),
        Column("position", _("Position in the value chain"), "", _choice("position"), usual=False),
        Column("city", _("City"), "", _text("city"), usual=False),
        Column(
            "owner",
            _("Owner"),
            "own",
            lambda row, _look: draw("avatar", person=row.owner) if row.owner else NOTHING,
            "owner",
        ),
    )
}
USUAL = tuple(column.name for column in COLUMNS.values() if column.usual)


def chosen(typed: list[str]) -> list[Column]:
    """Return the columns that an address asks for, in their order; the usual ones for none."""
    names = {name for text in typed for name in text[:300].split(",")} & set(COLUMNS)
    if not names - set(ALWAYS):
        names = set(USUAL)
    return [column for column in COLUMNS.values() if column.name in names | set(ALWAYS)]


def written(columns: list[Column]) -> str:
    """Return the columns as the address holds them, "" for the usual ones."""
    names = tuple(column.name for column in columns)
    return "" if names == USUAL else ",".join(name for name in names if name not in ALWAYS)


def label(column: Column, months: int) -> str:
    """Return the name of a column; that of the value says over how long."""
    if column.name != "value":
        return str(column.label)
    said = ngettext("Value, %(months)s month", "Value, %(months)s months", months)
    return said % {"months": months}
