"""The accounts that need somebody now: open flags, and risk that the night found."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
    Window,
)

from accounts_crm.my_day.circle import is_own, may_change, scope
from accounts_crm.my_day.nights import Nights
from churn.findings import sentence
from churn.models import Flag, Risk
from churn.queries import with_risk
from customers.figures import days_since

SHOWN = 5
REASONS = 2  # findings told in a line
# Who sees very many accounts is shown the risks with the most at stake, besides every flag.
MOST_RISKS = 50
MILLION = 10**6


@dataclass
class Need:
    """An account, why it needs somebody, what is open about it."""

    account: Any
    flags: list[Flag] = field(default_factory=list)
    cadence: int | None = None

    @property
    def level(self) -> str:
        """Return the level that colours it; a flag without one counts as high."""
        return self.account.risk_level or (Risk.Level.HIGH if self.flags else "")

    @property
    def reasons(self) -> list[str]:
        """Return why, strongest first: what somebody wrote, then what the night found."""
        written = [flag.reason for flag in self.flags if flag.reason]
        found = [sentence(finding) for finding in self.account.risk_findings or ()]
        return (written + found)[:REASONS]

    @property
    def p(self) -> float | None:
        """Return the model's probability of no order, for where no signal fired."""
        micro = self.account.risk_p_micro
        return None if micro is None else micro / MILLION

    @property
    def days(self) -> int | None:
        """Return how many days ago the last contact was."""
        last = self.account.last_contact_on
        return None if last is None else days_since(last)

    @property
    def flag(self) -> Flag | None:
        """Return the oldest flag that is not closed."""
        return self.flags[0] if self.flags else None

    @property
    def flag_days(self) -> int | None:
        """Return for how many days it has been open."""
        return days_since(self.flag.opened_at) if self.flag else None

    @property
    def score_from(self) -> int | None:
        """Return the score of the night before, if it was another."""
        was, now = self.account.score_last, self.account.risk_score
        return was if None not in (was, now) and was != now else None


def attention(user, found: Nights, cadences: dict[str, int]) -> tuple[list[Need], int]:
    """Return the first accounts that need somebody, high before watch, and how many there are.

    Flags that rest, or do not fit into the week, need nobody yet.
    """
    flags = Flag.objects.calling()
    flagged = Exists(flags.filter(account=OuterRef("pk")))
    accounts = scope(user).filter(
        Q(pk__in=_at_risk(user, found)) | Q(pk__in=flags.values("account"))
    )
    before = found.before.pk if found.before else None
    accounts = with_risk(accounts, found.latest).annotate(
        risk_then=FilteredRelation("risks", condition=Q(risks__run=before)),
        risk_findings=F("risk__findings"),
        score_last=F("risk_then__score"),
        may_change=may_change(user),
        waiting=_waiting(user),
        needing=Window(Count("pk")),
        gravity=Case(
            When(flagged | Q(risk__level=Risk.Level.HIGH), then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        ),
    )
    first = list(
        accounts.order_by("gravity", F("risk_at_stake").desc(nulls_last=True), "name", "pk")[:SHOWN]
    )
    needs = {account.pk: Need(account, cadence=cadences.get(account.tier)) for account in first}
    for flag in flags.filter(account__in=list(needs)).order_by("opened_at"):
        needs[flag.account_id].flags.append(flag)
    return list(needs.values()), first[0].needing if first else 0


def _waiting(user) -> Subquery:
    """Return how many flags do not fit into a person's week."""
    mine = Flag.objects.waiting().with_answerer().filter(answerer_id=user.pk)
    counted = mine.order_by().values("answerer_id").annotate(count=Count("pk")).values("count")
    return Subquery(counted[:1], output_field=IntegerField())


def _at_risk(user, found: Nights):
    """Return the ids of accounts at risk: with one's own watched ones, of others the gravest."""
    if found.latest is None:
        return []
    risks = Risk.objects.of_run(found.latest.pk)
    if is_own(user):
        return risks.filter(level__in=(Risk.Level.WATCH, Risk.Level.HIGH)).values("account")
    gravest = risks.visible_to(user).filter(level=Risk.Level.HIGH)
    return gravest.order_by(F("value_at_stake").desc(nulls_last=True)).values("account")[
        :MOST_RISKS
    ]
