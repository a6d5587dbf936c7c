"""Competence over the API: as on the page, by another, corrected by who made it."""

import pytest

from customers.calendar import business_today
from customers.models import Event
from teams.competence import years
from teams.models import Competence

YEAR = years()[0]
DAY = business_today()


def answer(item, score, evidence="Seen"):
    return {"item": item, "score": score, "evidence": evidence}


@pytest.fixture
def dora(api):
    return api("dora_director")


@pytest.fixture
def made(dora, account, cast):
    """Return Dora's assessment of Olga, as it was answered."""
    sent = {"user": cast["olga_owner"].pk, "year": YEAR, "answers": [answer("loyalty", 2)]}
    done = dora.post("competences/", sent)
    assert done.status_code == 201, done.content
    return done.json()


def test_an_assessment_is_made_read_and_corrected(api, dora, made):
    [loyalty] = made["answers"]
    assert (loyalty["score"], loyalty["trained_on"]) == (2, None)
    assert loyalty["training_due"]
    assert api("olga_owner").get("competences/").json()["results"] == [made]
    assert api("dirk_director").get(f"competences/{made['id']}/").json() == made

    path = f"competences/{made['id']}/"
    sent = {"version": 1, "answers": [answer("loyalty", 4), answer("business", 5)]}
    done = dora.patch(path, sent)

    assert (done.status_code, done.json()["version"]) == (200, 2), done.content
    shown = [(row["item"], row["score"], row["training_due"]) for row in done.json()["answers"]]
    assert shown == [("business", 5, None), ("loyalty", 4, None)]
    stale = dora.patch(path, {"version": 1, "answers": [answer("loyalty", 1)]})
    assert stale.status_code == 409
    both = stale.json()["conflict"]["fields"]["answers"]
    assert both["theirs"] == done.json()["answers"]
    assert both["yours"] == [answer("loyalty", 1)]


def test_a_training_goal_is_reached_and_opened_again_by_who_directs(api, dora, made):
    path = f"competences/{made['id']}/trained/"

    for who, status in (("olga_owner", 403), ("rita_reader", 403), ("ed_editor", 404)):
        assert api(who).post(path, {"item": "loyalty"}).status_code == status
    done = [dora.post(path, {"item": "loyalty"}) for _twice in range(2)]

    assert [answer.json()["answers"][0]["trained_on"] for answer in done] == [str(DAY)] * 2
    assert Event.objects.filter(kind="training.done").count() == 1
    back = api("dirk_director").post(path, {"item": "loyalty", "done": False})
    assert back.json()["answers"][0]["trained_on"] is None
    assert Event.objects.filter(kind="training.reopened").count() == 1


@pytest.mark.parametrize("sent", [{}, {"item": "moon"}, {"item": "planning"}, {"done": True}])
def test_what_has_no_training_goal_is_not_marked(dora, made, sent):
    done = dora.post(f"competences/{made['id']}/trained/", sent)

    assert done.status_code == 400
    assert list(done.json()["errors"]) == ["item"]


@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [
        ("olga_owner", "olga_owner", 409),
        ("dora_director", "dora_director", 409),
        ("olga_owner", "ed_editor", 403),
        ("dirk_director", "ed_editor", 403),  # he leads no account in the region
        ("rita_reader", "olga_owner", 403),
        ("stan_steward", "olga_owner", 403),
        ("dirk_director", "olga_owner", 201),
    ],
)
def test_who_assesses_whom(api, account, cast, who, whom, status):
    sent = {"user": cast[whom].pk, "year": YEAR, "answers": [answer("loyalty", 2)]}

    done = api(who).post("competences/", sent)

    assert done.status_code == status, done.content
    assert Competence.objects.count() == int(status == 201)


@pytest.mark.parametrize(
    ("who", "status"),
    [("olga_owner", 403), ("dirk_director", 403), ("ed_editor", 404), ("rita_reader", 403)],
)
def test_nobody_else_corrects_it(api, made, who, status):
    sent = {"version": 1, "answers": [answer("loyalty", 5)]}

    assert api(who).patch(f"competences/{made['id']}/", sent).status_code == status
    assert Competence.objects.get().answers.get().score == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"year": YEAR - 2},
        {"year": 10**30},
        {"answers": []},
        {"answers": [answer("loyalty", 6)]},
        {"answers": [answer("moon", 3)]},
        {"answers": [answer("loyalty", 3, " ")]},
        {"answers": [answer("loyalty", 3), answer("loyalty", 4)]},
        {"answers": [{**answer("loyalty", 3), "trained_on": "2026-01-01"}]},
        {"answers": {"loyalty": 3}},
        {"answers": "loyalty"},
    ],
)
def test_what_is_wrong_is_named(dora, account, cast, wrong):
    sent = {"user": cast["olga_owner"].pk, "year": YEAR, "answers": [answer("loyalty", 2)]}

    done = dora.post("competences/", sent | wrong)

    assert done.status_code in (400, 409)
    assert done.status_code == 400 or wrong == {"answers": []}
    assert not Competence.objects.exists()


def test_it_stays_with_its_person_and_year(dora, made, cast):
    for sent in ({"user": cast["ed_editor"].pk}, {"year": YEAR - 1}):
        done = dora.patch(f"competences/{made['id']}/", {"version": 1, **sent})
        assert (done.status_code, set(done.json()["errors"])) == (400, set(sent))
