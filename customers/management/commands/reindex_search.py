"""Bring what search holds up to date."""

import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from tqdm import tqdm

from customers.search import texts


class Command(BaseCommand):
    """To be run after rows were written past the actions, by hand or by another program."""

    help = (
        "Bring what search holds of accounts, people, log entries and next steps up to date. "
        "People may go on working meanwhile."
    )

    def handle(self, *args, **options):
        with tqdm(unit=" rows", leave=False, disable=not sys.stderr.isatty()) as bar:
            wrong = texts.rebuild(progress=bar.update)
        self.stdout.write(
            _("Search is up to date; %(rows)s rows were not.") % {"rows": f"{wrong:,}"}
        )
