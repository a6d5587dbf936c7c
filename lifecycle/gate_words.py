"""Gates and what there is of them, in the reader's words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.figures import listed
from customers.models import Interaction
from lifecycle.evidence import Finding, Point
from lifecycle.models import StageGate

Kind = StageGate.Kind


def asked(gate: StageGate) -> str:
    """Return what a gate asks for."""
    least, days = gate.least, gate.days
    match gate.kind:
        case Kind.TRADE:
            return _("A purchase in the window")
        case Kind.SHARE:
            return _("Wallet share of at least %(least)s%%") % {"least": least}
        case Kind.FUNCTIONS:
            words = ngettext(
                "%(least)s function of theirs met in %(days)s days",
                "%(least)s functions of theirs met in %(days)s days",
                least,
            )
        case Kind.LEVELS:
            words = ngettext(
                "%(least)s level of theirs met in %(days)s days",
                "%(least)s levels of theirs met in %(days)s days",
                least,
            )
        case Kind.PAIRS:
            words = ngettext(
                "%(least)s pair of functions met in %(days)s days, not by the account manager "
                "alone",
                "%(least)s pairs of functions met in %(days)s days, not by the account manager "
                "alone",
                least,
            )
        case Kind.DIRECTOR:
            words = _("Director level or above met in %(days)s days")
        case Kind.GROUPS:
            words = ngettext(
                "%(least)s joint group that met in %(days)s days",
                "%(least)s joint groups that met in %(days)s days",
                least,
            )
        case Kind.TOP:
            words = ngettext(
                "%(least)s meeting at executive or board level in %(days)s days",
                "%(least)s meetings at executive or board level in %(days)s days",
                least,
            )
        case _:
            return _("An open-book agreement in force")
    return words % {"least": least, "days": days}


def there(point: Point) -> str:
    """Return what there is of a gate, as it stands behind its name."""
    if point.have is None:
        return _("unknown")
    if point.gate.kind == Kind.SHARE:
        return f"{point.have}%"
    if point.gate.is_yes_or_no:
        return _("yes") if point.have else _("no")
    return str(point.have)


def left_out(point: Point, finding: Finding) -> str:
    """Return what a wallet share leaves out, "" where that is nothing."""
    if point.gate.kind != Kind.SHARE or not finding.unrated:
        return ""
    words = ngettext(
        "%(count)s order line without an exchange rate is left out",
        "%(count)s order lines without an exchange rate are left out",
        finding.unrated,
    )
    return words % {"count": finding.unrated}


def met() -> str:
    """Return what counts as met, and what as a meeting."""
    kinds = dict(Interaction.Kind.choices)
    return _(
        "Met: our people and theirs spoke with each other, in an entry of the kind %(met)s. "
        "E-mails and messages are contacts, but do not count as met. A meeting is one of the kind "
        "%(meetings)s."
    ) % {
        "met": listed(kinds[kind] for kind in Interaction.MET),
        "meetings": listed(kinds[kind] for kind in Interaction.MEETINGS),
    }


def lacking(finding: Finding, stage: str) -> str:
    """Return what lacks up to a stage, as one line."""
    return _("; ").join(f"{asked(point.gate)} ({there(point)})" for point in finding.lacking(stage))
