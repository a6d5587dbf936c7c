"""Import order lines from a file."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils.translation import gettext as _
from tqdm import tqdm

from customers.imports.orders import LARGE_FOR_SQLITE, import_orders
from customers.imports.reasons import FileRefused
from customers.imports.telling import tell
from customers.rates import Changed


class Command(BaseCommand):
    """Reads a file, writes the report to stdout; ends with 1 if the file was refused."""

    help = (
        "Import order lines from CSV, CSV.gz or XLSX. Each order in the file replaces the stored "
        "one as a whole; one bad row refuses the file unless --skip-bad."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--source",
            default="file",
            help="which system the orders come from; order numbers are one system's own "
            "(default: file)",
        )
        parser.add_argument(
            "--create-accounts",
            action="store_true",
            help="create the accounts that are not known; otherwise their rows are refused",
        )
        parser.add_argument(
            "--skip-bad",
            action="store_true",
            help="leave out the orders that have a bad row and import the rest",
        )
        parser.add_argument("--dry-run", action="store_true", help="write nothing, only report")

    def handle(self, *args, **options):
        with tqdm(
            desc=options["file"].name,
            unit="B",
            unit_scale=True,
            leave=False,
            disable=not sys.stderr.isatty(),
        ) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                report = import_orders(
                    options["file"],
                    source=options["source"],
                    create_accounts=options["create_accounts"],
                    skip_bad=options["skip_bad"],
                    dry_run=options["dry_run"],
                    progress=progress,
                )
            except FileRefused as refusal:
                raise CommandError(str(refusal)) from None
            except (OperationalError, Changed) as error:
                busy = FileRefused("busy")
                raise CommandError(f"{busy} ({error})") from error
        if report.large_for_sqlite:
            self.stderr.write(
                _(
                    "More than %(lines)s lines: on SQLite nobody else can write while they are "
                    "stored. PostgreSQL has no such wait."
                )
                % {"lines": f"{LARGE_FOR_SQLITE:,}"}
            )
        for line in tell(report):
            self.stdout.write(line)
        if report.refused_whole:
            raise CommandError(_("Nothing was imported."))
