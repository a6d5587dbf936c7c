"""The nightly run in the foreground."""

import datetime as dt
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from accounts_crm import nightly, run_messages
from accounts_crm.models import NightlyRun
from customers.errors import Refused


def iso_date(text: str) -> dt.date:
    """Return the date of an ISO text, for argparse."""
    return dt.date.fromisoformat(text)


class Command(BaseCommand):
    """Compute ranking and risk as of a date, and publish them."""

    help = __doc__
    # They load every page, for longer than a small night takes; the site runs them as it starts.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=iso_date, help="business date, default yesterday")
        parser.add_argument("--run", type=int, help="carry out a requested run")

    def handle(self, *, as_of, run, **options):
        if as_of is None and run is None and nightly.first_fact() is None:
            self.stdout.write(_("There are no order lines yet. Import orders first."))
            return
        with tqdm(total=len(nightly.STEPS), disable=not sys.stderr.isatty(), leave=False) as bar:

            def show(step, done, total):
                bar.n = nightly.STEPS.index(step) + (done / total if total else 0)
                bar.set_description(run_messages.step_name(step))

            try:
                attempt = (
                    nightly.claim(run, show=show)
                    if run
                    else nightly.begin(
                        as_of or nightly.default_date(),
                        trigger=NightlyRun.Trigger.COMMAND,
                        pinned=as_of is not None,
                        show=show,
                    )
                )
            except Refused as refusal:
                raise CommandError(str(refusal)) from None
            if attempt is None:
                self.stdout.write(_("Another worker has taken this run."))
                return
            try:
                done = nightly.execute(attempt)
            except nightly.TakenOver:
                raise CommandError(_("Another worker has taken over this run.")) from None
            except Exception as error:
                attempt.run.refresh_from_db()
                raise CommandError(run_messages.cause(attempt.run) or str(error)) from error
        seconds = sum(timing["seconds"] for timing in done.timings)
        self.stdout.write(
            _("Published %(date)s by %(measure)s: %(rows)s rows in %(seconds).1f s.")
            % {
                "date": done.as_of,
                "measure": done.measure,
                "rows": sum(timing["rows"] for timing in done.timings),
                "seconds": seconds,
            }
        )
