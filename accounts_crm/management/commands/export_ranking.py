"""The value ranking of a run as CSV."""

from django.core.management.base import BaseCommand
from django.db.models import F

from accounts_crm.exports import published_or_exit, writer
from accounts_crm.management.commands.nightly import iso_date
from customers import ranking
from customers.exports import decimals, harmless
from customers.models import Account, Ranking
from customers.money import to_major

HEADER = [
    "code",
    "name",
    "value",
    "rank",
    "share",
    "cumulative_share",
    "class",
    "rank_move",
    "as_of",
    "measure",
]


class Command(BaseCommand):
    """Write the ranking as of a date to standard output: one row per account or per group."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=iso_date, help="date of the run, default the latest")
        parser.add_argument("--scope", choices=Ranking.Scope.values, default="account")

    def handle(self, *, as_of, scope, **options):
        run = published_or_exit(as_of, self.stderr)
        base = run.facts["ranking"][scope]["base"]
        rows = ranking.with_movement(
            ranking.with_rank(Account.objects.order_by(), run, scope=scope),
            ranking.comparable(run),
            scope=scope,
        ).filter(place__isnull=False)
        write = writer(self.stdout)
        write(HEADER)
        for row in (
            rows.annotate(cumulative=F("ranking__cumulative"))
            .order_by("place")
            .values("code", "name", "value", "rank", "cumulative", "value_class", "rank_before")
            .iterator(chunk_size=5000)
        ):
            positive = row["value"] > 0
            moved = row["rank_before"] - row["rank"] if row["rank_before"] else ""
            write(
                [
                    row["code"],
                    harmless(row["name"]),
                    to_major(row["value"], run.currency),
                    row["rank"],
                    decimals(row["value"], base) if positive else "",
                    decimals(row["cumulative"], base) if positive else "",
                    row["value_class"],
                    moved,
                    run.as_of.isoformat(),
                    run.measure,
                ]
            )
