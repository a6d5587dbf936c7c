"""The stage board by hand: by keyboard, by drag, by form; what is refused comes back."""

import datetime as dt
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from churn import actions as churn_actions
from churn.models import Flag, Playbook, Risk
from customers.calendar import business_today
from customers.models import Account, NextStep
from lifecycle.models import Interruption, StageMove
from tests.nights import make_run, order

DAY = business_today() - dt.timedelta(days=1)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def board(enter, cast, account):
    """Return the board as Ed sees it, with a second account in another lane."""
    Account.objects.create(
        code="B-2", name="Brandt Pumps", owner=cast["ed_editor"], stage="mid", region=account.region
    )
    page = enter(cast["ed_editor"], "/stages/")
    page.set_default_timeout(8000)
    return page


def lane(page, stage):
    return page.locator(f'[data-lane="{stage}"]')


def stage_of(account):
    return Account.objects.values_list("stage", flat=True).get(pk=account.pk)


def test_an_account_moves_by_keyboard_and_back_by_undo(board, account, complaints):
    link = board.locator(f"#card-{account.pk}")
    link.focus()

    board.keyboard.press("Shift+ArrowRight")

    toast = board.locator("#toasts .toast", has_text="moved to “Early”")
    expect(toast).to_be_visible()
    expect(lane(board, "early").locator(f"#card-{account.pk}")).to_be_focused()
    expect(lane(board, "early").locator("h2 .count")).to_have_text("1")
    assert stage_of(account) == "early"

    toast.get_by_role("button", name="Undo").click()
    expect(lane(board, "pre").locator(f"#card-{account.pk}")).to_be_visible()
    assert stage_of(account) == "pre"
    assert StageMove.objects.count() == 2
    assert complaints == []


def test_arrows_walk_over_the_cards_and_reach_every_lane(board, account):
    board.locator(f"#card-{account.pk}").focus()

    board.keyboard.press("ArrowRight")

    expect(lane(board, "mid").locator("h3 a")).to_be_focused()
    board.keyboard.press("ArrowLeft")
    expect(board.locator(f"#card-{account.pk}")).to_be_focused()


def test_an_account_moves_by_drag(board, account):
    card = board.locator(f"[data-card]:has(#card-{account.pk})")

    card.drag_to(lane(board, "early"))

    expect(board.locator("#toasts .toast")).to_contain_text("moved to “Early”")
    expect(lane(board, "early").locator(f"#card-{account.pk}")).to_be_visible()
    assert stage_of(account) == "early"


def test_a_refused_drag_comes_back_with_the_reason(board, account):
    card = board.locator(f"[data-card]:has(#card-{account.pk})")

    card.drag_to(lane(board, "partnership"))

    alert = board.locator("#toasts [role=alert]")
    expect(alert).to_contain_text("one step at a time")
    expect(lane(board, "pre").locator(f"#card-{account.pk}")).to_be_visible()
    expect(lane(board, "partnership").locator("h3 a")).to_have_count(0)
    assert stage_of(account) == "pre"
    assert not StageMove.objects.exists()


def test_a_move_that_somebody_else_made_first_is_refused(board, account):
    board.locator(f"#card-{account.pk}").focus()
    Account.objects.filter(pk=account.pk).update(stage="mid")

    board.keyboard.press("Shift+ArrowRight")

    expect(board.locator("#toasts [role=alert]")).to_contain_text("no longer in “Pre”")
    expect(lane(board, "pre").locator(f"#card-{account.pk}")).to_be_focused()
    assert stage_of(account) == "mid"


def test_an_interruption_asks_for_causes_and_resumes_by_keyboard(board, account):
    link = board.locator(f"#card-{account.pk}")
    link.focus()
    board.keyboard.press("Shift+ArrowDown")
    dialog = board.get_by_role("dialog", name="Move Vorholm Cranes")
    expect(dialog).to_be_visible()

    dialog.get_by_role("button", name="Move stage").click()
    expect(dialog.get_by_role("alert")).to_contain_text("at least one cause")
    dialog.get_by_label("Quality problem", exact=True).check(force=True)
    dialog.get_by_role("button", name="Move stage").click()

    expect(dialog).to_be_hidden()
    tray = lane(board, "interrupted")
    expect(tray.locator(".causes")).to_have_text("Quality problem")
    assert Interruption.objects.get().stage == "pre"

    board.locator(f"#card-{account.pk}").focus()
    board.keyboard.press("Shift+ArrowUp")
    expect(board.locator("#toasts .toast").last).to_contain_text("resumed in “Pre”")
    expect(lane(board, "pre").locator(f"#card-{account.pk}")).to_be_focused()
    assert stage_of(account) == "pre"


def test_a_break_plans_the_proposed_steps_as_changed(board, account, cast):
    board.locator(f"#card-{account.pk}").focus()
    board.keyboard.press("Shift+ArrowDown")
    dialog = board.get_by_role("dialog", name="Move Vorholm Cranes")
    step = dialog.get_by_label("Next step, Quality problem")
    expect(step).to_be_hidden()

    dialog.get_by_label("Quality problem", exact=True).check(force=True)
    expect(step).to_have_value(re.compile("corrective action"))
    step.fill("Send the 8D report")
    assert Axe().run(board).response["violations"] == []
    dialog.get_by_role("button", name="Move stage").click()

    expect(dialog).to_be_hidden()
    planned = NextStep.objects.get()
    assert (planned.what, planned.who) == ("Send the 8D report", cast["olga_owner"])


@pytest.fixture
def evidence(account):
    """Run a night that supports Early and no more for the account."""
    Account.objects.filter(pk=account.pk).update(stage="early")
    order(account, DAY - dt.timedelta(days=7), 900_00)
    return make_run(DAY)


def test_a_move_against_the_evidence_asks_for_the_reason_by_keyboard(evidence, board, account):
    card = board.locator(f"#card-{account.pk}")
    card.focus()
    board.keyboard.press("Shift+ArrowRight")

    dialog = board.get_by_role("dialog", name="Move Vorholm Cranes")
    expect(dialog.locator(".error")).to_contain_text("Not shown yet for “Mid”")
    expect(lane(board, "early").locator(f"#card-{account.pk}")).to_have_count(1)
    expect(dialog.get_by_label("Reason")).to_be_focused()
    assert Axe().run(board).response["violations"] == []
    board.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(card).to_be_focused()
    assert stage_of(account) == "early"

    board.keyboard.press("Shift+ArrowRight")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    board.keyboard.type("Framework contract signed")
    board.keyboard.press("Control+Enter")

    toast = board.locator("#toasts .toast", has_text="moved to “Mid”")
    expect(toast).to_be_visible()
    expect(dialog).to_be_hidden()
    expect(lane(board, "mid").locator(f"#card-{account.pk}")).to_be_visible()
    assert StageMove.objects.get().reason == "Framework contract signed"
    toast.get_by_role("button", name="Undo").click()
    expect(lane(board, "early").locator(f"#card-{account.pk}")).to_be_visible()
    assert stage_of(account) == "early"


def test_a_drag_against_the_evidence_asks_for_the_reason(evidence, board, account):
    board.locator(f"[data-card]:has(#card-{account.pk})").drag_to(lane(board, "mid"))

    dialog = board.get_by_role("dialog", name="Move Vorholm Cranes")
    expect(dialog.locator(".error")).to_contain_text("Not shown yet for “Mid”")
    dialog.get_by_label("Reason").fill("Framework contract")
    dialog.get_by_role("button", name="Move stage").click()

    expect(lane(board, "mid").locator(f"#card-{account.pk}")).to_be_visible()
    assert stage_of(account) == "mid"


def test_the_form_moves_from_the_account_page(enter, account, cast, complaints):
    page = enter(cast["ed_editor"], f"/accounts/{account.pk}/")
    page.get_by_role("link", name="Move stage").click()
    dialog = page.get_by_role("dialog", name="Move Vorholm Cranes")
    dialog.get_by_label("Reason").fill("First order")

    dialog.get_by_role("button", name="Move stage").click()

    expect(dialog).to_be_hidden()
    expect(page.locator("#stage [aria-current=step]")).to_contain_text("Early")
    assert StageMove.objects.get().reason == "First order"
    assert complaints == []


def test_the_lifecycle_tab_tells_a_move_at_once(enter, account, cast, complaints):
    page = enter(cast["ed_editor"], f"/accounts/{account.pk}/lifecycle/")
    expect(page.locator("#lifecycle")).to_contain_text("The stage has not moved yet.")
    page.get_by_role("link", name="Move stage").click()
    dialog = page.get_by_role("dialog", name="Move Vorholm Cranes")
    dialog.get_by_label("Reason").fill("First order")

    dialog.get_by_role("button", name="Move stage").click()

    expect(page.locator("#lifecycle")).to_contain_text("Pre → Early")
    expect(page.locator("#lifecycle")).to_contain_text("First order")
    expect(page.locator("#stage [aria-current=step]")).to_contain_text("Early")
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_boards_and_form_are_accessible(board, account, cast, scheme):
    churn_actions.raise_flag(account, by=cast["ed_editor"], reason="A rival's quote")
    board.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = Axe().run(board).response["violations"]
    assert found == []
    board.locator(f"#card-{account.pk}").focus()
    board.keyboard.press("m")
    expect(board.get_by_role("dialog")).to_be_visible()
    assert Axe().run(board).response["violations"] == []


def test_without_scripts_the_form_moves_an_account(browser, live_server, client, account, cast):
    client.force_login(cast["ed_editor"])
    context = browser.new_context(java_script_enabled=False)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/stages/")

    page.get_by_role("link", name="Move Vorholm Cranes").click()
    page.get_by_role("button", name="Move stage").click()

    expect(page).to_have_url(re.compile(rf"/accounts/{account.pk}/"))
    expect(page.get_by_text("moved to “Early”")).to_be_visible()
    assert stage_of(account) == "early"
    context.close()


@pytest.fixture
def queue(enter, cast, account):
    """Return the risk queue as Ed sees it, with one flag raised by hand."""
    order(account, DAY - dt.timedelta(days=7), 900_00)
    run = make_run(DAY)
    Risk.objects.filter(run=run).delete()
    Risk.objects.create(
        run=run, account=account, scored="scored", score=80, level="high", p_micro=300_000,
        value_at_stake=500_00,
    )  # fmt: skip
    churn_actions.raise_flag(account, by=cast["ed_editor"], reason="A rival's quote")
    page = enter(cast["ed_editor"], "/risk/")
    page.set_default_timeout(8000)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_risk_queue_is_accessible(queue, scheme):
    queue.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    assert Axe().run(queue).response["violations"] == []


def test_a_flag_is_answered_in_place_and_the_queue_says_so(queue, complaints):
    row = queue.locator("#queue-list li")
    expect(row).to_contain_text("Open")

    queue.get_by_role("button", name="Acknowledge").click()

    expect(row).to_contain_text("Acknowledged")
    expect(queue.locator("#detail .flag")).to_contain_text("Acknowledged")

    queue.get_by_text("Close flag", exact=True).first.click()
    queue.get_by_label("How it ended").select_option("false_alarm")
    queue.locator("#detail .flag form button", has_text="Close flag").click()
    expect(row.locator(".pill")).to_have_count(0)

    queue.get_by_text("Raise flag", exact=True).first.click()
    queue.get_by_label("Why").fill("They asked a rival")
    queue.get_by_role("button", name="Raise flag").click()
    expect(row).to_contain_text("Open")
    assert [flag.state for flag in Flag.objects.order_by("pk")] == ["closed", "open"]
    assert complaints == []


def test_a_flag_is_recovered_by_a_playbook_and_its_success_is_told(queue, cast, complaints):
    """The whole life: opened by hand, answered, taken up by a playbook, its steps, recovered."""
    Playbook.objects.create(
        name="Hold the price",
        against="price",
        plan=[{"after_days": 2, "what": "Ring the buyer"}, {"after_days": 9, "what": "New offer"}],
    )
    detail = queue.locator("#detail .flag")
    expect(detail).to_contain_text("Olga answers")
    queue.get_by_role("button", name="Acknowledge").click()
    expect(detail).to_contain_text("Acknowledged")

    queue.get_by_role("link", name="Start recovery, hand on").click()
    queue.get_by_label("Playbook").select_option(label="Hold the price: Price")
    queue.get_by_role("button", name="Start recovery").click()

    expect(detail).to_contain_text("In recovery")
    expect(detail.locator(".recovery li")).to_have_count(2)
    steps = NextStep.objects.order_by("due")
    assert [(step.what, step.who) for step in steps] == [
        ("Ring the buyer", cast["olga_owner"]),
        ("New offer", cast["olga_owner"]),
    ]

    queue.get_by_text("Close flag", exact=True).first.click()
    expect(queue.get_by_label("Lost to")).to_be_hidden()  # asked of a loss alone
    queue.get_by_label("How it ended").select_option("lost")
    expect(queue.get_by_label("Lost to")).to_be_visible()
    queue.get_by_label("How it ended").select_option("recovered")
    queue.locator("#detail .flag form button", has_text="Close flag").click()

    expect(queue.locator("#queue-list li .pill")).to_have_count(0)
    queue.goto(queue.url.split("/risk/")[0] + "/risk/playbooks/")
    expect(queue.locator("tbody tr")).to_contain_text("1 of 1 recovered")
    assert complaints == []
