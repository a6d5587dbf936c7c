"""The churn model's figures on dates it has not seen."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts_crm import nightly
from accounts_crm.management.commands.nightly import iso_date
from churn import backtest, history
from churn.learning import OUTCOMES, Past
from customers.models import OrderLine

MEASURES = ("auc", "ap", "lift", "brier")
HEADER = ["outcome", "group", "model", "origins", "accounts", "cases", *MEASURES]
LONGEST_DAYS = 365


class Command(BaseCommand):
    """Foretell from earlier origins what is known by now; write the means over the origins.

    auc and brier carry, at each baseline, the model's difference to it with its 95 % interval
    over customers.
    """

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=iso_date, help="last day known, default the newest")
        parser.add_argument("--horizon", type=int, default=settings.RISK_HORIZON_DAYS)
        parser.add_argument("--origins", type=int, default=settings.RISK_BACKTEST_ORIGINS)
        parser.add_argument("--draws", type=int, default=300, help="bootstrap draws, 0 for none")

    def handle(self, *, as_of, horizon, origins, draws, **options):
        if not (1 <= horizon <= LONGEST_DAYS and 1 <= origins <= 100 and 0 <= draws <= 10_000):
            raise CommandError(
                _("Take a horizon of 1 to 365 days, 1 to 100 origins and up to 10,000 draws.")
            )
        lines = OrderLine.objects.filter(date__lte=as_of or nightly.default_date())
        newest = lines.order_by("-date").values_list("date", flat=True).first()
        if newest is None:
            self.stdout.write(_("There are no order lines yet. Import orders first."))
            return
        past = Past(history.read(as_of or newest), horizon)
        tests = list(backtest.run(past, origins))
        if not tests:
            self.stdout.write(_("The history is too short to look back from: no origin to test."))
            return
        self.stdout.write("\t".join([*HEADER, "auc_difference", "brier_difference"]))
        for outcome in OUTCOMES:
            of = [test for test in tests if test.outcome == outcome]
            for group in backtest.GROUPS:
                self._write(outcome, group, of, draws)

    def _write(self, outcome, group, tests, draws):
        kept = [backtest.figures(test)["groups"][group] for test in tests]
        gaps = backtest.differences(tests, group, draws) if draws else {}
        for model in backtest.MODELS:
            means = [_mean(each["models"][model][name] for each in kept) for name in MEASURES]
            against = [
                "{:+.4f} ({:+.4f} to {:+.4f})".format(*gaps[model][name]) if model in gaps else ""
                for name in ("auc", "brier")
            ]
            cells = [
                outcome,
                group,
                model,
                len(kept),
                sum(each["accounts"] for each in kept),
                sum(each["cases"] for each in kept),
                *("" if mean is None else f"{mean:.4f}" for mean in means),
                *against,
            ]
            self.stdout.write("\t".join(map(str, cells)))


def _mean(values):
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
