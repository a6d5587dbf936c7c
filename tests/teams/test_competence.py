"""Competence: by another, on what was answered, seen by few."""

import pytest

from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Event
from teams import competence
from teams.models import Competence, TrainingGoal, User

YEAR = business_today().year


@pytest.fixture
def rated(cast, account):
    """Return Dora's assessment of Olga."""
    answers = {"business": (5, "Plans"), "products": (2, "Catalogue"), "loyalty": (4, "Ten years")}
    return competence.assess(
        cast["olga_owner"], by=cast["dora_director"], year=YEAR, answers=answers
    )


def test_each_view_is_the_mean_of_what_was_answered(rated):
    customer, company = competence.views_of(rated)

    assert (customer.mean, len(customer.answers), customer.asked) == (3.5, 2, 4)
    assert (company.mean, len(company.answers), company.asked) == (4.0, 1, 6)
    Competence.objects.all().delete()
    empty = Competence(user=rated.user, rater=rated.rater, year=YEAR)
    empty.save()
    assert [view.mean for view in competence.views_of(empty)] == [None, None]


def test_gaps_become_training_goals_that_are_reached_and_opened_again(rated, cast):
    goal = TrainingGoal.objects.get()
    assert (goal.answer.item, goal.done_on) == ("products", None)
    assert goal.due > business_today()

    competence.reach_goal(goal, by=cast["dora_director"])
    goal.refresh_from_db()
    assert goal.done_on == business_today()
    competence.reach_goal(goal, by=cast["dora_director"], done=False)
    goal.refresh_from_db()
    assert goal.done_on is None


@pytest.mark.parametrize(
    ("rater", "answers", "said"),
    [
        ("olga_owner", {"loyalty": (5, "x")}, "Nobody assesses himself"),
        ("dirk_director", {}, "at least one"),
        ("dirk_director", {"loyalty": (5, " ")}, "what shows"),
        ("dora_director", {"loyalty": (5, "x")}, "already"),
    ],
)
def test_what_is_refused(rated, cast, rater, answers, said):
    with pytest.raises(Refused, match=said):
        competence.assess(cast["olga_owner"], by=cast[rater], year=YEAR, answers=answers)

    assert Competence.objects.count() == 1


def test_events_carry_no_scores(rated):
    event = Event.objects.get(kind="competence.assessed")

    assert (event.account, list(event.changes)) == (None, ["user"])


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("olga_owner", 200),
        ("dora_director", 200),
        ("dirk_director", 200),
        ("ed_editor", 404),
        ("rita_reader", 404),
        ("stan_steward", 404),
        ("ada_admin", 404),
    ],
)
def test_only_the_rated_the_rater_and_directors_above_see_it(client, cast, rated, who, status):
    client.force_login(cast[who])

    assert client.get(f"/teams/competence/{rated.pk}/").status_code == status


def test_a_director_of_another_region_sees_and_assesses_nobody_there(
    client, cast, rated, far_account
):
    from teams.models import Post

    Post.objects.filter(holder=cast["dirk_director"]).update(region=far_account.region)
    client.force_login(User.objects.get(pk=cast["dirk_director"].pk))

    assert client.get(f"/teams/competence/{rated.pk}/").status_code == 404
    assert client.get(f"/teams/competence/of/{rated.user_id}/").status_code == 404


def test_a_director_assesses_in_the_browser(client, cast, account):
    client.force_login(cast["dirk_director"])
    page = f"/teams/competence/of/{cast['olga_owner'].pk}/"

    bare = client.post(page, {"year": YEAR, "loyalty": "2"})
    wrong = client.post(page, {"year": YEAR, "loyalty": "6", "loyalty_evidence": "x"})
    made = client.post(page, {"year": YEAR, "loyalty": "2", "loyalty_evidence": "Left twice"})

    assert (bare.status_code, wrong.status_code, made.status_code) == (422, 422, 302)
    shown = client.get(made["Location"]).content.decode()
    assert "Left twice" in shown
    assert "Training until" in shown
    own = client.get(f"/teams/competence/of/{cast['dirk_director'].pk}/")
    assert own.status_code == 404
