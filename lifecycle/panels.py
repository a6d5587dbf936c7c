"""Context of the stage panel: the track, since when, a break and its causes, where it may go."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, FilteredRelation, Max, Q

from customers.access import Change
from customers.models import Account, Stage
from lifecycle import against
from lifecycle.actions import resumes_to
from lifecycle.forms import StageForm
from lifecycle.models import Interruption, Remedy
from lifecycle.remedies import proposed
from lifecycle.stages import EXTERNAL, INTERNAL, NEXT, TRACK, Cause


@dataclass(frozen=True)
class Step:
    """A stage on the track: passed, current or to come; since when, None where unknown."""

    label: str
    filled: bool
    current: bool
    broken: bool
    since: dt.datetime | None


@dataclass(frozen=True)
class Break:
    """A break that has not ended: at which stage, why, and what is done against each cause."""

    stage: str
    note: str
    causes: list[Cause]
    remedies: list[Remedy]


@dataclass
class StagePanel:
    """What templates/lifecycle/_stage.html draws."""

    account: Account
    steps: list[Step]
    since: dt.datetime | None
    broken: Break | None
    may_change: bool

    @property
    def interrupted(self) -> bool:
        """Say whether the relationship is broken now."""
        return self.account.stage == Stage.INTERRUPTED


@dataclass(frozen=True)
class CauseField:
    """A cause to choose, and the next step that is proposed against it."""

    cause: Cause
    chosen: bool
    what: str
    due: str
    errors: dict[str, Any]


@dataclass
class MoveForm:
    """What templates/lifecycle/_stage_form.html draws.

    back        the stage to resume, "" unless interrupted
    shown       whether the evidence says so; it is where the relationship broke otherwise
    objections  what speaks against a way, in words; those ways need a reason
    """

    account: Account
    form: StageForm
    was: str
    chosen: str
    causes: list[str]
    back: str
    shown: bool
    objections: dict[str, str]

    @property
    def ways(self) -> list[Stage]:
        """Return where the account may go: a step down, a step up, a break."""
        return [*NEXT[self.was], Stage.INTERRUPTED] if self.was in NEXT else []

    @property
    def groups(self) -> list[tuple[bool, list[CauseField]]]:
        """Return the causes of a break, those of our own making first."""
        steps = {one.cause: one for one in proposed()}
        fields = {
            cause: CauseField(
                cause,
                chosen=cause in self.causes,
                what=self._sent(f"what-{cause}", step.what),
                due=self._sent(f"due-{cause}", step.due.isoformat()),
                errors={name: self.form[f"{name}-{cause}"].errors for name in ("what", "due")},
            )
            for cause, step in steps.items()
        }
        return [
            (internal, [fields[cause] for cause in causes])
            for internal, causes in ((True, INTERNAL), (False, EXTERNAL))
        ]

    def _sent(self, name: str, proposal: str) -> str:
        sent = self.form[name].value()
        return proposal if sent is None else str(sent)


def stage(account: Account, viewer) -> StagePanel:
    """Return the stage panel of an account."""
    moves = account.stage_moves.order_by().values_list("to").annotate(at=Max("at"))
    since: dict[str, dt.datetime] = dict(moves)
    broken = open_break(account)
    at = broken.stage if broken else account.stage
    place = TRACK.index(Stage(at)) if at in TRACK else -1
    return StagePanel(
        account=account,
        steps=[
            Step(
                label=str(one.label),
                filled=number <= place and broken is None,
                current=number == place and broken is None,
                broken=number == place and broken is not None,
                since=since.get(one) if number <= place else None,
            )
            for number, one in enumerate(TRACK)
        ],
        since=since.get(account.stage),
        broken=broken,
        may_change=account.may_be_changed_by(viewer, Change.RELATIONSHIP),
    )


def move_form(account: Account, form: StageForm | None = None, *, to: str = "") -> MoveForm:
    """Return the form of a move: empty, or as it was refused.

    to  the stage to choose beforehand, "" for a step up
    """
    form = form or StageForm()
    broken, night = open_break(account), against.latest(account)
    supported = night.supported if night else None
    objections = {
        str(way): said
        for way in NEXT.get(account.stage, ())
        if (said := against.objection(night, account.stage, way))
    }
    chosen = str(form["to"].value() or to)
    if chosen not in Stage:
        chosen = NEXT[account.stage][-1] if account.stage in NEXT else ""
    return MoveForm(
        account=account,
        form=form,
        was=account.stage,
        chosen=chosen,
        causes=list(form["causes"].value() or []),
        back=resumes_to(broken.stage if broken else None, supported)
        if account.stage == Stage.INTERRUPTED
        else "",
        shown=bool(supported),
        objections=objections,
    )


def open_break(account: Account) -> Break | None:
    """Return the break that has not ended, in one query; no query for accounts without one."""
    if account.stage != Stage.INTERRUPTED:
        return None
    remedy = FilteredRelation("remedies", condition=Q(remedies__cause=F("causes__cause")))
    rows: list[Any] = list(
        Interruption.objects.filter(account=account, ended_at__isnull=True)
        .annotate(cause=F("causes__cause"), remedy=remedy, remedied=F("remedy__pk"))
        .select_related("remedy__step__who")  # type: ignore[misc]
        .order_by("causes__pk")  # a row for each
    )
    if not rows:
        return None
    return Break(
        rows[0].stage,
        rows[0].note,
        [Cause(row.cause) for row in rows if row.cause],
        [row.remedy for row in rows if row.remedied],
    )
