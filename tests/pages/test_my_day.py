"""My day: who sees what, what it says, and that its queries do not grow."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts_crm.models import NightlyRun
from accounts_crm.my_day.page import sentence
from churn.models import Flag, Risk
from customers import actions
from customers.calendar import business_today
from customers.models import Account, Contact, Interaction, NextStep, OrderLine, Ranking
from teams.models import TeamMember
from tests.nights import analyze
from tests.words import text

TODAY = business_today()
NIGHT = TODAY - dt.timedelta(days=1)


def night(as_of, **values):
    """Make a published run; what it found is for the test to add."""
    now = timezone.now()
    return NightlyRun.objects.create(
        as_of=as_of,
        attempt=1,
        state="published",
        measure="revenue",
        window_months=12,
        currency="CNY",
        started_at=now - dt.timedelta(minutes=6, seconds=42),
        finished_at=now,
        **values,
    )


def rank(run, account, place, value=100_000_00, value_class="A"):
    return Ranking(
        run=run,
        scope="account",
        account=account,
        top=account,
        position=place,
        rank=place,
        value=value,
        cumulative=value,
        value_class=value_class,
    )


def risk(run, account, score, stake=0, findings=()):
    level = "high" if score >= 70 else "watch" if score >= 40 else "low"
    return Risk(
        run=run,
        account=account,
        scored="scored",
        p_micro=500_000,
        score=score,
        level=level,
        value_at_stake=stake,
        findings=list(findings),
    )


SILENT = {
    "signal": "no_contact",
    "strength": 1.0,
    "weight": 0.15,
    "share": 0.2,
    "figures": {"days": 34, "every": 14, "last": "2026-08-12", "interaction": 1},
}


@pytest.fixture
def runs(db):
    return night(NIGHT - dt.timedelta(days=30)), night(NIGHT - dt.timedelta(days=1)), night(NIGHT)


@pytest.fixture
def olga(cast, client):
    client.force_login(cast["olga_owner"])
    return cast["olga_owner"]


# --- Who sees what ------------------------------------------------------------------------------
def test_without_a_log_in_it_leads_to_the_door(client, db):
    response = client.get("/")

    assert response.status_code == 302
    assert response.url.startswith("/auth/login/")


def test_only_accounts_one_may_see_are_on_it(client, cast, account, far_account, runs):
    month_ago, before, latest = runs
    Ranking.objects.bulk_create(
        [rank(latest, far_account, 1), rank(latest, account, 2), rank(before, account, 1)]
        + [rank(before, far_account, 2)]
    )
    Risk.objects.bulk_create([risk(latest, far_account, 90), risk(latest, account, 80)])
    for one in (account, far_account):
        Flag.objects.create(account=one, kind="manual", reason=f"Because of {one}")

    for name, names in (
        ("olga_owner", {"Vorholm"}),
        ("vera_viewer", {"Vorholm"}),
        ("dirk_director", {"Vorholm"}),
        ("dora_director", {"Vorholm", "Zephyr"}),
        ("rita_reader", {"Vorholm", "Zephyr"}),
        ("stan_steward", {"Vorholm", "Zephyr"}),
        ("otto_outsider", set()),
        ("ada_admin", set()),
    ):
        client.force_login(cast[name])
        page = client.get("/").text
        assert {shown for shown in ("Vorholm", "Zephyr") if shown in page} == names, name


def test_a_manager_who_is_a_director_too_has_the_day_of_the_own_accounts(
    client, cast, account, far_account
):
    from django.contrib.auth.models import Group

    cast["dora_director"].groups.add(Group.objects.get(name="account manager"))
    Account.objects.filter(pk=account.pk).update(owner=cast["dora_director"])
    client.force_login(cast["dora_director"])

    page = client.get("/").text

    assert "Vorholm" in page
    assert "Zephyr" not in page


def test_accounts_of_a_team_one_has_left_are_no_longer_there(client, cast, account):
    client.force_login(cast["ed_editor"])
    assert "Vorholm" in client.get("/").text

    TeamMember.objects.filter(user=cast["ed_editor"]).update(until=dt.date(2026, 1, 1))

    assert "Vorholm" not in client.get("/").text


# --- Before there is anything -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("otto_outsider", "No account is yours yet"),
        ("dora_director", "There is no account to look at yet"),
        ("ada_admin", "Accounts are not part of your role"),
    ],
)
def test_an_empty_day_says_why(client, cast, name, said):
    client.force_login(cast[name])

    page = text(client.get("/"))

    assert said in page
    assert "Nothing is waiting for you today." in page
    assert "No night has been computed yet" in page


def test_before_the_first_night_accounts_and_steps_are_there(client, olga, account):
    page = text(client.get("/"))

    assert "Vorholm" in page
    assert "Risk is known after the first nightly run." in page
    assert "After the first nightly run, its changes stand here." in page
    assert "1 without any contact logged" in page
    assert "No contact of yours is logged yet." in page


# --- Its parts ----------------------------------------------------------------------------------
def test_the_strip_shows_rank_movement_clock_and_months(client, olga, account, runs):
    month_ago, _before, latest = runs
    Ranking.objects.bulk_create([rank(month_ago, account, 5), rank(latest, account, 2)])
    OrderLine.objects.bulk_create(
        OrderLine(
            source="t",
            order_id=str(n),
            line_id="1",
            account=account,
            date=NIGHT - dt.timedelta(days=30 * n),
            currency="CNY",
            revenue_minor=100 * n,
            revenue=100 * n,
        )
        for n in range(12)
    )
    Account.objects.update(last_contact_on=TODAY - dt.timedelta(days=70))

    response = client.get("/")

    (row,) = response.context["strip"]
    assert (row.account.rank, row.move, row.days, row.cadence) == (2, 3, 70, 60)
    assert row.silent
    assert len(row.points) == 12
    assert sum(row.points) == 100 * sum(range(12))
    assert 'value="70"' in response.text
    assert f'href="/data/runs/{latest.pk}/"' in response.text
    assert "run took 6 min 42 s" in response.text


def test_attention_goes_to_flags_and_risks_with_their_reasons(client, olga, account, runs):
    _month_ago, before, latest = runs
    watched = Account.objects.create(code="A-2", name="Watched Works", owner=olga)
    calm = Account.objects.create(code="A-3", name="Calm Works", owner=olga)
    flagged = Account.objects.create(code="A-4", name="Flagged <Works>", owner=olga)
    Risk.objects.bulk_create(
        [
            risk(before, account, 68),
            risk(latest, account, 82, stake=7_390_000_00, findings=[SILENT]),
            risk(latest, watched, 47, stake=9_000_000_00),
            risk(latest, calm, 10),
        ]
    )
    Flag.objects.create(account=account, kind="score", findings=[SILENT], score=82)
    Flag.objects.create(account=flagged, kind="manual", reason="Their <b>buyer</b> left")
    Flag.objects.create(account=calm, kind="score", state="closed", outcome="recovered")

    response = client.get("/")

    needs = response.context["needs"]
    assert [need.account.name for need in needs] == [account.name, flagged.name, watched.name]
    assert response.context["needing"] == 3
    page = text(response)
    assert "34 days since the last contact" in page
    assert "Score was 68 before." in page
    assert "¥7.39M" in page
    assert "50% likely to place no order in the next 90 days" in page
    assert "Their &lt;b&gt;buyer&lt;/b&gt; left" in response.text
    assert f'href="/log/?account={account.pk}"' in response.text
    assert "Three accounts need attention." in page


def test_who_may_only_look_is_offered_no_button(client, cast, account, runs):
    rank(runs[-1], account, 1).save()
    Flag.objects.create(account=account, kind="manual", reason="Look at this")
    actions.plan_step(account, by=cast["olga_owner"], what="Ring back", due=NIGHT)

    for name, buttons in (("ed_editor", 1), ("vera_viewer", 0), ("rita_reader", 0)):
        client.force_login(cast[name])
        page = client.get("/").text
        assert page.count(f'id="log-for-{account.pk}"') == buttons, name
    assert "Ring back" in page
    assert "/next-steps/" not in page


def test_steps_stand_by_the_day_they_are_due(client, olga, account, cast):
    today = timezone.localdate()
    for days, what in ((-3, "Late one"), (0, "Now one"), (6, "Soon one"), (9, "Far one")):
        actions.plan_step(account, by=olga, what=what, due=today + dt.timedelta(days=days))
    actions.plan_step(account, by=cast["ed_editor"], what="Not mine", due=today)
    done = actions.plan_step(account, by=olga, what="Done one", due=today)
    actions.close_step(done, by=olga)

    response = client.get("/")

    groups = {
        group.name: [step.what for step in group.steps] for group in response.context["todo"].groups
    }
    assert groups == {
        "Overdue": ["Late one"],
        "Today": ["Now one"],
        "Next 7 days": ["Soon one"],
        "Closed today": ["Done one"],
    }
    assert response.context["todo"].waiting == 3
    assert "One step is due today and one step is late." in text(response)


def test_a_director_sees_what_is_overdue_among_the_accounts(client, cast, account):
    olga = cast["olga_owner"]
    actions.plan_step(account, by=olga, what="Late one", due=NIGHT - dt.timedelta(days=2))
    actions.plan_step(account, by=olga, what="Soon one", due=TODAY + dt.timedelta(days=2))
    client.force_login(cast["dirk_director"])

    page = client.get("/").text

    assert "Late one" in page
    assert "Soon one" not in page


def test_the_night_tells_moves_and_changes_of_level(client, olga, account, runs):
    _month_ago, before, latest = runs
    still = Account.objects.create(code="A-2", name="Still Works", owner=olga)
    Ranking.objects.bulk_create(
        [
            rank(before, account, 22, 1_000_000_00, "B"),
            rank(latest, account, 19, 1_310_000_00, "A"),
            rank(before, still, 30),
            rank(latest, still, 30),
        ]
    )
    Risk.objects.bulk_create(
        [risk(before, account, 68), risk(latest, account, 82), risk(before, still, 1)]
        + [risk(latest, still, 2)]
    )

    response = client.get("/")

    page = text(response)
    assert "Vorholm Cranes is now #19" in page
    assert "Class B to A. 12-month value up ¥0.31M to ¥1.31M" in page
    assert "risk Watch to High" in page
    assert "Score 68 to 82" in page
    assert "Last night" in page
    assert [row.account for row in response.context["news"].moves] == [account]
    assert [row.account for row in response.context["news"].risks] == [account]


def test_ranks_of_another_measure_are_not_compared(client, olga, account, runs):
    _month_ago, before, latest = runs
    NightlyRun.objects.exclude(pk=latest.pk).update(measure="margin")
    Ranking.objects.bulk_create([rank(before, account, 5), rank(latest, account, 2)])

    response = client.get("/")

    assert response.context["strip"][0].move is None
    assert not response.context["news"]
    assert "No rank and no level of risk changed." in response.text


def test_a_gap_between_nights_is_named(client, olga, account, runs):
    NightlyRun.objects.filter(pk=runs[1].pk).delete()

    assert "Since " in text(client.get("/"))


def test_silences_are_measured_by_the_tier(client, olga, account):
    Account.objects.update(tier="strategic", last_contact_on=TODAY - dt.timedelta(days=15))
    for code, tier, days in (
        ("A-2", "ordinary", 60),
        ("A-3", "partner", 90),
        ("A-4", "partner", 2),
    ):
        Account.objects.create(
            code=code,
            name=code,
            owner=olga,
            tier=tier,
            last_contact_on=TODAY - dt.timedelta(days=days),
        )
    Account.objects.create(
        code="A-5", name="Gone", owner=olga, status="lost", last_contact_on=dt.date(2020, 1, 1)
    )
    Account.objects.create(code="A-6", name="Never", owner=olga)

    plan = client.get("/").context["plan"]

    assert [row.account.name for row in plan["late"]] == ["A-3", "Vorholm Cranes"]
    assert [(part.tier, part.kept, part.known) for part in plan["tiers"]] == [
        ("strategic", 0, 1),
        ("partner", 1, 2),
        ("ordinary", 1, 1),
    ]
    assert plan["never"] == 1


def test_what_one_logged_is_there_at_once(client, olga, account, cast):
    wang = Contact.objects.create(account=account, name="Wang Jue")
    actions.log_contact(account, by=olga, kind="visit", subject="Prices", theirs=[wang])
    actions.log_contact(account, by=cast["ed_editor"], kind="call", subject="Of somebody else")

    page = text(client.get("/"))

    assert "Wang Jue, Vorholm Cranes Prices" in page
    assert "1 this month" in page
    assert "Of somebody else" not in page


def test_names_are_shown_as_text(client, olga, account):
    Account.objects.update(name="<script>alert(1)</script>")
    actions.plan_step(account, by=olga, what="<img src=x>", due=TODAY)
    actions.log_contact(account, by=olga, kind="call", note="<i>note</i>")

    page = client.get("/").text

    for raw in ("<script>alert", "<img src=x", "<i>note"):
        assert raw not in page


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0, 0, 0), "Nothing is waiting for you today."),
        ((1, 0, 0), "One account needs attention."),
        ((0, 2, 0), "Two steps are due today."),
        ((3, 0, 1), "Three accounts need attention and one step is late."),
        (
            (3, 4, 1),
            "Three accounts need attention, four steps are due today and one step is late.",
        ),
        ((12, 0, 0), "12 accounts need attention."),
    ],
)
def test_the_sentence(numbers, said):
    assert sentence(*numbers) == said


# --- Queries ------------------------------------------------------------------------------------
def crowd(owner, runs, first, last):
    """Make accounts that have everything the page shows."""
    accounts = Account.objects.bulk_create(
        Account(
            code=f"B-{n}",
            name=f"Account {n}",
            owner=owner,
            last_contact_on=TODAY - dt.timedelta(days=n % 90),
        )
        for n in range(first, last)
    )
    for night_number, run in enumerate(runs):
        Ranking.objects.bulk_create(
            rank(run, account, n + 1 + night_number * (n % 3))
            for n, account in enumerate(accounts, first)
        )
        Risk.objects.bulk_create(
            risk(run, account, (n + night_number) % 100, stake=n, findings=[SILENT])
            for n, account in enumerate(accounts, first)
        )
    Flag.objects.bulk_create(
        Flag(account=account, kind="manual", reason="Why") for account in accounts[::10]
    )
    entries = Interaction.objects.bulk_create(
        Interaction(account=a, kind="call", at=timezone.now(), date=TODAY, author=owner)
        for a in accounts
    )
    NextStep.objects.bulk_create(
        NextStep(
            account=entry.account,
            interaction=entry,
            what="Ring",
            due=TODAY + dt.timedelta(days=n % 5 - 2),
            who=owner,
            created_on=TODAY,
        )
        for n, entry in enumerate(entries)
    )
    analyze()


@pytest.mark.parametrize("name", ["olga_owner", "dora_director", "dirk_director"])
def test_the_count_of_queries_is_the_same_at_50_and_at_5000_accounts(
    client, cast, account, runs, name, django_assert_max_num_queries
):
    client.force_login(cast[name])
    crowd(cast["olga_owner"], runs, 0, 50)
    with django_assert_max_num_queries(15) as few:
        assert client.get("/").status_code == 200
    crowd(cast["olga_owner"], runs, 50, 5000)
    with django_assert_max_num_queries(15) as many:
        assert client.get("/").status_code == 200

    assert len(many) == len(few)
