"""The last contact kept on the account."""

import datetime as dt

import pytest
from django.utils import timezone

from customers import last_contact
from customers.actions import change_interaction, log_contact
from customers.models import Interaction


@pytest.fixture
def log(account, cast):
    def log(days_ago):
        at = timezone.now() - dt.timedelta(days=days_ago)
        return log_contact(account, by=cast["olga_owner"], kind="call", at=at)

    return log


def test_it_moves_on_with_the_log_and_never_back(account, log):
    assert account.last_contact_on is None
    newest = log(3)
    log(10)

    account.refresh_from_db()
    assert account.last_contact_on == newest.date


def test_it_follows_an_entry_that_is_moved(account, cast, log):
    log(10)
    entry = log(3)

    change_interaction(
        entry, by=cast["olga_owner"], version=None, at=timezone.now() - dt.timedelta(days=20)
    )

    account.refresh_from_db()
    assert account.last_contact_on == log(10).date


def test_it_leaves_the_version_alone(account, log):
    log(1)

    account.refresh_from_db()
    assert account.version == 1


def test_recount_reads_the_log_anew(account, far_account, log):
    entry = log(5)
    Interaction.objects.filter(pk=entry.pk).update(date=entry.date - dt.timedelta(days=1))

    last_contact.recount()

    account.refresh_from_db()
    far_account.refresh_from_db()
    assert account.last_contact_on == entry.date - dt.timedelta(days=1)
    assert far_account.last_contact_on is None
