"""An entry in one line, read into the form. Today is Wednesday 16 September 2026 in Shanghai."""

import pytest
import time_machine

from customers.models import Account, Contact, Interaction

LOG = "/log/"


@pytest.fixture
def olga(cast, client):
    with time_machine.travel("2026-09-16T02:30:00Z", tick=False):
        client.force_login(cast["olga_owner"])
        yield cast["olga_owner"]


@pytest.fixture
def wang(account):
    return Contact.objects.create(account=account, name="王珏", other_name="Wang Jue")


def read(client, line, **typed):
    response = client.post(LOG, {"line": line, "read": "1", **typed})
    assert response.status_code == 200
    assert not Interaction.objects.exists()
    return response


def form_of(response):
    form = response.context["form"]
    names = ("kind", "when", "at", "subject", "step_what", "step_due", "step_date")
    return {name: form[name].value() for name in names if form[name].value()} | {
        "theirs": form.chosen_theirs()
    }


LINES = {
    "电话 王总 价格 周五回访": ("call", "价格", "回访", "2026-09-18", None),
    "call Wang price, follow up Fri": ("call", "price", "follow up", "2026-09-18", None),
    "昨天 拜访 王珏 年度返利, 下周一 发报价": (
        "visit", "年度返利", "发报价", "2026-09-21", "2026-09-15 12:00",
    ),
    "visit wang yesterday delivery times, send quote in 2 weeks": (
        "visit", "delivery times", "send quote", "2026-09-30", "2026-09-15 12:00",
    ),
    "微信 王经理 发票": ("message", "发票", None, None, None),
    "call Wang Vorholm Cranes 3 cranes": ("call", "3 cranes", None, None, None),
}  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), LINES.items())
def test_a_line_is_read_into_the_form(client, olga, account, wang, line, expected):
    response = read(client, line)
    kind, subject, step, due, at = expected

    got = form_of(response)
    assert response.context["account"] == account
    assert got["theirs"] == [str(wang.pk)]
    assert (got["kind"], got.get("subject")) == (kind, subject)
    assert (got.get("step_what"), got.get("step_date")) == (step, due)
    assert got.get("at") == at


def test_a_name_that_several_answer_to_is_asked_and_never_guessed(client, olga, account, wang):
    other = Account.objects.create(code="B-1", name="Beta Works", owner=olga)
    second = Contact.objects.create(account=other, name="王磊", other_name="Wang Lei")
    response = read(client, "电话 王总 价格")

    assert response.context["line"].candidates == sorted([wang, second], key=lambda p: p.name)
    assert response.context["account"] is None
    assert form_of(response)["theirs"] == []
    assert f'name="pick" value="{second.pk}"' in response.text

    picked = client.post(LOG, {"line": "电话 王总 价格", "pick": second.pk})
    assert picked.context["account"] == other
    assert form_of(picked)["theirs"] == [str(second.pk)]


def test_nobody_of_an_unseen_account_is_offered_or_picked(client, olga, account, far_account):
    stranger = Contact.objects.create(account=far_account, name="Zoltan Unseen")
    response = read(client, "call Zoltan price", pick=stranger.pk)

    assert response.context["account"] is None
    assert "Unseen" not in response.text
    assert read(client, "call Zephyr Canary Works").context["account"] is None


def test_what_was_read_is_saved_as_the_form_holds_it(client, olga, account, wang):
    read(client, "call Wang price")
    saved = client.post(
        LOG, {"account": account.pk, "kind": "call", "when": "now", "theirs": wang.pk}
    )

    assert saved.status_code == 302
    assert Interaction.objects.get().theirs.get() == wang


@pytest.mark.parametrize(
    "line",
    ["\x00", ",,,,", "a " * 400, "x" * 5000, "%%", "()[]*+", "999999999999 days ago", "电话"],
)
def test_hostile_lines_are_read_or_left(client, olga, account, line):
    read(client, line)


def test_reading_costs_the_same_for_few_and_many_accounts(
    client, olga, account, wang, django_assert_max_num_queries
):
    Account.objects.bulk_create(
        Account(code=f"M-{n}", name=f"Many {n}", owner=olga) for n in range(50)
    )
    with django_assert_max_num_queries(24):
        read(client, "visit wang yesterday delivery times, send quote in 2 weeks")
