"""Playbooks: made by directors, line by line, and told with their success."""

import pytest

from churn.actions import close_flag, raise_flag, start_recovery
from churn.models import Playbook
from customers.models import Event

pytestmark = pytest.mark.django_db
TYPED = {"name": "Hold the price", "against": "price", "plan": "14 Frame contract\n\n 2  Ring"}


def test_a_director_writes_one_and_a_second_of_that_name_is_refused(client, cast):
    client.force_login(cast["dora_director"])

    assert client.post("/risk/playbooks/new/", TYPED).status_code == 302
    again = client.post("/risk/playbooks/new/", TYPED)

    playbook = Playbook.objects.get()
    assert playbook.plan == [
        {"after_days": 2, "what": "Ring"},
        {"after_days": 14, "what": "Frame contract"},
    ]
    assert Event.objects.get(kind="playbook.made").subject == {"playbook": playbook.pk}
    assert again.status_code == 422
    assert "already" in again.content.decode()
    page = client.get("/risk/playbooks/").content.decode()
    assert "Frame contract" in page


@pytest.mark.parametrize(
    "plan",
    ["", "Ring", "2", "999 Ring", "-1 Ring", "2 " + "x" * 201, "\n".join(["1 Ring"] * 13)],
)
def test_what_is_no_plan_is_refused(client, cast, plan):
    client.force_login(cast["dora_director"])

    assert client.post("/risk/playbooks/new/", {**TYPED, "plan": plan}).status_code == 422
    assert not Playbook.objects.exists()


def test_who_comes_second_sees_both_plans(client, cast):
    playbook = Playbook.objects.create(
        name="Hold", against="price", plan=[{"after_days": 1, "what": "Ring"}]
    )
    client.force_login(cast["dora_director"])
    url = f"/risk/playbooks/{playbook.pk}/"
    drawn = {"name": "Hold", "initial-name": "Hold", "against": "price", "active": "on",
             "initial-against": "price", "initial-active": "on", "initial-plan": "1 Ring",
             "version": 1}  # fmt: skip

    first = client.post(url, {**drawn, "plan": "1 Ring\n3 Visit"})
    second = client.post(url, {**drawn, "plan": "1 Write"})

    assert (first.status_code, second.status_code) == (302, 409)
    shown = second.content.decode()
    assert "3 Visit" in shown
    assert "1 Write" in shown


def test_success_is_shown_where_one_is_chosen(client, cast, account):
    playbook = Playbook.objects.create(
        name="Hold", against="price", plan=[{"after_days": 1, "what": "Ring"}]
    )
    flag = raise_flag(account, by=cast["olga_owner"], reason="x")
    start_recovery(flag, by=cast["olga_owner"], playbook=playbook)
    close_flag(flag, by=cast["olga_owner"], outcome="recovered")
    flag = raise_flag(account, by=cast["olga_owner"], reason="Again")
    client.force_login(cast["ed_editor"])

    page = client.get(f"/flags/{flag.pk}/").content.decode()
    part = client.get(f"/flags/{flag.pk}/", headers={"HX-Request": "true"}).content.decode()

    assert "1 of 1 recovered" in page
    assert "<html" in page
    assert "<html" not in part
    assert "1 of 1 recovered" in client.get("/risk/playbooks/").content.decode()
