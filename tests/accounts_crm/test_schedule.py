"""When beat starts what; the schedule as production has it."""

import datetime as dt
import pickle

import pytest

from accounts_crm.celery import app


@pytest.fixture
def nightly():
    app.finalize()
    return app.conf.beat_schedule["nightly"]["schedule"]


def test_beat_can_keep_the_schedule_in_its_file(nightly):
    assert pickle.loads(pickle.dumps(app.conf.beat_schedule))


@pytest.mark.parametrize(
    ("moment", "due"),
    [("2024-06-30T17:59:00+00:00", False), ("2024-06-30T18:00:30+00:00", True)],
)
def test_the_night_begins_at_two_in_the_business_time_zone(nightly, time_machine, moment, due):
    nightly.app = app
    last = dt.datetime(2024, 6, 30, 1, 0, tzinfo=dt.UTC)  # 09:00 in Shanghai
    time_machine.move_to(moment)

    assert nightly.is_due(last).is_due is due
