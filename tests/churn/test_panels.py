"""The risk panel: what it shows of a run, and the flags answered in it."""

import datetime as dt

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from accounts_crm.models import NightlyRun
from churn import panels
from churn.actions import close_flag, raise_flag, start_recovery
from churn.models import Flag, Playbook, Risk
from churn.queries import for_risk_panel, with_risk
from customers.models import Account, Event

HTMX = {"HTTP_HX_REQUEST": "true"}
FINDINGS = [
    {
        "signal": "order_gap",
        "strength": 0.5,
        "weight": 0.3,
        "share": 0.35,
        "figures": {"days": 60, "rhythm": 30.0, "purchases": 4, "last": "2024-05-01"},
    },
    {
        "signal": "quality_complaint",
        "strength": 0.5,
        "weight": 0.3,
        "share": 0.35,
        "figures": {
            "count": 1,
            "severity": 1,
            "opened": "2024-06-01",
            "days": 29,
            "complaints": [17],
        },
    },
]


@pytest.fixture
def run(db):
    return NightlyRun.objects.create(
        as_of=dt.date(2024, 6, 30),
        attempt=1,
        state="published",
        currency="CNY",
        facts={"risk": {"median_micro": 100_000, "model": {"reason": ""}}},
    )


@pytest.fixture
def risk(account, run):
    return Risk.objects.create(
        run=run,
        account=account,
        scored="scored",
        p_micro=250_000,
        score=41,
        level="watch",
        value_at_stake=1_250_000_00,
        findings=FINDINGS,
    )


def risk_panel(account, viewer, run):
    """Return the panel of an account that is read as pages read it."""
    return panels.risk(for_risk_panel(Account.objects.all(), run).get(pk=account.pk), viewer, run)


def drawn(panel):
    """Return the panel as it is drawn."""
    return render_to_string("churn/_risk.html", {"panel": panel})


def test_points_are_whole_and_add_up_to_the_score():
    assert panels.points_of(41, [0.35, 0.35]) == [15, 14, 12]
    assert panels.points_of(70, [1.0]) == [70, 0]
    assert panels.points_of(0, []) == [0]
    assert panels.points_of(9, []) == [9]
    for score in range(101):
        for shares in ([0.3333, 0.3333, 0.3333], [0.5, 0.4999], [0.0001], [1.0001]):
            assert sum(panels.points_of(score, shares)) == score


def test_the_panel_shows_score_reasons_and_the_model_apart(account, cast, run, risk):
    panel = risk_panel(account, cast["olga_owner"], run)
    page = drawn(panel)

    assert "41 Watch" in page
    assert "¥1.25M at stake" in page
    assert "60 days since the last order on 1 May 2024" in page
    assert f'href="{account.get_absolute_url()}risk/?signal=quality_complaint&amp;as_of=' in page
    assert "25.0% likely to place no order in 90 days" in page
    assert "the middle of all scored accounts is 10.0%" in page
    assert "Signals 29 points, model 12 points, of 100" in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"scored": "lapsed"}, "Lapsed: no purchase in the last 365 days."),
        ({"scored": "no_trade"}, "No trade"),
        ({"scored": "scored", "score": 0, "level": "none"}, "0 None"),
    ],
)
def test_the_panel_says_who_is_not_scored(account, cast, run, values, text):
    Risk.objects.create(run=run, account=account, **values)

    page = drawn(risk_panel(account, cast["olga_owner"], run))

    assert text in page


def test_the_panel_says_why_the_model_gives_nothing(account, cast, run):
    run.facts["risk"] = {"median_micro": None, "model": {"reason": "too_few_accounts"}}
    Risk.objects.create(run=run, account=account, scored="scored", score=0, level="none")

    page = drawn(risk_panel(account, cast["olga_owner"], run))

    assert "Too few accounts have bought yet" in page


def test_the_panel_before_the_first_run_and_without_a_row(account, cast, run):
    person = cast["olga_owner"]

    assert "No nightly run" in drawn(risk_panel(account, person, None))
    assert "no order line yet" in drawn(risk_panel(account, person, run))


def test_an_old_night_says_that_its_reasons_are_gone(account, cast, run, risk):
    run.evidence_kept = False
    Risk.objects.update(findings=[])

    page = drawn(risk_panel(account, cast["olga_owner"], run))

    assert "41 Watch" in page
    assert "no longer kept" in page
    assert "Model" not in page


def test_a_viewer_reads_and_has_no_buttons(account, cast, run, risk):
    raise_flag(account, by=cast["olga_owner"], reason="A tender <b>is</b> out.")

    page = drawn(risk_panel(account, cast["vera_viewer"], run))

    assert "A tender &lt;b&gt;is&lt;/b&gt; out." in page
    assert "<form" not in page


def test_a_flag_is_raised_in_the_panel(account, cast, run, risk, client):
    client.force_login(cast["ed_editor"])

    answer = client.post(
        reverse("churn:flags", args=[account.pk]), {"reason": "A tender is out."}, **HTMX
    )

    assert answer.status_code == 200
    assert "flag-changed" in answer.headers["HX-Trigger"]
    flag = Flag.objects.get()
    assert (flag.kind, flag.opened_by) == ("manual", cast["ed_editor"])
    page = answer.content.decode()
    assert 'id="risk"' in page
    assert "A tender is out." in page
    assert "Raised by hand" in page
    # One by hand is open: no second one is offered.
    assert "raise-flag" not in page


def test_without_a_reason_the_panel_says_so_at_its_field(account, cast, run, client):
    client.force_login(cast["olga_owner"])
    url = reverse("churn:flags", args=[account.pk])

    fragment = client.post(url, {"reason": " "}, **HTMX)
    whole = client.post(url, {"reason": " "})

    assert fragment.status_code == 422
    assert 'aria-invalid="true"' in fragment.content.decode()
    assert "Say why you raise the flag." in fragment.content.decode()
    assert whole.status_code == 302
    assert not Flag.objects.exists()


def test_a_flag_goes_its_way_without_javascript(account, cast, run, risk, client):
    flag = raise_flag(account, by=None, reason="A tender is out.")
    client.force_login(cast["dora_director"])
    url = reverse("churn:flag-state", args=[flag.pk])

    for version, values in enumerate(
        (
            {"to": "acknowledged"},
            {"to": "recovery"},
            {"to": "closed", "outcome": "lost", "type": "price", "reason": "To a rival"},
        ),
        start=1,
    ):
        answer = client.post(url, {"version": version, **values})
        assert answer.status_code == 302
        assert answer.url == f"{account.get_absolute_url()}#risk"

    flag.refresh_from_db()
    assert (flag.state, flag.outcome) == ("closed", "lost")
    account.refresh_from_db()
    assert account.status == "lost"
    assert Event.objects.filter(actor=cast["dora_director"]).count() == 6


def test_closing_without_an_outcome_is_refused_in_the_panel(account, cast, run, client):
    flag = raise_flag(account, by=None, reason="A tender is out.")
    client.force_login(cast["olga_owner"])

    answer = client.post(
        reverse("churn:flag-state", args=[flag.pk]), {"to": "closed", "version": 1}, **HTMX
    )

    assert answer.status_code == 422
    assert "Say how it ended" in answer.content.decode()


def test_a_stale_answer_is_a_conflict(account, cast, run, client):
    flag = raise_flag(account, by=None, reason="A tender is out.")
    client.force_login(cast["olga_owner"])
    url = reverse("churn:flag-state", args=[flag.pk])
    client.post(url, {"to": "recovery", "version": 1})

    answer = client.post(url, {"to": "closed", "outcome": "lost", "version": 1}, **HTMX)

    assert answer.status_code == 409
    assert "changed by someone else" in answer.content.decode()
    assert Flag.objects.get().state == "recovery"


@pytest.mark.parametrize(
    "values", [{}, {"to": "open"}, {"to": "x"}, {"to": "closed", "version": "z"}]
)
def test_nonsense_is_refused(account, cast, run, client, values):
    flag = raise_flag(account, by=None, reason="A tender is out.")
    client.force_login(cast["olga_owner"])

    answer = client.post(reverse("churn:flag-state", args=[flag.pk]), values, **HTMX)

    assert answer.status_code == 422
    assert Flag.objects.get().state == "open"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("vera_viewer", 403),
        ("rita_reader", 403),
        ("stan_steward", 403),
        ("otto_outsider", 404),
        ("dirk_director", 200),
    ],
)
def test_who_may_answer(account, cast, run, client, name, status):
    flag = raise_flag(account, by=None, reason="A tender is out.")
    client.force_login(cast[name])

    raised = client.post(reverse("churn:flags", args=[account.pk]), {"reason": "Mine"}, **HTMX)
    answered = client.post(
        reverse("churn:flag-state", args=[flag.pk]), {"to": "acknowledged"}, **HTMX
    )

    assert answered.status_code == status
    # The director is let in, and told that one is open already.
    assert raised.status_code == (422 if status == 200 else status)
    assert Flag.objects.count() == 1


def test_with_risk_annotates_and_leaves_the_rest_empty(account, far_account, run, risk):
    rows = {row.pk: row for row in with_risk(Account.objects.all(), run)}

    mine, other = rows[account.pk], rows[far_account.pk]
    assert (mine.risk_score, mine.risk_level, mine.risk_scored) == (41, "watch", "scored")
    assert (mine.risk_at_stake, mine.risk_p_micro) == (1_250_000_00, 250_000)
    assert (other.risk_score, other.risk_level, other.risk_scored) == (None, None, None)
    assert with_risk(Account.objects.all(), None).get(pk=account.pk).risk_score is None


def test_the_standing_flags_and_the_last_closed_one_come_in_one_query(
    account, cast, run, django_assert_num_queries
):
    olga = cast["olga_owner"]
    playbook = Playbook.objects.create(
        name="Hold", against="price", plan=[{"after_days": n, "what": f"P {n}"} for n in (3, 1, 2)]
    )
    for outcome in ("recovered", "false_alarm"):
        flag = raise_flag(account, by=olga, reason="Once")
        close_flag(flag, by=olga, outcome=outcome)
    start_recovery(raise_flag(account, by=olga, reason="Now"), by=olga, playbook=playbook)
    read = for_risk_panel(Account.objects.with_permissions(olga), run).get(pk=account.pk)

    with django_assert_num_queries(1):
        panel = panels.risk(read, olga, run)

    (flag,) = panel.flags
    assert flag.reason == "Now"
    assert [step.what for step in flag.planned] == ["P 1", "P 2", "P 3"]
    assert panel.last_closed.outcome == "false_alarm"
    assert panel.last_closed.planned == []
