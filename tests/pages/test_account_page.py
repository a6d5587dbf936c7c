"""The account page: everything of one account, at a cost that does not grow with its history."""

import datetime as dt
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from churn.models import Risk
from customers import actions, last_contact
from customers.calendar import business_today
from customers.models import (
    Account,
    Complaint,
    Contact,
    Interaction,
    PurchasePotential,
    SatisfactionScore,
)
from lifecycle.facts import Facts
from lifecycle.models import Assessment
from teams import linkage
from teams.actions import join, set_owner
from teams.models import TeamMember
from tests.nights import make_run, order
from tests.words import text

TODAY = business_today()
D = TODAY - dt.timedelta(days=1)


def open_page(client, user, account, address="", **headers):
    client.force_login(user)
    return client.get(f"/accounts/{account.pk}/{address}", headers=headers)


@pytest.fixture
def run(account, far_account):
    order(account, D - dt.timedelta(days=3), 8000_00)
    order(account, D - dt.timedelta(days=400), 10000_00)
    order(far_account, D - dt.timedelta(days=3), 12000_00)
    return make_run(D)


def test_the_head_names_the_account_and_its_figures(client, cast, account, run):
    PurchasePotential.objects.create(
        account=account, date=D, currency="CNY", amount_minor=20000_00, amount=20000_00
    )
    actions.log_contact(account, by=cast["olga_owner"], kind="call")
    actions.plan_step(account, by=cast["olga_owner"], what="Send the offer", due=TODAY)

    shown = text(open_page(client, cast["rita_reader"], account))

    assert "Vorholm Cranes" in shown
    assert "12-month value ¥8.00k 20.0% below last year" in shown
    assert "Company rank 2" in shown
    assert "40.0% of value, 100.0% cumulative" in shown
    assert "Wallet share 40%" in shown
    assert "Last contact 0 d" in shown
    assert "Next step Today Send the offer" in shown


def test_unknown_figures_say_so_and_are_never_zero(client, cast, account):
    shown = text(open_page(client, cast["olga_owner"], account))

    assert "Wallet share Unknown No purchase potential recorded" in shown
    assert "Company rank – No run published yet" in shown
    assert "Churn risk – Not scored" in shown
    assert "Last contact – None logged yet" in shown
    assert "0%" not in shown


def test_shares_are_over_what_the_user_sees(client, cast, account, run):
    own = text(open_page(client, cast["olga_owner"], account))

    assert "Company rank 2" in own
    assert "100.0% of the value you see" in own
    assert "cumulative" not in own


def test_risk_without_a_score_is_told_apart(client, cast, account, run):
    Risk.objects.filter(run=run, account=account).update(
        score=None, level="", p_micro=None, scored="lapsed", value_at_stake=None
    )

    assert "Lapsed: no purchase in a year" in text(open_page(client, cast["rita_reader"], account))


def test_crumbs_lead_through_the_group_as_far_as_it_is_seen(client, cast, account, far_account):
    middle = Account.objects.create(
        code="M", name="Middle Holding", parent=far_account, owner=cast["olga_owner"]
    )
    actions.change_account(account, by=cast["olga_owner"], version=None, parent=middle)

    whole = open_page(client, cast["rita_reader"], account)
    own = open_page(client, cast["olga_owner"], account)

    assert [above.name for above in whole.context["crumbs"]] == [
        "Zephyr Canary Works",
        "Middle Holding",
    ]
    assert [above.name for above in own.context["crumbs"]] == ["Middle Holding"]
    assert "Canary" not in text(own)


def test_what_may_not_be_changed_offers_no_button(client, cast, account, run):
    manager = open_page(client, cast["ed_editor"], account).content.decode()
    viewer = open_page(client, cast["vera_viewer"], account).content.decode()
    steward = open_page(client, cast["stan_steward"], account).content.decode()

    edit, contact = f"/accounts/{account.pk}/edit/", f"/accounts/{account.pk}/contacts/new/"
    assert edit in manager
    assert contact in manager
    assert "raise-reason" in manager
    assert edit not in viewer
    assert contact not in viewer
    assert "raise-reason" not in viewer
    # Facts are a data steward's business, the relationship is not.
    assert edit in steward
    assert contact not in steward
    assert "raise-reason" not in steward


def test_strangers_get_404(client, cast, account):
    assert open_page(client, cast["otto_outsider"], account).status_code == 404
    assert open_page(client, cast["otto_outsider"], account, "timeline/").status_code == 404
    assert open_page(client, cast["otto_outsider"], account, "steps/").status_code == 404


def test_the_stage_is_marked_on_the_track(client, cast, account):
    Account.objects.filter(pk=account.pk).update(stage="mid")
    mid = open_page(client, cast["olga_owner"], account)
    Account.objects.filter(pk=account.pk).update(stage="interrupted")
    interrupted = open_page(client, cast["olga_owner"], account)

    assert [step.filled for step in mid.context["stage"].steps] == [True, True, True, False, False]
    assert [step.current for step in mid.context["stage"].steps].index(True) == 2
    assert not any(step.filled for step in interrupted.context["stage"].steps)
    assert "Interrupted" in text(interrupted)


def test_the_chart_gets_its_figures_as_json(client, cast, account, run):
    html = open_page(client, cast["olga_owner"], account).content.decode()

    found = re.search(r'<script id="value-data" type="application/json">(.*?)</script>', html)
    data = json.loads(found[1])
    assert sum(data["values"]) == 8000
    assert len(data["values"]) == len(data["labels"]) == len(data["before"])
    assert data["ticks"][0] == {"at": 0, "text": "0"}
    assert data["ticks"][-1]["at"] >= max(*data["values"], *data["before"])
    assert "js/charts/account.js" in html


def test_everything_that_happened_stands_in_the_timeline(client, cast, account, run):
    olga = cast["olga_owner"]
    buyer = actions.add_contact(account, by=olga, name="Brita Buyer")
    actions.log_contact(
        account,
        by=olga,
        kind="visit",
        theirs=[buyer],
        note="They want <b>more</b>.",
        step={"what": "Send samples", "due": TODAY, "who": None},
    )
    actions.record_complaint(
        account, by=olga, category="quality", severity=3, opened_on=D, text="Cracked."
    )
    actions.change_account(account, by=olga, version=None, city="Oslo", name="Vorholm AS")

    page = open_page(client, olga, account).content.decode()
    where = re.search(r'id="timeline"[^>]* hx-get="([^"]+)" hx-trigger="load', page)
    assert f'href="{where[1]}"' in page  # for who has no scripts
    client.force_login(olga)
    shown = text(client.get(where[1], headers={"HX-Request": "true"}))

    assert "Visit: Brita Buyer Olga" in shown
    assert "They want &lt;b&gt;more&lt;/b&gt;." in shown
    assert "Send samples Today" in shown or "Send samples" in shown
    assert "Complaint: Quality severity 3, critical" in shown
    assert "Contact added Olga Brita Buyer" in shown
    assert "Name: Vorholm Cranes → Vorholm AS" in shown
    assert "1 order ¥8.00k" in shown


def test_a_changed_owner_is_named_and_a_hidden_parent_is_not(client, cast, account, far_account):
    set_owner(account, to=cast["ed_editor"], by=cast["dora_director"])
    actions.change_account(account, by=cast["dora_director"], version=None, parent=far_account)

    shown = text(open_page(client, cast["ed_editor"], account, "timeline/"))

    assert "Account manager changed Dora Olga → Ed" in shown
    assert "Parent" in shown
    assert "Canary" not in shown


def test_what_came_new_is_told_in_words(client, cast, account):
    dora, day = cast["dora_director"], dt.date(2024, 3, 5)
    join(
        account, cast["rita_reader"], by=dora, role="editor", layer="support",
        function="quality", since=day,
    )  # fmt: skip
    actions.record_satisfaction(account, by=dora, score=9, date=day)
    actions.record_potential(account, by=dora, date=day, amount_minor=200_00, currency="CNY")

    shown = text(open_page(client, dora, account, "timeline/"))

    joined = shown[shown.index("Joined the account team Dora") :]
    # PostgreSQL keeps the fields of an event in an order of its own.
    for words in ("Rita", "Quality", "Support", "Since: 5 Mar 2024"):
        assert f" {words} " in joined
    assert "Satisfaction recorded Dora 9 " in shown
    assert "Purchases per year: ¥200.00 " in shown
    assert "CNY" not in shown
    assert "2024-03-05" not in shown
    history = open_page(client, dora, account, "history/").content.decode()
    assert 'value="amount_minor"' in history
    assert 'value="currency"' not in history  # stands with the amount: nothing is left to tell
    type(dora).objects.filter(pk=dora.pk).update(language="zh-hans")
    dora.refresh_from_db()
    chinese = text(open_page(client, dora, account, "timeline/"))
    told = chinese[chinese.index("记录了") : chinese.index("加入客户团队") + 50]
    assert re.search("2024.年", told)
    assert not re.search("score|since|layer|amount", told, re.IGNORECASE)


def test_older_entries_come_page_by_page_and_none_twice(client, cast, account, run):
    _log(account, cast["olga_owner"], 45)
    client.force_login(cast["olga_owner"])

    seen, address, pages = [], f"/accounts/{account.pk}/timeline/", 0
    while address:
        html = client.get(address).content.decode()
        seen += re.findall(r'id="interaction-(\d+)"', html)
        older = re.search(r'href="([^"]*\?before=[^"]*)"', html)
        address, pages = older and older[1].replace("&amp;", "&"), pages + 1

    assert len(seen) == len(set(seen)) == 45
    assert pages == 3


def test_older_entries_come_into_the_page_by_htmx(client, cast, account):
    _log(account, cast["olga_owner"], 30)
    before = timezone.now() - dt.timedelta(days=25, hours=1)
    address = f"timeline/?before={before.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"

    response = open_page(client, cast["olga_owner"], account, address, **{"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert response.content.decode().count('id="interaction-') == 5


@pytest.mark.parametrize("moment", ["x", "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T00:00"])
def test_a_moment_that_is_none_is_not_found(client, cast, account, moment):
    response = open_page(client, cast["olga_owner"], account, f"timeline/?before={moment}")

    assert response.status_code == 404


def test_panels_come_anew_by_themselves(client, cast, account):
    actions.plan_step(account, by=cast["olga_owner"], what="Call back", due=TODAY)

    steps = open_page(client, cast["olga_owner"], account, "steps/")
    history = open_page(client, cast["olga_owner"], account, "timeline/", **{"HX-Request": "true"})

    assert "Call back" in text(steps)
    assert 'id="next-steps"' in steps.content.decode()
    assert 'id="timeline"' in history.content.decode()


def test_people_the_team_and_complaints_have_their_panels(client, cast, account):
    olga = cast["olga_owner"]
    decider = actions.add_contact(
        account, by=olga, name="Dag Decider", dmu_role="decider", attitude="sceptic"
    )
    actions.add_contact(account, by=olga, name="Gro Gone", left_on=D)
    actions.log_contact(account, by=olga, kind="call", theirs=[decider], ours=[cast["ed_editor"]])
    Complaint.objects.create(
        account=account, category="delivery", severity=1, opened_on=D, text="Late again."
    )
    SatisfactionScore.objects.create(account=account, score=4, date=D, source="survey")

    response = open_page(client, olga, account)
    shown = text(response)

    assert "Dag Decider Decider Sceptic" in shown
    assert [p.name for p in response.context["contacts"].rows[0].known_by] == ["Ed"]
    assert "1 person has left" in shown
    assert "Account team 3" in shown
    assert "Nobody from: " in shown
    risk = text(open_page(client, olga, account, "risk/"))
    assert "Late again." in risk
    assert "4/10" in risk


def test_an_earlier_night_is_shown_by_its_date(client, cast, account, run):
    earlier = D - dt.timedelta(days=60)
    order(account, earlier, 500_00)
    make_run(earlier)

    past = text(open_page(client, cast["rita_reader"], account, f"?as_of={earlier}"))
    missing = open_page(client, cast["rita_reader"], account, "?as_of=2019-01-01")

    # The order of 400 days ago was then within the year.
    assert "12-month value ¥10.5k" in past
    assert "Company rank 1" in past
    assert "Everything else is as it is today" in past
    assert "No run was published for 2019-01-01" in text(missing)
    assert f"as_of={earlier}" in missing.content.decode()


def _log(account, by, entries):
    contacts = [
        Contact.objects.create(account=account, name=f"Person {n} of {account.contacts.count()}")
        for n in range(3)
    ]
    now = timezone.now()
    made = Interaction.objects.bulk_create(
        Interaction(
            account=account,
            kind="call",
            at=now - dt.timedelta(days=n + 1),
            date=TODAY - dt.timedelta(days=n + 1),
            author=by,
            note=f"Entry {n}",
        )
        for n in range(entries)
    )
    for entry in made:
        entry.ours.add(by)
        entry.theirs.add(contacts[entry.pk % 3])
    last_contact.recount(Account.objects.filter(pk=account.pk))


@pytest.mark.parametrize("address", ["", "timeline/", "value/", "team/", "lifecycle/", "risk/"])
@pytest.mark.parametrize("name", ["olga_owner", "dora_director"])
def test_the_number_of_queries_does_not_grow_with_the_history(
    client, cast, account, run, name, address
):
    member = cast["otto_outsider"]
    TeamMember.objects.create(account=account, user=member, role="editor", since=D)
    actions.change_account(account, by=member, version=None, city="Oslo")
    Complaint.objects.create(
        account=account, category="quality", severity=1, opened_on=D, text="Dust."
    )
    SatisfactionScore.objects.create(account=account, score=8, date=D)
    actions.plan_step(account, by=member, what="Call", due=TODAY)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/accounts/{account.pk}/{address}").status_code == 200
        return len(captured)

    client.force_login(cast[name])
    _log(account, cast["olga_owner"], 5)
    queries()  # the first one notes the visit too
    few = queries()
    _log(account, cast["olga_owner"], 995)

    assert queries() == few


def test_what_is_missing_for_the_next_stage_is_named(client, cast, account, run):
    account.stage = "mid"
    account.save()
    evidence = Facts(purchase_on=D, share_permille=None, functions={"finance": D, "it": D})
    figures = evidence.figures(D)
    assert Assessment.objects.filter(run=run, account=account).update(figures=figures)

    page = open_page(client, cast["olga_owner"], account)

    shown = text(page)
    assert "Missing for “Partnership”" in shown
    assert "The evidence supports “Early” as of" in shown
    assert "Less than is on record" in shown
    assert re.search(r"Wallet share of at least 30% No longer kept unknown", shown)
    assert re.search(r"4 pairs of functions met in 180 days[^.]* 0 ", shown)
    assert re.search(r"2 functions of theirs met in 180 days 2 ", shown)


def test_the_page_says_who_covers_the_account(client, cast, account):
    people = [cast[name] for name in ("olga_owner", "ed_editor", "otto_outsider", "vera_viewer")]
    linkage.form_group("East machines", people, by=cast["dora_director"])
    empty = text(open_page(client, cast["olga_owner"], account, "team/"))
    assert "Nobody covers this account" in empty
    for name in ("ed_editor", "vera_viewer"):
        linkage.name_deputy(account, cast[name], by=cast["olga_owner"])
    for name, days in (("ed_editor", 90), ("vera_viewer", 91)):
        actions.log_contact(
            account, by=cast[name], kind="call", at=timezone.now() - dt.timedelta(days=days)
        )

    answer = open_page(client, cast["olga_owner"], account, "team/")

    rows = answer.context["deputies"].rows
    assert [(row.person.name, row.near) for row in rows] == [("Ed", True), ("Vera", False)]
    assert "Not met in 90 days" in text(answer)
