"""Who may change a row over the API, by role; rows out of sight are not there."""

import pytest

from tests.api.test_mass_assignment import make

RELATIONSHIP = {"olga_owner", "ed_editor", "dora_director", "dirk_director"}
FACTS = RELATIONSHIP | {"stan_steward", "ina_integration"}
SEE = FACTS | {"vera_viewer", "rita_reader"}
# Resource: who may change it, and a change.
CHANGES = {
    "accounts": (FACTS, {"city": "Turku"}),
    "contacts": (RELATIONSHIP, {"phone": "1"}),
    "interactions": (RELATIONSHIP, {"note": "Corrected"}),
    "next-steps": (RELATIONSHIP, {"what": "Visit"}),
    "complaints": (FACTS, {"severity": 2}),
    "receivables": (FACTS, {"settled_on": "2026-02-28"}),
    "sightings": (FACTS, {"share": 30}),
    "flags": (RELATIONSHIP, {"state": "acknowledged"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_row_is_changed_by_those_who_may(api, account, cast, name):
    may, change = CHANGES[name]
    row = make(name, account, cast)
    model = type(row)

    answers = {}
    for who in cast:
        version = model.objects.get(pk=row.pk).version
        before = model.objects.filter(pk=row.pk).values().get()
        answer = api(who).patch(f"{name}/{row.pk}/", change, If_Match=f'"{version}"')
        answers[who] = answer.status_code
        if who not in may:
            assert model.objects.filter(pk=row.pk).values().get() == before, who

    expected = {
        who: 200 if who in may else 403 if who in SEE or who == "ada_admin" else 404 for who in cast
    }
    assert answers == expected


@pytest.mark.parametrize("name", CHANGES)
def test_a_row_out_of_sight_is_not_there(api, far_account, cast, name):
    _may, change = CHANGES[name]
    row = make(name, far_account, cast)

    for who in ("ed_editor", "otto_outsider", "dirk_director"):
        caller = api(who)
        assert caller.get(f"{name}/{row.pk}/").status_code == 404, who
        answer = caller.patch(f"{name}/{row.pk}/", change, If_Match='"1"')
        assert answer.status_code == 404, who
        assert "Zephyr" not in answer.content.decode()
        assert caller.get(f"{name}/").json()["count"] == 0
    assert api("ada_admin").get(f"{name}/{row.pk}/").status_code == 404
