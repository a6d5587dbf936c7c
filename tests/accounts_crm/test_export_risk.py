"""export_risk, to the letter."""

import csv
import datetime as dt
import io

import pytest
from django.core.management import call_command

from accounts_crm.models import NightlyRun
from churn.models import Risk
from customers.models import Account

HEADER = "code,name,risk,level,p_inactive_90d,p_decline_90d,value_at_stake,signals,as_of"
D = dt.date(2024, 6, 30)

pytestmark = pytest.mark.django_db


def run_of(day=D, currency="CNY", state="published"):
    return NightlyRun.objects.create(as_of=day, attempt=1, state=state, currency=currency)


def risk(run, code, *, signals=(), **values):
    account, _made = Account.objects.get_or_create(code=code, name=f"Name of {code}")
    findings = [{"signal": signal, "figures": {}} for signal in signals]
    return Risk.objects.create(run=run, account=account, findings=findings, **values)


def scored(run, code, stake, **values):
    defaults = {"scored": "scored", "score": 10, "level": "low", "p_micro": 1}
    return risk(run, code, value_at_stake=stake, **defaults | values)


def exported(**options):
    out = io.StringIO()
    call_command("export_risk", stdout=out, **options)
    return out.getvalue()


def test_rows_to_the_letter():
    run = run_of()
    scored(
        run,
        "A-1",
        123_456_05,
        score=83,
        level="high",
        p_micro=250_000,
        signals=["value_falling", "order_gap"],
    )
    scored(run, "A-2", 0, score=0, level="none", p_micro=999_999)
    risk(run, "A-3", scored="lapsed")

    assert exported() == (
        f"{HEADER}\n"
        "A-1,Name of A-1,83,high,0.250000,,123456.05,value_falling;order_gap,2024-06-30\n"
        "A-2,Name of A-2,0,none,0.999999,,0.00,,2024-06-30\n"
        "A-3,Name of A-3,,,,,,,2024-06-30\n"
    )


def test_highest_value_at_stake_first_then_by_code_points():
    run = run_of()
    for code, stake in (("b", 5), ("B", 5), ("é", 5), ("a", 7), ("z", None), ("Z", None)):
        scored(run, code, stake)

    rows = csv.DictReader(io.StringIO(exported()))

    assert [row["code"] for row in rows] == ["a", "B", "b", "é", "Z", "z"]


def test_amounts_have_the_decimals_of_the_currency():
    scored(run_of(currency="JPY"), "A-1", 1234)

    assert ",1234," in exported()


def test_the_run_of_a_date_or_the_latest():
    for day in (1, 2, 3):
        scored(run_of(dt.date(2024, 6, day)), f"A-{day}", day)
    scored(run_of(dt.date(2024, 6, 9), state="superseded"), "A-9", 9)

    assert "A-3" in exported()
    earlier = exported(as_of=dt.date(2024, 6, 2))
    assert "A-2" in earlier
    assert "A-3" not in earlier


def test_no_run_for_the_date_names_the_nearest_and_exits_with_one():
    for day in (1, 5, 20):
        run_of(dt.date(2024, 6, day))

    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("export_risk", as_of=dt.date(2024, 6, 6), stdout=out, stderr=err)

    assert (ended.value.code, out.getvalue()) == (1, "")
    assert "2024-06-01, 2024-06-05, 2024-06-20" in err.getvalue()


def test_no_run_at_all_exits_with_one():
    err = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("export_risk", stderr=err)

    assert ended.value.code == 1
    assert "no published run" in err.getvalue()


def test_a_name_is_no_formula():
    row = scored(run_of(), "A-1", 1)
    Account.objects.filter(pk=row.account_id).update(name='=cmd|"x"')

    (line,) = csv.DictReader(io.StringIO(exported()))

    assert line["name"] == '\'=cmd|"x"'
