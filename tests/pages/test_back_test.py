"""The page of the back-test: words, pictures and figures, and nothing before the first night."""

import pytest

from tests.churn.companies import company
from tests.churn.facts import D
from tests.nights import make_run

pytestmark = pytest.mark.django_db


def test_the_director_reads_how_many_warnings_were_right(
    client, cast, django_assert_max_num_queries
):
    company(30)
    run = make_run(D)
    kept = run.back_tests.filter(outcome="silence").order_by("-origin").first().figures
    client.force_login(cast["dora_director"])

    with django_assert_max_num_queries(15):
        response = client.get("/risk/model/")

    page = response.content.decode()
    assert response.status_code == 200
    assert f"it was right about {kept['warned']['model']};" in page
    assert page.count('class="knob blue"') == 2 * len(kept["calibration"])
    assert "Fewer than 200 accounts have bought" in page
    assert "ROC-AUC" in page
    gap, low, high = (
        f"{value:+.3f}".replace("-", "\N{MINUS SIGN}")
        for value in run.facts["back_test"]["silence"]["all"]["rhythm"]["auc"]
    )
    assert f"{gap} ({low} … {high})" in page


def test_without_draws_no_difference_is_shown(client, cast, settings):
    settings.RISK_BACKTEST_DRAWS = 0
    company(30)
    make_run(D)
    client.force_login(cast["dora_director"])

    page = client.get("/risk/model/").content.decode()

    assert " … " not in page
    assert "In brackets" not in page


def test_before_the_first_night_the_page_says_what_it_waits_for(client, cast):
    client.force_login(cast["dora_director"])

    assert "Nothing tested yet" in client.get("/risk/model/").content.decode()
