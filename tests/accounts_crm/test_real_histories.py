"""Real order histories: the exported ranking equals the oracle, to the cent and rank by rank.

The files stand beside the project, not in it: the tests skip, saying so, where they are missing.
"""

import csv
import datetime as dt
import io
import os
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from tests import oracle

DATA = Path(os.environ.get("KEEL_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
FILES = {
    "northwind": "revenue",
    "adventureworks_resellers": "margin",
    "scms_deliveries": "revenue",
    "cdnow": "revenue",
    "iowa_liquor_dev": "revenue",
}
MILLIONTH = Decimal("0.000001")

pytestmark = pytest.mark.django_db


def exported(command, **options):
    out = io.StringIO()
    call_command(command, stdout=out, **options)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def rounded(share):
    return "" if share is None else str(share.quantize(MILLIONTH, ROUND_HALF_EVEN))


@pytest.mark.parametrize(("name", "measure"), FILES.items())
def test_the_ranking_equals_the_oracle(name, measure, settings):
    path = DATA / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the project")
    lines = oracle.read(path)
    settings.REPORTING_CURRENCY = lines[0]["currency"]
    settings.RISK_BACKTEST_ORIGINS = 0  # the model is judged elsewhere
    last = max(dt.date.fromisoformat(line["order_date"]) for line in lines)
    first = min(dt.date.fromisoformat(line["order_date"]) for line in lines)

    call_command("import_orders", str(path), create_accounts=True, stdout=io.StringIO())

    for as_of in (
        last + dt.timedelta(days=1),
        last - (last - first) / 3,
        first + (last - first) / 3,
    ):
        call_command("nightly", as_of=as_of, stdout=io.StringIO())
        for scope in ("account", "group"):
            expected_measure, expected = oracle.ranking(lines, as_of, scope=scope)
            rows = exported("export_ranking", as_of=as_of, scope=scope)
            assert [
                (row["code"], row["value"], int(row["rank"]), row["class"]) for row in rows
            ] == [(row.code, f"{row.value:.2f}", row.rank, row.value_class) for row in expected]
            assert [(row["share"], row["cumulative_share"]) for row in rows] == [
                (rounded(row.share), rounded(row.cumulative)) for row in expected
            ]
            assert {(row["as_of"], row["measure"]) for row in rows} == {
                (as_of.isoformat(), expected_measure)
            }
        if as_of > last:
            assert expected_measure == measure
        risks = exported("export_risk", as_of=as_of)
        assert {row["code"] for row in risks} == {
            row["code"] for row in exported("export_ranking", as_of=as_of)
        }
