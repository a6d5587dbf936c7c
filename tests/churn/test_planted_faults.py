"""Faults planted on purpose: the guard of each must turn red, or it guards nothing."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import transaction
from django.db.models import Exists, OuterRef

from churn import churn_rate, flags, history, learning, purchases, signals
from churn.models import Flag
from churn.rules import Rule
from tests.churn import (
    test_all_signals,
    test_flags,
    test_goals,
    test_history,
    test_learning,
    test_signals,
)
from tests.churn.histories import wholesale

DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def lines():
    return wholesale()


def leaking(find):
    """Return a signal that looks a day too far."""

    def find_later(night):
        later = night.as_of + DAY
        bought = purchases.of(history.read(later))
        return find(replace(night, as_of=later, purchases=bought))

    return find_later


@pytest.mark.django_db
def test_each_signal_that_knows_tomorrow_is_found_out(cast, account, monkeypatch):
    for signal, find in signals.SIGNALS.items():
        with monkeypatch.context() as plant, transaction.atomic():
            plant.setitem(signals.SIGNALS, signal, leaking(find))
            with pytest.raises(AssertionError):
                test_all_signals.test_facts_after_the_day_never_matter(cast, account)
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_threshold_that_fires_at_itself_is_found_out(account, monkeypatch):
    real = Rule.strength
    monkeypatch.setattr(
        Rule,
        "strength",
        lambda self, measured: 0.25 if measured == self.starts else real(self, measured),
    )

    with pytest.raises(AssertionError):
        test_signals.test_value_falling_fires_two_fifths_below_the_usual(account, 540, None)


@pytest.mark.django_db
def test_a_history_that_reads_on_is_found_out(account, monkeypatch):
    real = history._sql
    monkeypatch.setattr(
        history, "_sql", lambda number, day, as_of: real(number, day, as_of + 90 * DAY)
    )

    with pytest.raises(AssertionError):
        test_history.test_what_comes_after_the_day_is_not_read(account)


def test_a_model_taught_by_horizons_that_have_not_ended_is_found_out(lines, monkeypatch):
    real = learning.Past.lessons
    monkeypatch.setattr(
        learning.Past, "lessons", lambda self, day: real(self, day + learning.STEP_DAYS)
    )

    with pytest.raises(AssertionError):
        test_learning.test_enough_past_teaches_both_outcomes(lines)


def test_a_model_of_chance_is_found_out(lines, monkeypatch):
    monkeypatch.setattr(learning, "SEED", None)

    with pytest.raises(AssertionError):
        test_learning.test_the_same_past_gives_the_same_bytes_whatever_comes_after(lines)


def without_recovery(due, run, kind):
    """Arm an account again as soon as its flag is closed."""
    mine = Flag.objects.filter(account=OuterRef("account"), kind=kind)
    return due.exclude(Exists(mine.exclude(state=Flag.State.CLOSED)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "guard",
    [
        test_flags.test_repeating_the_first_run_opens_nothing_more,
        test_flags.test_after_closing_a_flag_waits_for_a_score_below_65,
    ],
)
def test_a_flag_opened_again_without_recovery_is_found_out(db, settings, monkeypatch, guard):
    monkeypatch.setattr(flags, "_armed", without_recovery)

    wanted = (db, settings) if guard.__code__.co_argcount == 2 else (db,)
    with pytest.raises(AssertionError):
        guard(*wanted)


@pytest.mark.django_db
def test_a_flag_armed_at_65_is_found_out(db, settings):
    settings.RISK_REARM_BELOW = 66

    with pytest.raises(AssertionError):
        test_flags.test_after_closing_a_flag_waits_for_a_score_below_65(db)


@pytest.mark.django_db
def test_a_second_flag_beside_an_open_one_is_found_out(db, monkeypatch):
    monkeypatch.setattr(flags, "_armed", lambda due, run, kind: due)

    # The database itself allows one open flag of a kind.
    with pytest.raises(Exception, match=r"(?i)unique"):
        test_flags.test_a_score_that_stays_high_opens_no_second_flag(db)


@pytest.mark.django_db
def test_a_year_that_is_a_day_short_is_found_out(account, monkeypatch):
    monkeypatch.setattr(churn_rate, "PERIOD_DAYS", 364)

    with pytest.raises(AssertionError):
        test_goals.test_the_edges_of_the_year(account, (-364,), 1, 1)
