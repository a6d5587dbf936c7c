"""Who gets what: one row per route and method, one column per person; an unlisted row fails."""

import datetime as dt

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver

from tests.access_table import PEOPLE, TABLE
from tests.nights import make_run, order
from tests.routes import METHODS, api_methods, routes

# The admin and allauth bring their own doors and tests; the shell's tests hold ours before them.
ELSEWHERE = ("admin/", "auth/")
REFUSALS = {"login", "401", "403", "404"}
# Rows that come and go with a request, whoever asks.
PASSING = {"sessions.Session", "accounts_crm.IdempotentCall"}


def our_routes():
    for route, view in routes(get_resolver().url_patterns):
        if not route.startswith(ELSEWHERE):
            yield f"/{route}", view


@pytest.fixture
def things(cast, account):
    """Return one row of everything a route may name, all of the account in the region East."""
    from accounts_crm.models import BulkEdit
    from accounts_crm.portfolio.view_actions import save_view
    from churn.models import Defection, Flag, Goal, Playbook
    from customers import actions
    from customers.models import CompetitorSighting, Complaint, Receivable
    from lifecycle.models import (
        Interruption,
        OpenBook,
        StageGate,
        StageMove,
        SupplierStance,
        TierPolicy,
        TierRequest,
    )
    from teams import linkage
    from teams.competence import assess
    from teams.models import Handover, JointGroup, JointMeeting, JointOffice, Post, TrainingGoal

    olga = cast["olga_owner"]
    day = dt.date(2024, 6, 1)
    line = order(account, day, 100)
    entry = actions.log_contact(
        account, by=olga, kind="call", step={"what": "Call back", "due": day, "who": olga}
    )
    contact = actions.add_contact(account, by=olga, name="Wen")
    east = Post.objects.get(title="East")
    # East reports to the director, as one post does to another.
    Post.objects.filter(pk=east.pk).update(parent=Post.objects.get(holder=cast["dora_director"]))
    group = JointGroup.objects.create(account=account, subject="rnd", name="Gears", since=day)
    meeting = JointMeeting.objects.create(group=group, account=account, date=day)
    complaint = Complaint.objects.create(
        account=account, category="quality", severity=1, opened_on=day, text="Worn"
    )
    score = actions.record_satisfaction(account, by=olga, score=7, date=day)
    hold = Receivable.objects.create(
        account=account, type="credit_hold", issued_on=day, currency="CNY"
    )
    seen = CompetitorSighting.objects.create(account=account, competitor="Norvik", seen_on=day)
    asked = TierRequest.objects.create(
        account=account,
        region=account.region,
        was="ordinary",
        to="partner",
        reason="x",
        asked_by=olga,
    )
    flag = Flag.objects.create(account=account, kind="manual", reason="A rival's quote")
    linked = linkage.form_group("East", [olga, cast["ed_editor"]], by=olga)
    rated = assess(olga, by=cast["dora_director"], year=2024, answers={"loyalty": (1, "Left")})
    deputy = linkage.name_deputy(account, cast["ed_editor"], by=olga)
    return {
        "accounts": account.pk,
        "team-members": account.team.get(user=cast["ed_editor"]).pk,
        "members": account.team.get(user=cast["vera_viewer"]).pk,
        "posts": Post.objects.create(title="Below East", parent=east).pk,
        "joint-groups": group.pk,
        "joint-meetings": meeting.pk,
        "joint-offices": JointOffice.objects.create(account=account, place="Hall 3").pk,
        "contacts": contact.pk,
        "linkage": linked.pk,
        "linkage-groups": linked.pk,
        "linkage-members": linked.members.get(user=olga).pk,
        "deputies": deputy.pk,
        "departure": olga.pk,
        "of": olga.pk,
        "competence": rated.pk,
        "competences": rated.pk,
        "training-goals": TrainingGoal.objects.get().pk,
        "handovers": Handover.objects.create(
            account=account, was=cast["ed_editor"], to=olga, opened_on=day
        ).pk,
        "interactions": entry.pk,
        "next-steps": entry.next_step.pk,
        "complaints": complaint.pk,
        "satisfaction": score.pk,
        "receivables": hold.pk,
        "sightings": seen.pk,
        "order-lines": line.pk,
        "flags": flag.pk,
        "breaks": Interruption.objects.create(account=account, stage="pre").pk,
        "defections": Defection.objects.create(
            account=account, type="price", date=day, currency="CNY"
        ).pk,
        "goals": Goal.objects.create(
            metric="churn", region=account.region, baseline=800, target=400, due=dt.date(2199, 1, 1)
        ).pk,
        "playbooks": Playbook.objects.create(name="Hold", against="price").pk,
        "stage-moves": StageMove.objects.create(account=account, was="early", to="pre").pk,
        "runs": make_run(dt.date(2024, 6, 30)).pk,
        "stages": StageGate.objects.get(stage="mid", kind="share").pk,
        "stage-gates": StageGate.objects.get(stage="mid", kind="share").pk,
        "tier-policies": TierPolicy.objects.get(tier="partner").pk,
        "open-books": OpenBook.objects.create(account=account, since=day).pk,
        "supplier-stances": SupplierStance.objects.create(
            account=account, date=day, suppliers=3, readiness=50
        ).pk,
        "tiers": "partner",
        "signals": "no_contact",
        "requests": asked.pk,
        "tier-requests": asked.pk,
        "tokens": "none",
        "calendar": "none",
        "bulk": BulkEdit.objects.create(by=olga, was={"facts": {}, "owner": {}}).pk,
        "views": save_view(by=olga, name="Mine", query="tier=strategic").pk,
    }


def path_of(route, things):
    """Return the URL of a route with the rows of `things` in it."""
    text = route
    for mark in ("<int:pk>", "<str:key>", "(?P<pk>[^/]+)"):
        while mark in text:
            noun = text.split(mark)[0].rstrip("/").rsplit("/", 1)[-1]
            text = text.replace(mark, str(things[noun]), 1)
    text = text.replace("<str:kind>", "csv")
    return text.replace("(?P<rest>.*)", "nowhere/").replace("^", "").replace("$", "")


def counts():
    """Return the number of rows of every table, in one query: it is asked thousands of times."""
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.managed and model._meta.label not in PASSING
    ]
    with connection.cursor() as cursor:
        numbers = ", ".join(f'(SELECT COUNT(*) FROM "{table}")' for table in tables)
        cursor.execute(f"SELECT {numbers}")
        return dict(zip(tables, cursor.fetchone(), strict=True))


def test_every_route_and_method_has_a_row():
    found = set()
    for route, view in our_routes():
        found |= {f"{method} {route}" for method in api_methods(view) or METHODS}
    listed = set(TABLE)
    assert found - listed == set()
    assert listed - found == set()


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_everybody_gets_what_the_table_says(htmx, things, cast):
    """One test for all rows: what they need is made once, and undone after each request."""
    clients = {person: Client() for person in PEOPLE}
    for person, client in clients.items():
        if person in cast:
            client.force_login(cast[person])
    before = counts()
    wrong = {}
    for row, statuses in TABLE.items():
        if htmx and " /api/" in row:
            continue
        caches[settings.THROTTLE_CACHE].clear()  # more rows than a stranger has calls a minute
        for person, expected in zip(PEOPLE, statuses.split(), strict=True):
            with transaction.atomic():
                got = answer_to(clients[person], row, things, htmx)
                if got in REFUSALS and counts() != before:
                    wrong[row, person] = "refused, yet something was written"
                transaction.set_rollback(True)
            # A fragment may be answered otherwise than a page, but to the same people.
            same = got == expected or (htmx and not {got, expected} & REFUSALS)
            if not same:
                wrong[row, person] = f"{got}, not {expected}"
    assert wrong == {}


def answer_to(client, row, things, htmx):
    """Return the status of a request, or "login" for a way to the door."""
    method, route = row.split()
    api = route.startswith("/api/")
    answer = client.generic(
        method,
        path_of(route, things),
        b"{}" if api else b"",
        content_type="application/json" if api else "application/x-www-form-urlencoded",
        headers={"HX-Request": "true"} if htmx else {},
    )
    return "login" if is_login(answer) else str(answer.status_code)


def is_login(answer):
    target = answer.headers.get("HX-Redirect", "") or answer.headers.get("Location", "")
    return target.startswith("/auth/login/")


VARIANTS = ("", "?q=Zeph", "?ordering=-name", "?sort=-name", "?page_size=500", "?scope=group")


@pytest.mark.parametrize("person", ["olga_owner", "otto_outsider", "dirk_director"])
def test_no_page_and_no_list_shows_a_row_of_elsewhere(person, things, far_account, cast, client):
    """A canary in another region: its name, code and people appear nowhere."""
    from customers import actions
    from customers.models import Event

    dora = cast["dora_director"]
    actions.log_contact(far_account, by=dora, kind="call", note="canary note")
    actions.add_contact(far_account, by=dora, name="Canary Person")
    order(far_account, dt.date(2024, 6, 2), 777_777_77)
    make_run(dt.date(2024, 6, 30))
    assert Event.objects.filter(account=far_account).exists()
    client.force_login(cast[person])

    for route, view in our_routes():
        if "GET" not in (api_methods(view) or METHODS):
            continue
        for variant in VARIANTS:
            answer = client.get(path_of(route, things) + variant)
            text = b"".join(answer).decode(errors="replace").lower()
            for canary in ("canary works", "canary note", "canary person", "777,777", "777777"):
                assert canary not in text, f"{route}{variant}"


def test_the_canary_would_be_seen(things, far_account, cast, client):
    client.force_login(cast["dora_director"])

    assert "canary works" in client.get("/accounts/").content.decode().lower()
    assert "canary works" in client.get("/api/v1/accounts/").content.decode().lower()


def test_a_row_of_elsewhere_is_not_found_by_its_own_address(far_account, cast, client):
    client.force_login(cast["olga_owner"])

    for address in (
        f"/accounts/{far_account.pk}/",
        f"/accounts/{far_account.pk}/edit/",
        f"/api/v1/accounts/{far_account.pk}/",
        f"/log/?account={far_account.pk}",
    ):
        assert client.get(address).status_code == 404, address


def test_the_walk_finds_an_unlisted_page():
    from django.urls import path

    assert list(routes([path("planted/", print)])) == [("planted/", print)]
