"""What breaks if somebody leaves."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts_crm.departures.findings import Found, departure
from accounts_crm.models import NightlyRun
from customers.figures import money
from customers.models import Account
from teams.models import User


class Command(BaseCommand):
    """Show what breaks if a person leaves. Changes nothing."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *, username, **options):
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(_("There is no user %(name)s.") % {"name": username})
        run = NightlyRun.objects.latest_published()
        found = departure(person, Account.objects.all(), run, whole=True)
        self.stdout.write(_("If %(person)s leaves:") % {"person": person})
        if found.value is not None and run is not None:
            share = "" if found.share is None else f" ({found.share:.1%})"
            self._say(_("Value carried"), f"{money(found.value, run.currency)}{share}")
        self._say(_("Accounts led"), found.leads)
        self._list(_("Accounts led without a deputy"), found.led, lambda row: row.name)
        self._list(
            _("Contacts whom nobody else knows"),
            found.contacts,
            lambda row: f"{row.name}, {row.account.name}, {row.met_on}",
        )
        self._list(
            _("Open next steps"),
            found.steps,
            lambda row: f"{row.what}, {row.account.name}, {row.due}",
        )
        self._list(_("Open flags"), found.flags, lambda row: f"{row}, {row.account.name}")
        self._list(
            _("Joint groups that become one-sided"),
            found.groups,
            lambda row: f"{row.name}, {row.account.name}",
        )
        self._list(
            _("Posts that fall vacant"), Found(found.posts, len(found.posts)), lambda row: row.title
        )

    def _say(self, name: str, value) -> None:
        self.stdout.write(f"{name}: {value}")

    def _list(self, name: str, found: Found, words) -> None:
        self._say(name, found.count)
        for row in found.rows:
            self.stdout.write(f"  {words(row)}")
        if found.more:
            self.stdout.write("  " + _("and %(count)s more") % {"count": found.more})
