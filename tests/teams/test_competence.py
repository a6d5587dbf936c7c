"""Competence: by another, on what was answered, seen by few, corrected by who made it."""

import pytest
from django.urls import reverse

from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Event
from teams import competence
from teams.models import Competence, TrainingGoal, User
from tests.concurrently import at_once
from tests.forms import fields

YEAR = business_today().year
ANSWERS = {"business": (5, "Plans"), "products": (2, "Catalogue"), "loyalty": (4, "Ten years")}


@pytest.fixture
def rated(cast, account):
    """Return Dora's assessment of Olga."""
    return competence.assess(
        cast["olga_owner"], by=cast["dora_director"], year=YEAR, answers=ANSWERS
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


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("dora_director", 302),  # she rated her
        ("dirk_director", 302),  # he directs her
        ("olga_owner", 404),  # her own
        ("ed_editor", 404),
    ],
)
def test_goals_are_marked_by_the_rater_and_directors_never_by_oneself(
    client, cast, rated, who, status
):
    goal = TrainingGoal.objects.get()
    client.force_login(cast[who])

    done = client.post(reverse("people:training-goal", args=[goal.pk]), {"done": "on"})

    assert done.status_code == status
    goal.refresh_from_db()
    assert (goal.done_on is not None) == (status == 302)


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


RIGHT = {"business": (5, "Plans"), "products": (4, "Catalogue"), "planning": (1, "No plan")}


def test_a_correction_takes_the_place_of_what_was_and_its_goals_follow(rated, cast):
    dora = cast["dora_director"]

    changed = competence.correct(rated, by=dora, version=1, answers=RIGHT)

    assert set(changed) == {"products", "loyalty", "planning"}
    answers = {row.item: (row.score, row.evidence) for row in rated.answers.all()}
    assert answers == RIGHT
    assert [goal.answer.item for goal in TrainingGoal.objects.all()] == ["planning"]
    event = Event.objects.get(kind="competence.corrected")
    assert (event.account, event.actor) == (None, dora)
    assert event.changes == {
        "products": [[2, "Catalogue"], [4, "Catalogue"]],
        "loyalty": [[4, "Ten years"], None],
        "planning": [None, [1, "No plan"]],
    }
    rated.refresh_from_db()
    assert rated.version == 2
    assert competence.correct(rated, by=dora, version=2, answers=RIGHT) == []
    assert Event.objects.filter(kind="competence.corrected").count() == 1


def test_a_goal_that_was_reached_stays_when_the_score_rises(rated, cast):
    competence.reach_goal(TrainingGoal.objects.get(), by=cast["dora_director"])

    competence.correct(rated, by=cast["dora_director"], version=1, answers=RIGHT)

    assert TrainingGoal.objects.filter(answer__item="products", done_on=business_today()).exists()


@pytest.mark.parametrize(
    ("who", "answers", "said"),
    [
        ("olga_owner", RIGHT, "by who made it"),
        ("dirk_director", RIGHT, "by who made it"),
        ("ed_editor", RIGHT, "by who made it"),
        ("dora_director", {}, "at least one"),
        ("dora_director", {"loyalty": (5, " ")}, "what shows"),
    ],
)
def test_what_correction_is_refused(rated, cast, who, answers, said):
    with pytest.raises(Refused, match=said):
        competence.correct(rated, by=cast[who], version=1, answers=answers)

    assert rated.answers.get(item="products").score == 2
    rated.refresh_from_db()
    assert rated.version == 1
    assert not Event.objects.filter(kind="competence.corrected").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_the_second_gets_both_values(rated, cast):
    outcomes = at_once(
        *[
            lambda score=score: competence.correct(
                Competence.objects.get(pk=rated.pk),
                by=cast["dora_director"],
                version=1,
                answers={"loyalty": (score, "Seen")},
            )
            for score in (1, 3)
        ]
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["Refused", "list"], outcomes
    refusal = next(one for one in outcomes if isinstance(one, Refused))
    both = refusal.conflict["fields"]["loyalty"]
    assert {both["yours"], both["theirs"]} == {(1, "Seen"), (3, "Seen")}
    assert rated.answers.get().score == both["theirs"][0]
    assert Event.objects.filter(kind="competence.corrected").count() == 1


def test_a_rater_corrects_in_the_browser_and_the_page_tells_both_values(client, cast, rated):
    client.force_login(cast["dora_director"])
    page = f"/teams/competence/{rated.pk}/correction/"
    shown = {f"{item}_evidence": said for item, (_score, said) in ANSWERS.items()}
    form = fields(client.get(page)) | shown

    bare = client.post(page, form | {"products_evidence": ""})
    saved = client.post(page, form | {"products": "3"})
    stale = client.post(page, form | {"products": "4"})

    assert (bare.status_code, saved.status_code, stale.status_code) == (422, 302, 409)
    assert ("Knows the products", "3 · Catalogue", "4 · Catalogue") in stale.context["form"].both
    again = client.post(page, fields(stale) | shown)
    assert again.status_code == 302
    client.force_login(cast["olga_owner"])
    shown = " ".join(client.get(again["Location"]).content.decode().split())
    assert "2 · Catalogue</td><td>3 · Catalogue" in shown
    assert "3 · Catalogue</td><td>4 · Catalogue" in shown
    assert "/correction/" not in shown


def test_the_values_are_told_by_the_page_alone(rated, cast):
    competence.correct(rated, by=cast["dora_director"], version=1, answers=RIGHT)

    for who in ("rita_reader", "stan_steward", "ina_integration", "dora_director"):
        shown = Event.objects.visible_to(cast[who])
        assert list(shown.values_list("kind", flat=True)) == ["competence.assessed"], who
