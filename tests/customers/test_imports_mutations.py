"""Damaged files: refused with a reason, or imported as reported. Nothing else ever happens."""

import contextlib
import datetime as dt
import io
import random

import openpyxl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.imports.orders import import_orders
from customers.imports.reasons import FileRefused
from customers.models import Account, Event, OrderLine
from tests.order_files import HEADER, everything, text

pytestmark = pytest.mark.django_db

ODD_CELLS = [
    "", " ", "\0", '"', '""', "'", ",", ";", "\n", "\r\n", "=1+1", "1e308", "-1e308", "NaN", "inf",
    "1,234", "1.234,56", "0.1" + "0" * 40, "9" * 400, "99999999999", "-0", "١٢٣", "𠮷", "\ufeff",
    "\u202e", "05/06/07", "1904-01-01", "2024-02-30", "9999-12-31", "20240230", "2024年13月1日",
    "O1", "C2", "XXX", "CNY", "Ａ", "x" * 500, "#N/A", "TRUE", "\\N", "\\.", "%s", "{}", "\x01",
]  # fmt: skip


def rows(dice):
    """Return forty good rows of a dozen orders."""
    made = []
    for n in range(12):
        day = dt.date(2024, 1, 1) + dt.timedelta(n)
        for _line in range(dice.randint(1, 6)):
            made.append(
                {
                    "customer_id": f"C{n % 5}",
                    "customer_name": f"客户 {n % 5}",
                    "parent_id": "G1" if n % 5 else "",
                    "region": "华东",
                    "order_id": f"O{n}",
                    "order_date": str(day),
                    "product_id": "P1",
                    "category": "机床",
                    "quantity": "2",
                    "revenue": f"{dice.randint(-5000, 90000) / 100:.2f}",
                    "cost": "10.00",
                    "currency": dice.choice(["CNY", "", "USD"]),
                }
            )
    return made


def change_cells(dice, made, header):
    for _time in range(dice.randint(1, 4)):
        dice.choice(made)[dice.choice(HEADER)] = dice.choice(ODD_CELLS)


def shuffle_rows(dice, made, header):
    dice.shuffle(made)


def double_rows(dice, made, header):
    made += dice.choices(made, k=3)


def name_lines(dice, made, header):
    for each in dice.choices(made, k=20):
        each["line_id"] = str(dice.randint(1, 4))


def merge_cells(dice, made, header):
    for column in dice.choices(HEADER, k=2):
        for each in made[dice.randrange(len(made)) :][:3]:
            each[column] = ""


def cross_parents(dice, made, header):
    for each in made:
        each["parent_id"] = f"C{dice.randrange(6)}"


def change_header(dice, made, header):
    header[dice.randrange(len(header))] = dice.choice([*HEADER, "客户编号", "", "x", "\0"])


def nothing(dice, made, header):
    pass


ROWS = [
    change_cells, shuffle_rows, double_rows, name_lines, merge_cells, cross_parents, change_header,
    nothing,
]  # fmt: skip


def cut(dice, data):
    return data[: dice.randrange(len(data))]


def drop(dice, data):
    start = dice.randrange(len(data))
    return data[:start] + data[start + dice.randint(1, 60) :]


def insert(dice, data):
    at = dice.randrange(len(data))
    odd = dice.choice(ODD_CELLS).encode() + dice.randbytes(dice.randint(0, 3))
    return data[:at] + odd + data[at:]


def flip(dice, data):
    data = bytearray(data)
    for _time in range(dice.randint(1, 8)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def swap_delimiters(dice, data):
    return data.replace(b",", dice.choice([b";", b"\t", b"|", b",,"]), dice.choice([-1, 40]))


def swap_ends(dice, data):
    return data.replace(b"\n", dice.choice([b"\r\n", b"\r", b"\n\n", b""]), dice.choice([-1, 5]))


def quote(dice, data):
    return data.replace(b",", b',"', dice.randint(1, 4))


def encode(dice, data):
    encoding = dice.choice(["gb18030", "utf-16", "utf-8-sig", "big5", "latin-1"])
    return data.decode("utf-8", "replace").encode(encoding, "ignore")


def untouched(dice, data):
    return data


BYTES = [
    cut, drop, insert, flip, swap_delimiters, swap_ends, quote, encode, untouched, untouched,
]  # fmt: skip


@contextlib.contextmanager
def undone():
    """Take back whatever happens within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def check(path, skip_bad):
    """Import a file, again, and hold what is stored against what is reported."""
    with undone():
        report = None
        with contextlib.suppress(FileRefused):
            report = import_orders(path, create_accounts=True, skip_bad=skip_bad)
        if report is None or report.refused_whole:
            assert not OrderLine.objects.exists()
            assert not Account.objects.exists()
            assert not Event.objects.exists()
        if report is None:
            return
        assert OrderLine.objects.count() == report.stored == report.new
        assert report.stored + report.refused == report.read
        assert Account.objects.count() == report.accounts_created
        assert report.applied != report.refused_whole
        assert bool(report.refused) == bool(report.reasons)
        held_back = report.reasons["", "order_refused"]
        assert report.refused_whole or report.bad_rows + held_back == report.refused
        assert len(report.named) == min(1000, sum(report.reasons.values()))
        if report.refused_whole:
            assert not report.stored
            return
        before = everything()
        again = import_orders(path, create_accounts=True, skip_bad=skip_bad)
        assert everything() == before
        assert again.unchanged == again.stored == report.stored


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.randoms(use_true_random=False),
    st.sampled_from(ROWS),
    st.sampled_from(BYTES),
    st.booleans(),
)
def test_a_damaged_csv_is_refused_or_imported_as_reported(tmp_path, dice, change, damage, skip):
    made, header = rows(dice), list(HEADER)
    change(dice, made, header)
    path = tmp_path / "damaged.csv"
    path.write_bytes(damage(dice, text(made, names=header).encode()))

    check(path, skip)


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_xlsx_is_refused_or_imported_as_reported(tmp_path, seed):
    dice = random.Random(seed)
    made, header = rows(dice), list(HEADER)
    for each in made:
        each["revenue"] = float(each["revenue"])
        each["order_date"] = dt.date.fromisoformat(each["order_date"])
    change_cells_of_a_sheet(dice, made)
    book = openpyxl.Workbook()
    book.active.append([name.replace("\0", "") for name in header])
    for each in made:
        book.active.append([each.get(name) for name in HEADER])
    if seed % 3 == 0:
        book.active.merge_cells("E3:E6")
    out = io.BytesIO()
    book.save(out)
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(dice.choice([cut, drop, flip, untouched, untouched])(dice, out.getvalue()))

    check(path, skip_bad=bool(seed % 2))


def change_cells_of_a_sheet(dice, made):
    odd = [1e308, -1e-9, 2**60, True, dt.time(3), dt.datetime(1904, 1, 1), "#N/A", 45000, "=1/0"]
    for _time in range(dice.randint(0, 4)):
        dice.choice(made)[dice.choice(HEADER)] = dice.choice(odd)
