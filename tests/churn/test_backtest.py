"""The back-test: measures by hand, no look ahead, kept by the night, written by the command."""

import datetime as dt
import io

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from churn import backtest, learning
from churn.models import BackTest
from tests.churn.companies import company
from tests.churn.facts import D
from tests.churn.histories import END, history, wholesale
from tests.nights import make_run


@pytest.fixture(scope="module")
def lines():
    return wholesale()


def looked_back(lines, origins=4):
    return list(backtest.run(learning.Past(history(lines), 90), origins))


@pytest.fixture(scope="module")
def tests(lines):
    return looked_back(lines, origins=2)


def test_the_model_is_measured_beside_the_baselines_on_the_same_rows(tests):
    assert [(test.day, test.outcome) for test in tests] == [
        (END.toordinal() - 90 * back, outcome) for back in (1, 2) for outcome in learning.OUTCOMES
    ]
    for test in tests:
        kept = backtest.figures(test)
        whole = kept["groups"]["all"]
        assert set(whole["models"]) == set(backtest.MODELS)
        assert whole["accounts"] == len(test.y) > kept["groups"]["live"]["accounts"] > 0
        auc = {name: found["auc"] for name, found in whole["models"].items()}
        assert auc["model"] > max(auc["recency"], auc["rhythm"], 0.7)
        assert whole["models"]["model"]["brier"] < np.mean((test.y - test.y.mean()) ** 2)
        assert sum(part["accounts"] for part in kept["calibration"]) == len(test.y)
        foretold = [part["foretold"] for part in kept["calibration"]]
        assert foretold == sorted(foretold)


def test_measures_by_hand():
    y, p = np.array([1.0, 0, 1, 0, 0]), np.array([0.9, 0.8, 0.8, 0.2, 0.1])
    rows = np.ones(5, dtype=bool)
    test = backtest.Tested(
        1, "silence", y, np.arange(5), dict.fromkeys(backtest.MODELS, p),
        dict.fromkeys(backtest.MODELS, p), dict.fromkeys(backtest.GROUPS, rows), {},
    )  # fmt: skip

    kept = backtest.figures(test)

    # Of six pairs the ones are above in five, and even in one.
    assert kept["groups"]["all"]["models"]["model"] == {
        "auc": round(5.5 / 6, 6),
        "ap": round(0.5 * 1 + 0.5 * 2 / 3, 6),
        "lift": 2.5,
        "brier": round((0.01 + 0.64 + 0.04 + 0.04 + 0.01) / 5, 6),
    }
    assert kept["warned"] == {"accounts": 5, "cases": 2, "warned": 1, "model": 1, "recency": 1}
    gaps = backtest.differences([test], "all", 20)
    assert all(gap == (0, 0, 0) for each in gaps.values() for gap in each.values())


def test_what_comes_after_an_origins_horizon_changes_nothing(lines):
    later = 2 * 90
    day = END.toordinal() - later
    rng = np.random.default_rng(4)
    changed = [line for line in lines if line[2] <= day + 90] + [
        (int(rng.integers(0, 260)), 99, int(rng.integers(day + 91, END.toordinal() + 1)), value)
        for value in rng.integers(-90_000, 90_000, 3000).tolist()
    ]

    before, after = looked_back(lines, origins=2)[-2:], looked_back(changed, origins=2)[-2:]

    assert [test.day for test in before] == [day, day]
    assert [backtest.figures(test) for test in before] == [backtest.figures(test) for test in after]


def test_a_past_that_allows_no_origin_has_no_tests():
    assert looked_back([]) == []
    assert looked_back([(n, 1, END.toordinal() - n % 100, 5) for n in range(300)]) == []
    assert looked_back([(n, 1, END.toordinal() - n, -5) for n in range(900)]) == []


@pytest.mark.django_db
def test_the_night_keeps_its_tests_and_repeats_them_alike(cast, settings):
    settings.RISK_BACKTEST_ORIGINS = 4
    company(30)

    first = list(make_run(D).back_tests.values_list("origin", "outcome", "figures"))

    assert len(first) == 8
    assert first[0][0] == D - dt.timedelta(days=90)
    assert {kept["told"]["why"] for _origin, _outcome, kept in first} == {"few_accounts"}
    run = make_run(D)
    assert list(run.back_tests.values_list("origin", "outcome", "figures")) == first
    assert str(run.back_tests.first()) == f"{BackTest.Outcome.DECLINE.label}, 2024-04-01"


@pytest.mark.django_db
def test_the_command_writes_a_row_per_outcome_group_and_model(cast):
    out = io.StringIO()
    call_command("backtest", stdout=out)
    assert "no order lines" in out.getvalue()
    company(30)
    out = io.StringIO()

    call_command("backtest", origins=2, draws=20, stdout=out)

    head, *rows = [line.split("\t") for line in out.getvalue().splitlines()]
    assert head[:4] == ["outcome", "group", "model", "origins"]
    assert len(rows) == 2 * len(backtest.GROUPS) * len(backtest.MODELS)
    assert {row[3] for row in rows} == {"2"}
    with pytest.raises(CommandError, match="horizon"):
        call_command("backtest", horizon=0)
