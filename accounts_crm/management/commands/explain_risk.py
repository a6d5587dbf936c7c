"""Every term of an account's risk score, and the score anew from them."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts_crm.exports import published_or_exit
from accounts_crm.management.commands.nightly import iso_date
from churn import findings, terms
from churn.models import Risk


class Command(BaseCommand):
    """Print every term of an account's score as of a date, and compute the score anew from them.

    Ends with 1 where the account was not scored, where the terms of that night are no longer kept,
    or where they do not give the score that is stored.
    """

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--account", required=True, metavar="CODE", help="code of the account")
        parser.add_argument("--as-of", type=iso_date, help="date of the run, default the latest")

    def handle(self, *, account, as_of, **options):
        run = published_or_exit(as_of, self.stderr)
        row = Risk.objects.of_run(run.pk).filter(account__code=account).first()
        if row is None:
            raise CommandError(_("No risk of %(code)s in this run.") % {"code": account})
        self.stdout.write(f"{account}  {run.as_of.isoformat()}  {row.get_scored_display()}")
        if row.score is None:
            raise CommandError(_("The account is not scored."))
        if not run.evidence_kept:
            raise CommandError(_("The reasons of a night this old are no longer kept."))
        told = terms.of(row, run.facts.get("risk", {}))
        for line in told.lines():
            self.stdout.write(line)
        for found in row.findings:
            self.stdout.write(f"{found['signal']}: {findings.sentence(found)}")
            self.stdout.write(f"  {findings.clearing(found)}")
        if told.score != row.score:
            raise CommandError(
                _("The terms give %(score)s, stored is %(stored)s.")
                % {"score": told.score, "stored": row.score}
            )
