"""Accounts with their risk in a published run; playbooks with their success."""

from django.db.models import Count, F, FilteredRelation, Q, QuerySet

from churn.models import Defection, Flag, Playbook, Risk


def with_risk(accounts: QuerySet, run) -> QuerySet:
    """Annotate accounts with their risk in a run; None where the run has none.

    risk_score, risk_level, risk_scored  score, level; whether scored, lapsed or without trade
    risk_at_stake                        minor units of the run's currency
    risk_p_micro                         probability of no order in the horizon, in millionths
    """
    return accounts.annotate(
        risk=FilteredRelation("risks", condition=Q(risks__run=run.pk if run else None))
    ).annotate(
        risk_score=F("risk__score"),
        risk_level=F("risk__level"),
        risk_scored=F("risk__scored"),
        risk_at_stake=F("risk__value_at_stake"),
        risk_p_micro=F("risk__p_micro"),
    )


def for_risk_panel(accounts: QuerySet, run) -> QuerySet:
    """Read accounts with_risk, and with the rows of it and of the loss that the panel shows.

    account.risk is there if risk_scored is not None, account.loss if lost_on is not.
    """
    loss = FilteredRelation("defections", condition=Q(defections__winback=Defection.WinBack.OPEN))
    accounts = with_risk(accounts, run).annotate(loss=loss).annotate(lost_on=F("loss__date"))
    return accounts.select_related("risk", "loss")


def newest_run():
    """Return the published run with the latest as-of date, or None."""
    # By name: the run stands at the roof.
    return Risk._meta.get_field("run").related_model.objects.latest_published()


def with_success(playbooks: QuerySet[Playbook]) -> QuerySet:
    """Annotate playbooks with what came of the flags that followed them, of all accounts.

    recovered  flags closed as recovered
    ended      flags closed as recovered or lost; a false alarm says nothing of a playbook
    under_way  flags that follow it now
    """
    recovered = Q(flags__outcome=Flag.Outcome.RECOVERED)
    return playbooks.annotate(
        recovered=Count("flags", filter=recovered),
        ended=Count("flags", filter=recovered | Q(flags__outcome=Flag.Outcome.LOST)),
        under_way=Count(
            "flags", filter=~Q(flags__state=Flag.State.CLOSED) & Q(flags__isnull=False)
        ),
    )
