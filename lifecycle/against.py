"""What the latest published night says against a move: it asks for a reason, and for no more.

Without an assessment nothing is known against any move.
"""

from django.db.models import QuerySet, Subquery
from django.utils.translation import gettext as _

from customers.models import Account, Stage
from lifecycle import evidence, gate_words
from lifecycle.evidence import Policy
from lifecycle.facts import Facts
from lifecycle.models import Assessment
from lifecycle.stages import TRACK


def latest(account: Account) -> Assessment | None:
    """Return the account's assessment in the latest published run, None where there is none."""
    return _latest().filter(account=account).select_related("run").first()


def supported_of(ids: list[int]) -> dict[int, str]:
    """Return the stages that the latest published run supports, of those accounts it assessed."""
    return dict(_latest().filter(account__in=ids).values_list("account", "supported"))


def _latest() -> QuerySet[Assessment]:
    # By name: the run stands at the roof.
    runs = Assessment._meta.get_field("run").related_model.objects.published()  # type: ignore[attr-defined, union-attr]
    return Assessment.objects.filter(run=Subquery(runs.order_by("-as_of").values("pk")[:1]))


def is_against(supported: str, was: str, to: str) -> bool:
    """Say whether a move goes above what is supported, or down although that supports its stage.

    supported  "" where unknown
    """
    if not supported or was not in TRACK or to not in TRACK:
        return False
    shown, held, wanted = (TRACK.index(Stage(one)) for one in (supported, was, to))
    return wanted > max(held, shown) or wanted < held <= shown


def objection(night: Assessment | None, was: str, to: str) -> str:
    """Return what speaks against a move, in words; "" where nothing does."""
    if night is None or not is_against(night.supported, was, to):
        return ""
    if TRACK.index(Stage(to)) < TRACK.index(Stage(was)):
        return _("The evidence still supports “%(stage)s”.") % {"stage": Stage(was).label}
    if lacking := _lacking(night, was, to):
        said = _("Not shown yet for “%(stage)s”: %(points)s.")
        return said % {"stage": Stage(to).label, "points": lacking}
    # The figures of an old night are thinned out, and gates may be others since.
    return _("The evidence supports no more than “%(stage)s”.") % {
        "stage": Stage(night.supported).label
    }


def _lacking(night: Assessment, was: str, to: str) -> str:
    if not night.figures:
        return ""
    facts = Facts.of_figures(night.figures)
    finding = evidence.judge(facts, was, night.run.as_of, Policy(evidence.gates(), {}))
    return gate_words.lacking(finding, to)
