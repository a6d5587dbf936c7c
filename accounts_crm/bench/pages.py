"""Processor time per page, beside plain Django admin or REST views of the same rows."""

import warnings
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Count
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from accounts_crm.bench.figures import Cpu, Figure
from accounts_crm.bench.undone import undone
from customers.access import Role
from customers.models import Account
from teams.models import Post, User


@dataclass(frozen=True)
class Page:
    """An address of ours, and the plain one that shows the same."""

    work: str
    address: str
    plain: str = ""
    baseline: str = ""
    aim: str = ""


class Unanswered(Exception):
    """A page that did not answer with 200."""


def measure(times: int) -> list[Figure]:
    """Return a figure per page, as somebody who sees every account."""
    cpu = Cpu()
    count = Account.objects.count()
    figures = []
    with undone(), override_settings(ROOT_URLCONF="accounts_crm.bench.plain"):
        client = _somebody()
        for page in pages(count):
            with CaptureQueriesContext(connection) as captured:
                _get(client, page.address)
            queries = len(captured)  # now: the next request forgets them
            ours = cpu.median(times, partial(_get, client, page.address))
            bare = None
            if page.plain:
                bare = cpu.median(times, partial(_get, client, page.plain))
            figures.append(
                Figure(
                    page.work,
                    f"{count:,} accounts",
                    ours,
                    bare,
                    page.baseline,
                    page.aim,
                    queries=queries,
                )
            )
    return figures


def pages(count: int) -> list[Page]:
    """Return the pages that are measured on a database of so many accounts."""
    usual, busiest = _usual_and_busiest()
    word = _word()
    admin, last = "/plain/admin/customers/account/", max(1, min(100, count // 50))
    return [
        Page(
            "accounts list, filtered and sorted",
            "/accounts/?tier=ordinary&sort=-contact",
            f"{admin}?tier__exact=ordinary&o=2",
            "plain admin list",
            "12 ms",
        ),
        Page(
            f"accounts list, page {last}",
            f"/accounts/?page={last}",
            f"{admin}?p={last}",
            "plain admin list",
            "15 ms",
        ),
        Page(
            "accounts list, search",
            f"/accounts/?q={word}",
            f"{admin}?q={word}",
            "plain admin list",
            "15 ms",
        ),
        Page(
            "account page, usual",
            f"/accounts/{usual}/",
            f"{admin}{usual}/change/",
            "plain admin form with contacts and log",
            "25 ms",
        ),
        Page(
            "account page, longest log",
            f"/accounts/{busiest}/",
            f"{admin}{busiest}/change/",
            "plain admin form with contacts and log",
            "25 ms",
        ),
        Page("dashboard", "/dashboard/", aim="25 ms"),
        Page("my day", "/"),
        Page(
            "API list of 50",
            "/api/v1/accounts/",
            "/plain/api/accounts/",
            "plain REST list",
            "8 ms",
        ),
    ]


def _somebody() -> Client:
    """Log in somebody who may see everything, whom the rollback takes away again."""
    user = User.objects.create(
        username="bench of keel", name="Bench", is_staff=True, is_superuser=True, language="en"
    )
    user.groups.add(Group.objects.get(name=Role.DIRECTOR))
    Post.objects.create(title="Bench", holder=user)
    client = Client(SERVER_NAME=_host())
    with warnings.catch_warnings():
        # Where no files were collected, their middleware says so; no page here asks for one.
        warnings.filterwarnings("ignore", message="No directory at")
        client.handler.load_middleware()
    client.force_login(user)
    return client


def _host() -> str:
    """Return a host name that the settings allow."""
    names = [name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"]
    return names[0] if names else "localhost"


def _get(client: Client, address: str) -> None:
    response = client.get(address, secure=settings.SECURE_SSL_REDIRECT)
    if response.status_code != 200:
        raise Unanswered(f"{address}: {response.status_code}")


def _usual_and_busiest() -> tuple[int, int]:
    """Return the account with the median number of log entries, and that with the most."""
    counted = Account.objects.annotate(entries=Count("interactions")).order_by("entries", "pk")
    ids = list(counted.values_list("pk", flat=True))
    return ids[len(ids) // 2], ids[-1]


def _word() -> str:
    """Return a part of a word that some accounts have in their names."""
    names = list(Account.objects.order_by("pk").values_list("name", flat=True)[:50])
    return max(names, key=len)[1:5]
