"""What the evidence of one account supports, with its reasons."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts_crm.management.commands.nightly import iso_date
from accounts_crm.nightly import default_date
from customers.calendar import business_today
from customers.models import Account, Stage, Tier
from lifecycle import evidence, gate_words


class Command(BaseCommand):
    """Print stage and tier that the evidence of an account supports as of a day; change nothing.

    Facts are those dated up to the day, gates those of its end; master data is today's.
    """

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--account", required=True, metavar="CODE")
        parser.add_argument("--as-of", type=iso_date, help="default: yesterday")

    def handle(self, *, account, as_of, **options):
        as_of = as_of or default_date()
        if as_of > business_today():
            raise CommandError(
                _("%(date)s lies in the future. Choose a day up to today.") % {"date": as_of}
            )
        found = Account.objects.filter(code=account).first()
        if found is None:
            raise CommandError(_("There is no account with the code %(code)s.") % {"code": account})
        finding = evidence.assess(found, as_of)
        self.stdout.write(f"{found.code} {found.name}, {as_of}")
        for label, value in (
            (_("Recorded stage"), Stage(finding.recorded).label),
            (_("Supported stage"), Stage(finding.supported).label),
            (_("Declared tier"), Tier(found.tier).label),
            (_("Observed tier"), Tier(finding.observed_tier).label),
        ):
            self.stdout.write(_("%(label)s: %(value)s") % {"label": label, "value": value})
        for point in finding.points:
            mark = "?" if point.have is None else "+" if point.held else "-"
            stage = Stage(point.gate.stage).label
            said = [gate_words.there(point), gate_words.left_out(point, finding)]
            there = _("; ").join(filter(None, said))
            self.stdout.write(f"{mark} {stage}: {gate_words.asked(point.gate)} ({there})")
