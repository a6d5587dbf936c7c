"""Make the demo company: `manage.py seed_demo`."""

import os
import secrets
import time

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from accounts_crm.demo import company
from accounts_crm.demo.people import LOG_INS
from accounts_crm.demo.rates import CNY_PER, UnknownReporting
from accounts_crm.demo.sheets import sheet
from customers.access import Role
from customers.calendar import business_today


class Command(BaseCommand):
    help = "Make a demo company of any size in an empty database, one user per role included."

    def add_arguments(self, parser):
        size = company.Size()
        parser.add_argument("--accounts", type=int, default=size.accounts)
        parser.add_argument("--order-lines", type=int, default=size.order_lines)
        parser.add_argument("--interactions", type=int, help="default: ten per account")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args, accounts, order_lines, interactions, seed, **options):
        if min(accounts - 1, order_lines, interactions or 0, seed) < 0:
            raise CommandError(_("Ask for at least one account, and for nothing below zero."))
        if company.is_demo():
            self.stdout.write(_("The demo data is there already; nothing was changed."))
            self._print_log_ins(None)
            return
        if found := company.in_the_way():
            raise CommandError(
                _(
                    "This database holds %(what)s already, and seed_demo writes into an empty one "
                    "only. Give it another: set VAR_DIR or DATABASE_URL."
                )
                % {"what": ", ".join(found)}
            )
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(12)
        begun = time.monotonic()
        self._bars = {}
        try:
            company.make_company(
                company.Size(accounts, order_lines, interactions),
                seed=seed,
                password=password,
                today=business_today(),
                progress=self._progress,
            )
        except UnknownReporting as unknown:
            raise CommandError(
                _(
                    "The demo company has no exchange rates for REPORTING_CURRENCY=%(currency)s. "
                    "Take one of %(known)s."
                )
                % {"currency": unknown, "known": ", ".join(CNY_PER)}
            ) from None
        finally:
            for bar in self._bars.values():
                bar.close()
        self.stdout.write(
            _("Made %(accounts)s accounts and %(lines)s order lines in %(seconds)s s.")
            % {
                "accounts": f"{accounts:,}",
                "lines": f"{order_lines:,}",
                "seconds": f"{time.monotonic() - begun:.1f}",
            }
        )
        self._print_log_ins(password)

    def _progress(self, what: str, more: int, total: int) -> None:
        if what not in self._bars:
            # disable=None: no bar where nobody watches.
            self._bars[what] = tqdm(
                total=total, desc=what, unit_scale=True, disable=None, file=self.stderr
            )
        self._bars[what].update(more)

    def _print_log_ins(self, password: str | None) -> None:
        known = {row["username"]: row for row in sheet("colleagues")}
        self.stdout.write("\n" + _("Log in as"))
        for username in LOG_INS:
            row = known[username]
            role = Role(row["role"].split(";")[0]).label
            self.stdout.write(f"  {username:<12} {role:<16} {row['name']}")
        if password is None:
            self.stdout.write(
                _("A lost password is set anew by: manage.py changepassword %(username)s")
                % {"username": LOG_INS[0]}
            )
        elif os.environ.get("DEMO_PASSWORD"):
            self.stdout.write(_("each with the password in DEMO_PASSWORD."))
        else:
            self.stdout.write(_("each with the password: %(password)s") % {"password": password})
