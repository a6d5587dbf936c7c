"""The tabs of an account: people, relationship map, history."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from churn.actions import raise_flag, start_recovery
from churn.models import Playbook
from customers import actions
from customers.calendar import business_date, business_today
from customers.fact_panels import POTENTIALS
from customers.models import (
    CompetitorSighting,
    Complaint,
    Contact,
    Interaction,
    NextStep,
    PurchasePotential,
    Receivable,
)
from customers.panels import CLOSED_DAYS
from customers.relations import relations
from lifecycle import facts
from lifecycle.actions import interrupt, move_stage
from lifecycle.models import StageMove, TierRequest
from lifecycle.remedies import Proposal
from lifecycle.stages import Cause
from lifecycle.tier_actions import ask_tier, decide_tier
from tests.nights import make_run, order
from tests.words import text

TODAY = business_today()
YESTERDAY = TODAY - dt.timedelta(days=1)
TABS = [f"{tab}/" for tab in ("people", "timeline", "value", "team", "lifecycle", "risk", "plan")]
TABS.append("history/")


@pytest.fixture
def people(account, cast):
    """Return a purchaser, her clerk and a controller at the account; Olga sells."""
    olga = cast["olga_owner"]
    olga.function = "commercial"
    olga.save()
    boss = Contact.objects.create(
        account=account, name="Wen", function="commercial", influence=5, dmu_role="decider"
    )
    clerk = Contact.objects.create(account=account, name="Xu", function="commercial", parent=boss)
    money = Contact.objects.create(account=account, name="Yan", function="finance", influence=2)
    return boss, clerk, money


def met(account, days, ours, theirs):
    at = timezone.now() - dt.timedelta(days=days)
    entry = Interaction.objects.create(
        account=account,
        kind="visit",
        at=at,
        date=business_date(at),
        subject=f"Visit {days}",
        author=ours,
    )
    entry.ours.add(ours)
    entry.theirs.add(*theirs)
    return entry


def test_the_map_counts_entries_and_halves_them_with_time(account, cast, people):
    olga, (boss, clerk, money) = cast["olga_owner"], people
    met(account, 0, olga, [boss, clerk])  # one entry, though two were there
    met(account, 90, olga, [boss])
    met(account, 180, olga, [money])
    met(account, 400, olga, [money])  # too long ago

    found = relations(account, people, [olga])

    assert [head[0] for head in found.heads] == ["commercial", "finance"]
    assert [head[2] for head in found.heads] == [2, 1]
    ((sales, finance),) = [line.cells for line in found.lines]
    assert sales.count == 2
    assert sales.strength == pytest.approx(1.5, abs=0.02)
    assert (finance.count, sales.shade, finance.shade) == (1, 2, 1)
    assert finance.strength == pytest.approx(0.25, abs=0.01)


def test_counterparts_who_have_not_met_are_gaps(account, cast, people):
    ed = cast["ed_editor"]
    ed.function = "finance"

    found = relations(account, people, [ed])

    (cells,) = [line.cells for line in found.lines]
    assert {cell.theirs: cell.missing for cell in cells} == {"commercial": False, "finance": True}


@pytest.mark.parametrize("kind", Interaction.Kind)
def test_met_is_on_the_map_what_it_is_in_the_evidence(client, account, cast, people, kind):
    olga, (_boss, _clerk, money) = cast["olga_owner"], people
    met(account, 1, olga, [money])
    Interaction.objects.update(kind=kind)
    client.force_login(olga)

    ((_sales, finance),) = [line.cells for line in relations(account, people, [olga]).lines]
    page = client.get(f"/accounts/{account.pk}/met/?ours=commercial&theirs=finance")
    evidence = facts.of_one(account.pk, business_today()).functions

    assert finance.count == len(page.context["entries"]) == len(evidence)
    assert finance.count == (kind not in ("email", "message"))


def test_a_cell_leads_to_the_entries_behind_it(client, account, cast, people):
    olga, (boss, _clerk, money) = cast["olga_owner"], people
    met(account, 3, olga, [boss])
    met(account, 5, olga, [money])
    met(account, 364, olga, [money])
    met(account, 365, olga, [money])  # too long ago for the map, and so for its list
    client.force_login(olga)
    address = f"/accounts/{account.pk}/met/?ours=commercial&theirs=finance"

    assert address.replace("&", "&amp;") in client.get(account.get_absolute_url()).content.decode()
    page = client.get(address).content.decode()
    assert "Visit 5" in page
    assert "Visit 364" in page
    assert "Visit 365" not in page
    assert "Visit 3<" not in page
    (cell,) = [
        c for c in relations(account, people, [olga]).lines[0].cells if c.theirs == "finance"
    ]
    assert cell.count == 2
    for wrong in ("ours=x&theirs=finance", "ours=commercial", "ours=%00&theirs=%00"):
        assert client.get(f"/accounts/{account.pk}/met/?{wrong}").status_code == 404


def test_people_stand_below_whom_they_report_to(client, account, cast, people):
    client.force_login(cast["olga_owner"])

    chart = client.get(f"/accounts/{account.pk}/people/").context["chart"]

    assert [node.row.contact.name for node in chart] == ["Wen", "Yan"]
    assert [node.row.contact.name for node in chart[0].below] == ["Xu"]


def test_the_history_tells_each_field_with_who_and_from_what_to_what(client, account, cast):
    olga = cast["olga_owner"]
    actions.change_account(account, by=olga, version=account.version, industry="Cranes")
    actions.change_account(account, by=olga, version=account.version, city="Ulm", industry="Steel")
    client.force_login(olga)

    page = client.get(f"/accounts/{account.pk}/history/")
    changes = [(change.was, change.now) for told in page.context["told"] for change in told.changes]
    assert ("Cranes", "Steel") in changes
    assert "Olga" in page.content.decode()
    only = client.get(f"/accounts/{account.pk}/history/?field=city").context["told"]
    assert [[change.now for change in told.changes] for told in only] == [["Ulm"]]
    assert client.get(f"/accounts/{account.pk}/history/?field=%00&page=x").status_code == 200


@pytest.fixture
def storied(account, far_account, cast, people):
    """Return an account of a group with all that its pages can show, and more of it than they do.

    It is interrupted, with a remedy, and a flag of it is answered by a playbook.
    """
    olga, (boss, *_others) = cast["olga_owner"], people
    order(account, YESTERDAY - dt.timedelta(days=50), 100)
    make_run(YESTERDAY - dt.timedelta(days=40))
    make_run(YESTERDAY)
    actions.change_account(account, by=olga, version=account.version, parent=far_account)
    for number in range(60):
        order(account, YESTERDAY, 100, category=f"C {number}")
        PurchasePotential.objects.create(
            account=account, date=YESTERDAY, currency="CNY", amount_minor=100
        )
        CompetitorSighting.objects.create(account=account, competitor="N", seen_on=YESTERDAY)
        Complaint.objects.create(
            account=account, category="quality", severity=1, opened_on=YESTERDAY, text="Cracked."
        )
        Receivable.objects.create(
            account=account, type="credit_hold", issued_on=YESTERDAY, currency="CNY"
        )
        StageMove.objects.create(account=account, was="pre", to="early", by=olga)
        actions.plan_step(account, by=olga, what=f"Call {number}", due=TODAY)
        actions.close_step(
            actions.plan_step(account, by=olga, what=f"Rang {number}", due=TODAY), by=olga
        )
        TierRequest.objects.create(
            account=account, was="ordinary", to="partner", state="declined", asked_by=olga
        )
    for days in range(60):
        met(account, days, olga, [boss])
    for number in range(60):
        actions.change_account(account, by=olga, version=account.version, city=f"C {number}")
    playbook = Playbook.objects.create(
        name="Hold", against="price", plan=[{"after_days": n, "what": f"P {n}"} for n in (1, 2)]
    )
    start_recovery(raise_flag(account, by=olga, reason="Quote"), by=olga, playbook=playbook)
    remedy = Proposal(Cause.QUALITY, "Mend it", TODAY)
    interrupt(account, by=olga, causes=["quality", "mix"], remedies=[remedy])
    return account


@pytest.mark.parametrize("name", ["olga_owner", "dora_director", "rita_reader"])
@pytest.mark.parametrize("tab", ["", *TABS])
def test_the_queries_of_a_tab_do_not_grow(
    client, storied, cast, name, tab, django_assert_max_num_queries
):
    client.force_login(cast[name])

    with django_assert_max_num_queries(15):  # the note of the visit is among them
        page = client.get(f"/accounts/{storied.pk}/{tab}").content.decode()

    assert "Vorholm Cranes" in page


def test_the_account_page_shows_all_of_it_in_few_queries(client, storied, cast):
    client.force_login(cast["olga_owner"])

    page = text(client.get(storied.get_absolute_url()))

    assert "Quality" in page
    assert "Mend it" in page
    assert [f"P {n}" in page for n in (1, 2)] == [True, True]
    assert "Playbook “Hold”" in page


@pytest.mark.parametrize(
    ("tab", "times"), [("value", 4), ("lifecycle", 2), ("plan", 1), ("risk", 1), ("people", 0)]
)
def test_a_tab_says_what_it_leaves_off(client, storied, cast, tab, times):
    client.force_login(cast["olga_owner"])
    more = (
        "There are more than are shown here. History",
        "Categories of less value are not shown.",
    )

    page = text(client.get(f"/accounts/{storied.pk}/{tab}/"))

    assert sum(page.count(words) for words in more) == times


def test_a_tab_that_shows_all_says_nothing(client, storied, cast):
    for model in (StageMove, TierRequest, PurchasePotential, CompetitorSighting, Complaint):
        keep = model.objects.filter(account=storied).order_by("pk").values("pk")[:POTENTIALS]
        model.objects.exclude(pk__in=list(keep.values_list("pk", flat=True))).delete()
    client.force_login(cast["olga_owner"])

    for tab in ("lifecycle", "risk"):
        assert "There are more" not in text(client.get(f"/accounts/{storied.pk}/{tab}/"))


def shown(client, account, **query):
    return client.get(f"/accounts/{account.pk}/timeline/", query).content.decode()


def test_the_timeline_is_narrowed_to_a_kind(client, account, cast, people):
    olga = cast["olga_owner"]
    met(account, 3, olga, [people[0]])
    actions.record_complaint(
        account, by=olga, category="price", severity=1, opened_on=TODAY, text="Too dear"
    )
    move_stage(account, to="early", by=olga)
    client.force_login(olga)
    marks = {"log": "Visit 3", "complaints": "Too dear", "moves": "Stage moved"}

    everything = shown(client, account)
    assert all(mark in everything for mark in marks.values())
    for kind, mark in marks.items():
        page = shown(client, account, kind=kind)
        assert {other for other in marks.values() if other in page} == {mark}
    assert "No entry fits" in shown(client, account, kind="flags")
    assert all(mark in shown(client, account, kind="x\0") for mark in marks.values())


def test_the_timeline_is_searched_and_goes_on_so(client, account, cast, people):
    olga = cast["olga_owner"]
    for days in range(1, 26):
        met(account, days, olga, [people[0]])
    entry = met(account, 30, olga, [people[0]])
    entry.note = "They like the 100 % guarantee"
    entry.save()
    client.force_login(olga)

    assert shown(client, account, q="100 %").count('id="interaction-') == 1
    assert "No entry fits" in shown(client, account, q="_ %")
    first = shown(client, account, q="visit", kind="log")
    (older,) = re.findall(r'class="btn small" href="([^"]*before=[^"]*)"', first)
    assert "kind=log" in older
    rest = client.get(older.replace("&amp;", "&")).content.decode()
    assert rest.count('id="interaction-') == 6
    assert "selected>Contact log" in rest


def test_the_value_tab_shows_categories_potential_and_payment(client, account, cast):
    order(account, YESTERDAY, 900_00, category="Hoists")
    order(account, YESTERDAY - dt.timedelta(days=400), 600_00, category="Hoists")
    order(account, YESTERDAY, 100_00)
    PurchasePotential.objects.create(
        account=account, date=YESTERDAY, currency="EUR", amount_minor=5_000_00, source="Buyer"
    )
    make_run(YESTERDAY)
    client.force_login(cast["rita_reader"])

    page = text_of(client.get(f"/accounts/{account.pk}/value/"))

    assert "Hoists ¥900 ¥600 +¥300 +50.0%" in page
    assert "Without a category ¥100 ¥0 +¥100" in page
    assert "€5,000.00 Estimate" in page
    assert "· Buyer" in page
    assert "Payment and credit" in page
    assert "Competitors" in page
    assert "Record purchase potential" not in page  # a reader's page changes nothing


def test_an_account_without_orders_says_so_on_its_value_tab(client, account, cast):
    client.force_login(cast["olga_owner"])

    page = text_of(client.get(f"/accounts/{account.pk}/value/"))

    assert page.count("No orders in the last two years.") == 2
    assert "Nobody recorded what they buy per year" in page
    assert "Record purchase potential" in page


def test_the_lifecycle_tab_tells_how_the_account_came_there(client, account, cast):
    olga, dora = cast["olga_owner"], cast["dora_director"]
    order(account, YESTERDAY, 100)
    make_run(YESTERDAY)
    move_stage(account, by=olga, to="early")
    asked = ask_tier(account, to="partner", by=olga, reason="They ask for a joint office.")
    decide_tier(asked, by=dora, to="declined", reason="Meet their board first.")
    client.force_login(olga)

    page = text_of(client.get(f"/accounts/{account.pk}/lifecycle/"))

    assert "Pre → Early Olga" in page
    assert "The evidence supports “Early”" in page
    assert "Ordinary → Partner Olga They ask for a joint office. Declined Dora" in page
    assert "Meet their board first." in page
    assert "Ask for another tier" in page
    assert "Policy not kept" in page


def test_requests_stand_by_the_day_of_the_decision(client, account, cast):
    olga, dora = cast["olga_owner"], cast["dora_director"]
    first = ask_tier(account, to="partner", by=olga, reason="First asked.")
    TierRequest.objects.filter(pk=first.pk).update(decided_at=timezone.now(), state="declined")
    later = ask_tier(account, to="partner", by=olga, reason="Then asked.")
    decide_tier(later, by=dora, to="declined", reason="No.")
    TierRequest.objects.filter(pk=first.pk).update(decided_at=timezone.now())
    ask_tier(account, to="strategic", by=olga, reason="Still open.")
    client.force_login(olga)

    context = client.get(f"/accounts/{account.pk}/lifecycle/").context

    assert [asked.reason for asked in context["requests"]] == ["First asked.", "Then asked."]


def test_a_new_account_has_a_lifecycle_without_moves(client, account, cast):
    client.force_login(cast["olga_owner"])

    page = text_of(client.get(f"/accounts/{account.pk}/lifecycle/"))

    assert "The stage has not moved yet." in page
    assert "No request was decided yet." in page


def test_the_plan_tab_shows_what_is_to_be_done_and_what_was(client, account, cast):
    olga = cast["olga_owner"]
    order(account, YESTERDAY, 100)
    make_run(YESTERDAY)
    actions.plan_step(account, by=olga, what="Send the offer", due=TODAY)
    done = actions.plan_step(account, by=olga, what="Visit the plant", due=TODAY)
    dropped = actions.plan_step(account, by=olga, what="Ring the buyer", due=TODAY)
    old = actions.plan_step(account, by=olga, what="Long ago", due=TODAY)
    for step, state in ((old, "done"), (done, "done"), (dropped, "dropped")):
        actions.close_step(step, by=olga, state=state)
    lately = business_today() - dt.timedelta(days=CLOSED_DAYS)
    NextStep.objects.filter(pk=done.pk).update(closed_on=lately)
    NextStep.objects.filter(pk=old.pk).update(closed_on=lately - dt.timedelta(days=1))
    client.force_login(olga)

    response = client.get(f"/accounts/{account.pk}/plan/")

    page = text_of(response)
    assert [step.what for step in response.context["next_steps"].steps] == ["Send the offer"]
    assert [step.what for step in response.context["closed"]] == [
        "Ring the buyer",
        "Visit the plant",
    ]
    assert "Ring the buyer dropped" in page
    assert "Plan a step" in page
    assert "The evidence supports “Early”" in page


def test_a_reader_plans_nothing(client, account, cast):
    client.force_login(cast["rita_reader"])

    page = text_of(client.get(f"/accounts/{account.pk}/plan/"))

    assert "Nothing is planned." in page
    assert "Nothing was done in the last 90 days." in page
    assert "Plan a step" not in page


def test_a_reader_opens_no_closed_step_again(client, account, cast):
    step = actions.plan_step(account, by=cast["olga_owner"], what="Send the offer", due=TODAY)
    actions.close_step(step, by=cast["olga_owner"])
    address = f"/accounts/{account.pk}/plan/"

    client.force_login(cast["olga_owner"])
    assert "Open again: Send the offer" in client.get(address).content.decode()
    client.force_login(cast["rita_reader"])
    page = client.get(address).content.decode()
    assert "Send the offer" in page
    assert "Open again" not in page


def text_of(response):
    assert response.status_code == 200
    return text(response)
