"""The project's benchmark: `manage.py bench`."""

import os
import platform

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from accounts_crm.bench import loading, nights, pages
from accounts_crm.bench.figures import Cpu, table
from accounts_crm.models import NightlyRun
from customers.models import Account, OrderLine

PARTS = ("night", "import", "pages")


class Command(BaseCommand):
    """Measures this database and prints a Markdown table; whatever it writes is rolled back."""

    help = (
        "Measure ranking, risk, import and pages on the current database, each beside a bare "
        "baseline of the same run. Make the size you want with seed_demo first."
    )

    def add_arguments(self, parser):
        parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="default: all")
        parser.add_argument("--import-lines", type=int, default=100_000)
        parser.add_argument("--repeat", type=int, default=3, help="runs of each nightly step")
        parser.add_argument("--page-repeat", type=int, default=15)

    def handle(self, *, parts, import_lines, repeat, page_repeat, **options):
        parts = parts or PARTS
        if min(repeat, page_repeat) < 1 or import_lines < 0:
            raise CommandError(_("Measure at least once, and no fewer than 0 lines."))
        if not OrderLine.objects.exists():
            raise CommandError(_("There are no order lines to measure with. Run seed_demo first."))
        if "pages" in parts and not NightlyRun.objects.published().exists():
            raise CommandError(_("Pages show a nightly run, and there is none. Run nightly first."))
        self.stdout.write(self._where())
        figures = []
        try:
            if "night" in parts:
                figures += nights.measure(repeat)
            if "import" in parts:
                figures += loading.measure(import_lines)
            if "pages" in parts:
                figures += pages.measure(page_repeat)
        except pages.Unanswered as error:
            raise CommandError(str(error)) from None
        self.stdout.write(table(figures))

    def _where(self) -> str:
        with connection.cursor() as cursor:
            function = "version()" if connection.vendor == "postgresql" else "sqlite_version()"
            cursor.execute(f"SELECT {function}")
            version = cursor.fetchone()[0].split(" on ")[0]
        return (
            _(
                "%(database)s, Python %(python)s, %(cores)s cores; %(accounts)s accounts, "
                "%(lines)s order lines. Seconds: wall clock, the best of each; milliseconds: "
                "processor time of %(covered)s, the median."
            )
            % {
                "database": f"{connection.vendor} {version}",
                "python": platform.python_version(),
                "cores": os.cpu_count(),
                "accounts": f"{Account.objects.count():,}",
                "lines": f"{OrderLine.objects.count():,}",
                "covered": Cpu().covers,
            }
            + "\n"
        )
