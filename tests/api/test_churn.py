"""Losses, playbooks, goals and the life of a flag over the API."""

import datetime as dt

from churn.models import Defection, Flag, Playbook
from customers.calendar import business_today


def test_losses_over_the_api(api, account, cast):
    ed = api("ed_editor")

    made = ed.post("defections/", {"account": account.pk, "type": "price", "value_lost": "10.50"})
    pk = made.json()["id"]
    fine = ed.post("defections/", {"account": account.pk, "type": "price", "value_lost": "1.001"})
    won = ed.patch(f"defections/{pk}/", {"version": 1, "winback": "won", "keeping_cost": "2"})
    stale = ed.patch(f"defections/{pk}/", {"version": 1, "competitor": "Brandt"})

    assert (made.status_code, made.json()["value_lost"]) == (201, "10.50")
    assert (fine.status_code, list(fine.json()["errors"])) == (400, ["value_lost"])
    assert (won.status_code, won.json()["replacing_cost"]) == (200, "10.00")
    assert (stale.status_code, api("otto_outsider").get(f"defections/{pk}/").status_code) == (
        409,
        404,
    )


def test_playbooks_over_the_api(api):
    director = api("dora_director")
    plan = [{"after_days": 3, "what": "Visit"}]

    made = director.post("playbooks/", {"name": "Hold", "against": "service", "plan": plan})
    pk = made.json()["id"]
    twice = director.post("playbooks/", {"name": "Hold", "against": "service", "plan": plan})
    many = director.patch(f"playbooks/{pk}/", {"version": 1, "plan": plan * 13})
    shut = director.patch(f"playbooks/{pk}/", {"version": 1, "active": False})

    assert made.status_code == 201, made.content
    assert twice.status_code == many.status_code == 409
    assert (shut.status_code, shut.json()["active"]) == (200, False)
    for person in ("ed_editor", "stan_steward"):
        caller = api(person)
        body = {"name": "Mine", "against": "price", "plan": plan}
        assert caller.post("playbooks/", body).status_code == 403
        assert caller.get(f"playbooks/{pk}/").json()["plan"] == plan


def test_goals_over_the_api(api, account, cast):
    dirk = api("dirk_director")
    body = {"metric": "churn", "baseline": "8", "target": "4.25", "due": "2199-01-01"}

    far = dirk.post("goals/", body)
    made = dirk.post("goals/", {**body, "region": account.region_id})
    pk = made.json()["id"]
    changed = dirk.patch(f"goals/{pk}/", {"version": 1, "target": "5"})
    stale = dirk.patch(f"goals/{pk}/", {"version": 1, "target": "6"})

    assert (far.status_code, made.status_code, made.json()["target"]) == (403, 201, "4.25")
    assert (changed.json()["target"], changed.json()["actual"]) == ("5.00", None)
    assert (stale.status_code, stale.json()["conflict"]["fields"]["target"]) == (
        409,
        {"yours": "6", "theirs": "5.00"},
    )
    assert api("olga_owner").get(f"goals/{pk}/").status_code == 404


def test_the_life_of_a_flag_over_the_api(api, account, cast):
    plan = [{"after_days": 2, "what": "Ring"}]
    playbook = Playbook.objects.create(name="Hold", against="price", plan=plan)
    flag = Flag.objects.create(account=account, kind="manual", reason="x")
    until = (business_today() + dt.timedelta(days=9)).isoformat()
    ed = api("ed_editor")

    def patch(**body):
        version = Flag.objects.get().version
        answer = ed.patch(f"flags/{flag.pk}/", {"version": version, **body})
        return answer.status_code, answer.json()

    snoozed = patch(snoozed_until=until)[1]
    assert (snoozed["state"], snoozed["snoozed_until"]) == ("acknowledged", until)
    assert patch(owner=cast["ed_editor"].pk, due=until)[1]["owner"] == cast["ed_editor"].pk
    assert patch(owner=cast["otto_outsider"].pk)[0] == 409
    assert patch(owner=None)[1]["owner"] is None
    for body in (
        {},
        {"playbook": playbook.pk},
        {"state": "recovery", "due": until},
        {"snoozed_until": until, "due": until},
        {"due": None},
        {"snoozed_until": None},
        {"state": "recovery", "playbook": None},
        {"state": "recovery", "playbook": 10**9},
        {"state": "closed", "outcome": "lost", "defection": {"type": "moon"}},
        {"steps": [1]},
    ):
        assert patch(**body)[0] == 400, body
    assert patch(snoozed_until="2199-01-01")[0] == 409
    recovery = patch(state="recovery", playbook=playbook.pk)[1]
    assert (recovery["playbook"], len(recovery["steps"])) == (playbook.pk, 1)
    assert patch(state="closed", outcome="lost")[0] == 409
    lost = {"type": "price", "competitor": "Brandt"}
    assert patch(state="closed", outcome="lost", defection=lost)[0] == 200
    assert Defection.objects.get().flag == flag
