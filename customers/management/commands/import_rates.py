"""Import exchange rates from a file."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.imports.exchange_rates import import_rates
from customers.imports.telling import tell_faults


class Command(BaseCommand):
    """Reads a file of rates and converts stored amounts anew; ends with 1 if it was refused."""

    help = (
        "Import exchange rates from CSV, CSV.gz or XLSX with the columns month, currency and rate "
        "(units of the reporting currency per unit). One bad row refuses the file."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options):
        try:
            report = import_rates(options["file"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        for line in tell_faults(report):
            self.stdout.write(line)
        if report.refused_whole:
            raise CommandError(_("Nothing was imported."))
        self.stdout.write(
            _(
                "%(read)s rates into %(reporting)s read, %(changed)s of them new or different; "
                "%(rows)s stored amounts converted anew."
            )
            % {
                "read": f"{report.read:,}",
                "reporting": settings.REPORTING_CURRENCY,
                "changed": f"{report.changed_rates:,}",
                "rows": f"{report.recomputed:,}",
            }
        )
