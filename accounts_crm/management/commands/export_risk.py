"""The churn risk of a run as CSV."""

from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import F
from django.db.models.functions import Collate

from accounts_crm.exports import published_or_exit, writer
from accounts_crm.management.commands.nightly import iso_date
from churn.models import Risk
from customers.exports import decimals, harmless
from customers.money import to_major

HEADER = [
    "code",
    "name",
    "risk",
    "level",
    "p_inactive_90d",
    "p_decline_90d",
    "value_at_stake",
    "signals",
    "as_of",
]
MILLION = 10**6


class Command(BaseCommand):
    """Write the risk as of a date to standard output: one row per account with order lines.

    Highest value at stake first; risk, level, probabilities and value are empty where an account
    is not scored, and the probability of decline where an account's year is worth nothing.
    """

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=iso_date, help="date of the run, default the latest")

    def handle(self, *, as_of, **options):
        run = published_or_exit(as_of, self.stderr)
        # By code points, as SQLite orders anyway.
        code = Collate("account__code", "C" if connection.vendor == "postgresql" else "BINARY")
        risks = Risk.objects.of_run(run.pk).order_by(
            F("value_at_stake").desc(nulls_last=True), code
        )
        write = writer(self.stdout)
        write(HEADER)
        for row in risks.values(
            "account__code",
            "account__name",
            "score",
            "level",
            "p_micro",
            "p_decline_micro",
            "value_at_stake",
            "findings",
        ).iterator(chunk_size=5000):
            p, stake = row["p_micro"], row["value_at_stake"]
            decline = row["p_decline_micro"]
            write(
                [
                    row["account__code"],
                    harmless(row["account__name"]),
                    "" if row["score"] is None else row["score"],
                    row["level"],
                    "" if p is None else decimals(p, MILLION),
                    "" if decline is None else decimals(decline, MILLION),
                    "" if stake is None else to_major(stake, run.currency),
                    ";".join(found["signal"] for found in row["findings"]),
                    run.as_of.isoformat(),
                ]
            )
