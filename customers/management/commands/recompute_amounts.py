"""Convert every stored amount anew."""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from customers.errors import Refused
from customers.rates import recompute_all


class Command(BaseCommand):
    """To be run once after REPORTING_CURRENCY has changed and its rates are imported."""

    help = (
        "Convert all stored amounts into the reporting currency anew. Run it after a change of "
        "REPORTING_CURRENCY, once the rates into the new currency are imported."
    )

    def handle(self, *args, **options):
        with tqdm(unit=" rows", leave=False, disable=not sys.stderr.isatty()) as bar:
            try:
                done = recompute_all(progress=lambda rows: bar.update(rows - bar.n))
            except Refused as refusal:
                raise CommandError(str(refusal)) from None
        self.stdout.write(
            _("%(rows)s stored amounts converted anew into %(reporting)s.")
            % {"rows": f"{done.rows:,}", "reporting": settings.REPORTING_CURRENCY}
        )
