"""Money, shares and dates as people read them, in both languages."""

import datetime as dt
import re

import pytest
import time_machine
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from customers.figures import compact, days_since, money, percent
from customers.icons import HEROICONS, OWN, draw
from customers.models import Interaction
from customers.sparks import spark
from customers.templatetags.keel import initials, marked


@pytest.mark.parametrize(
    ("minor", "currency", "english", "chinese"),
    [
        (214_600_000_00, "CNY", "¥214.6M", "2.146 亿元"),
        (18_630_000_00, "CNY", "¥18.63M", "1,863 万元"),
        (7_390_000_00, "CNY", "¥7.39M", "739 万元"),
        (260_000_00, "CNY", "¥0.26M", "26 万元"),
        (98_312_00, "CNY", "¥98.3k", "9.8 万元"),
        (99_999_99, "CNY", "¥0.10M", "10 万元"),
        (845_00, "CNY", "¥845", "845 元"),
        (0, "CNY", "¥0", "0 元"),
        (-310_000_00, "CNY", "−¥0.31M", "−31 万元"),
        (99_999_999_99, "CNY", "¥100.0M", "1 亿元"),
        (1_234_567_890_12, "CNY", "¥1.23B", "12.35 亿元"),
        (18_630_000, "JPY", "JP¥18.63M", "1,863 万日元"),
        (18_630_000_000, "KWD", "KWD 18.63M", "1,863 万 KWD"),
        (18_630_000_00, "USD", "$18.63M", "1,863 万美元"),
    ],
)
def test_compact_money(minor, currency, english, chinese):
    with translation.override("en"):
        assert compact(minor, currency).replace("\xa0", " ") == english
    with translation.override("zh-hans"):
        assert compact(minor, currency).replace("\xa0", " ") == chinese


@given(st.integers(-(10**17), 10**17))
def test_compact_money_is_never_off_by_more_than_it_shows(minor):
    sizes = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9}
    with translation.override("en"):
        sign, figure, unit = re.fullmatch(r"(−?)¥([\d,.]+)([kMB]?)", compact(minor, "CNY")).groups()

    shown = float(figure.replace(",", "")) * sizes[unit] * (-1 if sign else 1)
    step = sizes[unit] / 10 ** (len(figure.partition(".")[2]))
    assert abs(shown - minor / 100) <= step * 0.5000001 + abs(minor) * 1e-12
    assert len(figure.replace(",", "").replace(".", "").lstrip("0")) <= 4 or unit == "B"


def test_money_in_full_is_exact():
    assert money(1_863_000_001, "CNY") == "¥18,630,000.01"
    assert money(-5, "XAF") == "−XAF\xa05"
    assert money(10**17 + 1, "EUR") == "€1,000,000,000,000,000.01"


def test_percent_rounds_half_up():
    assert percent(0.384) == "38%"
    assert percent(0.8094, 1) == "80.9%"
    assert percent(-0.184, 1) == "−18.4%"
    assert percent(0.125) == "13%"


def test_dates_leave_out_this_year():
    template = Template("{{ day|short_date }}")
    this = dt.date.today().replace(month=2, day=3)

    with translation.override("en"):
        assert template.render(Context({"day": this})) == "3 Feb"
        assert template.render(Context({"day": dt.date(2019, 2, 3)})) == "3 Feb 2019"
        assert template.render(Context({"day": None})) == ""
    with translation.override("zh-hans"):
        text = template.render(Context({"day": dt.date(2019, 2, 3)})).replace("\xa0", " ")
        assert text == "2019 年 2 月 3 日"


@pytest.mark.parametrize(
    ("hour", "days"), [(15, 1), (16, 0)], ids=["before midnight in Shanghai", "after"]
)
def test_days_since_a_moment_go_by_the_business_calendar(hour, days):
    with time_machine.travel(dt.datetime(2026, 9, 16, 17, tzinfo=dt.UTC), tick=False):
        assert days_since(dt.datetime(2026, 9, 16, hour, 30, tzinfo=dt.UTC)) == days
        assert days_since(dt.date(2026, 9, 10)) == 7


@pytest.mark.parametrize(
    ("name", "short"),
    [("林悦", "林"), ("Jonas Weidmann", "JW"), ("Olga", "O"), ("", "?"), ("a b-c", "AC")],
)
def test_initials(name, short):
    assert initials(name) == short


def test_marked_names_the_language_and_escapes():
    assert marked("海晟重工") == '<span lang="zh-Hans">海晟重工</span>'
    assert marked("<b>海") == '<span lang="zh-Hans">&lt;b&gt;海</span>'
    assert marked("<b>") == "&lt;b&gt;"


@pytest.mark.parametrize("name", [*HEROICONS, *OWN])
def test_every_icon_is_drawn(name):
    assert 'aria-hidden="true"' in draw(name)
    assert 'role="img" aria-label="A &amp; B"' in draw(name, "A & B")


def test_every_kind_of_contact_has_an_icon():
    for kind in Interaction.Kind:
        assert draw(kind.value)


def test_a_spark_needs_two_points():
    assert spark([]) is None
    assert spark([None, 3]) is None


def test_a_spark_bridges_what_is_unknown():
    drawn = spark([1, None, 3], width=56, height=20)

    assert drawn.line == "M0 15 56 5"
    assert drawn.direction == "up"
    assert spark([5, 5, 5]).direction == "same"
    assert spark([9, 8, 1]).direction == "down"


@pytest.mark.parametrize(
    ("move", "shows"),
    [(3, 'data-dir="up"'), (-2, 'data-dir="down"'), (0, 'data-dir="same"')],
)
def test_movement_is_a_shape(move, shows):
    drawn = render_to_string("parts/_move.html", {"move": move})

    assert shows in drawn
    assert "-" not in drawn.replace("data-dir", "")


def test_no_movement_where_nothing_compares():
    assert render_to_string("parts/_move.html", {"move": None}).strip() == ""


def test_query_changes_the_address_and_keeps_the_rest():
    template = Template('{% query page=2 sort="" %}')
    request = RequestFactory().get("/accounts/?q=海&sort=name&page=1&tier=a&tier=b")

    made = template.render(Context({"request": request}))

    assert made == "?q=%E6%B5%B7&amp;page=2&amp;tier=a&amp;tier=b"
