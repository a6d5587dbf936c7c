"""Make an API token for a user, for an integration above all, which cannot log in."""

from django.core.management.base import BaseCommand, CommandError

from customers.errors import Refused
from teams import tokens
from teams.models import User


class Command(BaseCommand):
    """Print a new token; it is kept nowhere and cannot be shown again."""

    help = "Make an API token for a user and print it, this once."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="what will use it")
        parser.add_argument(
            "--scope",
            dest="scopes",
            action="append",
            required=True,
            choices=tokens.all_scopes(),
            help="may be given several times",
        )
        parser.add_argument("--days", type=int, default=365, help="how long it is valid")

    def handle(self, *, username, name, scopes, days, **options):
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {username}.")
        if days < 1:
            raise CommandError("--days is 1 or more.")
        try:
            _token, text = tokens.issue(user, name=name, scopes=scopes, days=days)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(text)
