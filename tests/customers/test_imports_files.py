"""Kinds of files, encodings, delimiters, line ends; what is damaged, too large or ambiguous."""

import datetime as dt
import gzip
import random
import zipfile

import openpyxl
import pytest

from customers.imports.reasons import FileRefused
from customers.models import Account, OrderLine
from tests.order_files import CHINESE, HEADER, faults, load, row, stored, text, write

pytestmark = pytest.mark.django_db

NAMES = "重庆机床 𠮷野 华东分公司 上海電機 广州·天河 北京（集团） 一直".split()


def company_rows(names=NAMES, count=200):
    """Return rows with a name each."""
    return [
        row(customer_id=f"C{n}", order_id=f"O{n}", customer_name=names[n % len(names)])
        for n in range(count)
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"]
)
def test_chinese_files_are_read_right(tmp_path, encoding, delimiter, end):
    names = [name for name in NAMES if encoding != "gbk" or "𠮷" not in name]
    content = text(company_rows(names), delimiter=delimiter, end=end, names=CHINESE)
    if encoding in ("utf-16-le", "utf-16-be"):
        content = "\ufeff" + content

    report = load(tmp_path, content, encoding=encoding)

    assert report.stored == 200
    kept = dict(Account.objects.values_list("code", "name"))
    assert kept == {f"C{n}": names[n % len(names)] for n in range(200)}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk"])
def test_english_headers_with_chinese_names(tmp_path, encoding):
    names = [name for name in NAMES if "𠮷" not in name]

    report = load(tmp_path, text(company_rows(names)), encoding=encoding)

    # Where the encoding is a guess, the report shows how it was read.
    assert report.sample == ("" if encoding == "utf-8" else "重庆机床")
    assert set(Account.objects.values_list("name", flat=True)) == set(names)


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("big5", ["台灣電力股份有限公司", "鴻海精密工業", "統一企業"]),
        ("cp1252", ["Müller & Söhne", "Côte d’Azur", "Großküchen"]),
        ("cp1251", ["Завод имени Ленина", "Сталь"]),
        ("shift-jis", ["トヨタ自動車", "日立製作所"]),
    ],
)
def test_other_encodings_are_refused_and_not_misread(tmp_path, encoding, names):
    with pytest.raises(FileRefused) as caught:
        load(tmp_path, text(company_rows(names)), encoding=encoding)

    assert caught.value.code in ("encoding", "encoding_unclear")


@pytest.mark.parametrize("names", [["Côte d'Ivoire"], ["José", "Müller"], ["Завод"], ["Ψηφίδα"]])
def test_european_names_in_utf8_are_no_chinese(tmp_path, names):
    load(tmp_path, text(company_rows(names, 3)))

    assert set(Account.objects.values_list("name", flat=True)) == set(names)


def test_bytes_with_two_readings_are_refused(tmp_path):
    with pytest.raises(FileRefused, match="more than one encoding"):
        load(tmp_path, text([row(customer_name="一直")]), encoding="gbk")


def test_short_ambiguous_strings_are_never_misread(tmp_path):
    """Of a thousand names of two to four characters, none is stored as another."""
    dice = random.Random(7)
    # The characters of GB2312's first level, which Chinese names are made of.
    usual = [
        bytes([high, low]).decode("gb2312")
        for high in range(0xB0, 0xD7)
        for low in range(0xA1, 0xFA)
    ]
    misread = []
    for number in range(1000):
        name = "".join(dice.choices(usual, k=dice.choice([2, 3, 4])))
        path = write(tmp_path, text([row(customer_name=name)]), encoding="gbk")
        if (read := read_name(path)) not in (name, None):
            misread.append((number, name, read))

    assert not misread


def read_name(path):
    """Return the customer's name as the file is read, None if it is refused."""
    from customers.imports import files, headers

    try:
        with files.open_table(path, headers.ORDER_COLUMNS, headers.ORDER_REQUIRED) as table:
            return next(cells[table.columns.at["customer_name"]] for _line, cells in table.rows)
    except FileRefused:
        return None


def test_line_numbers_count_the_lines_of_the_file(tmp_path):
    content = "\n" + text([row(customer_name="two\nlines", note="a\n\nb"), row(revenue="x")])

    report = load(tmp_path, content)

    assert faults(report) == [
        (3, "customer_name", "control_character"),
        (5, "revenue", "not_a_number"),
    ]


def test_empty_rows_are_no_rows(tmp_path):
    report = load(tmp_path, text([row()]) + "\n,,,,,,,,,,,,\n\n" + text([row(order_id="O2")])[121:])

    assert report.read == report.stored == 2


def test_quoted_cells_may_hold_the_delimiter(tmp_path):
    load(tmp_path, [row(customer_name='Smith, "Sons" & Co', product_id="a\\b", category="\\N")])

    assert Account.objects.get().name == 'Smith, "Sons" & Co'
    assert stored()[0][5:7] == ("a\\b", "\\N")


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ('C1,"open,,,O1,,2024-01-05,,,,1,,\nC1,,,,O2,,2024-01-05,,,,1,,\n', "broken_row"),
        ('C1,"a"b,,,O1,,2024-01-05,,,,1,,\n', "broken_row"),
        ("C1," + "x" * 140_000 + ",,,O1,,2024-01-05,,,,1,,\n", "broken_row"),
        ("C1," + "x" * 600_000 + ",,,O1,,2024-01-05,,,,1,,\n", "line_too_long"),
    ],
)
def test_rows_that_cannot_be_told_apart_refuse_the_file(tmp_path, broken, code):
    with pytest.raises(FileRefused) as caught:
        load(tmp_path, text([row(order_id="O0")]) + broken, skip_bad=True)

    assert caught.value.code == code
    assert caught.value.figures == {"line": 3}
    assert not OrderLine.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old_excel"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "no_header"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "encoding"),
        ("customer_id,order_id".encode("utf-16-le"), "not_text"),
        (b"\xff\xfe\x00", "encoding"),
        (b"customer_id\xff\xff", "encoding"),
        (b"\x1f\x8b", "broken_gzip"),
        (b"PK\x03\x04 not really", "broken_workbook"),
    ],
)
def test_another_kind_of_file_is_refused(tmp_path, content, code):
    with pytest.raises(FileRefused) as caught:
        load(tmp_path, content)

    assert caught.value.code == code
    assert str(caught.value)


def test_a_packed_file_is_known_by_its_bytes(tmp_path):
    packed = gzip.compress(text([row()]).encode())

    assert load(tmp_path, packed, name="orders.csv").kind == "csv.gz"


@pytest.mark.parametrize("damage", ["cut", "flipped", "tail"])
def test_a_damaged_gz_is_refused(tmp_path, damage):
    packed = bytearray(gzip.compress(text(company_rows(count=3000)).encode()))
    if damage == "cut":
        del packed[-100:]
    elif damage == "flipped":
        packed[len(packed) // 2] ^= 0xFF
    else:
        packed += b"junk"

    with pytest.raises(FileRefused) as caught:
        load(tmp_path, bytes(packed))

    assert caught.value.code in ("broken_gzip", "encoding", "encoding_unclear")
    assert not OrderLine.objects.exists()


def sheet(folder, rows, name="orders.xlsx", title="Orders"):
    """Write a workbook with one sheet and return its bytes."""
    book = openpyxl.Workbook()
    book.active.title = title
    for each in rows:
        book.active.append(each)
    book.save(folder / name)
    return (folder / name).read_bytes()


def test_a_sheet_is_read_as_it_shows(tmp_path):
    rows = [
        HEADER,
        ["007", "龙骨", None, None, 4932, None, dt.date(2024, 1, 5), 12, "K", 2.5, 0.1 + 0.2, 3,
         "CNY"],
        [7, None, None, None, "O2", 1.0, dt.datetime(2024, 1, 5, 13, 30), None, None, None,
         1234567.89, None, None],
        [],
        ["007", None, None, None, "O3", None, 20240105, None, None, None, "1,000.00", None, None],
    ]  # fmt: skip

    report = load(tmp_path, sheet(tmp_path, rows), name="a.xlsx")

    day = dt.date(2024, 1, 5)
    assert stored() == [
        ("file", "4932", "1", "007", day, "12", "K", 2.5, "CNY", 30, 300, 30, 300),
        ("file", "O2", "1", "7", day, "", "", None, "CNY", 123456789, None, 123456789, None),
        ("file", "O3", "1", "007", day, "", "", None, "CNY", 100000, None, 100000, None),
    ]
    assert (report.kind, report.sheet) == ("xlsx", "Orders")


def test_rows_of_a_sheet_are_named_by_their_number(tmp_path):
    rows = [[], ["", *HEADER[:1], "order_id", "order_date", "revenue"],
            [None, "C1", "O1", dt.date(2024, 1, 5), 1], [],
            [None, "C1", "O2", 45296, 1e15], [None, True, 1.5e17, "x", "x"]]  # fmt: skip

    report = load(tmp_path, sheet(tmp_path, rows), name="a.xlsx")

    assert faults(report) == [
        (5, "order_date", "not_a_date"),
        (5, "revenue", "not_a_number"),
        (6, "order_date", "not_a_date"),
        (6, "order_id", "rounded"),
        (6, "revenue", "not_a_number"),
    ]


def test_error_cells_are_faults_and_not_empty(tmp_path):
    book = openpyxl.Workbook()
    book.active.append([*HEADER, "note"])
    book.active.append(["C1", None, None, None, "O1", None, "2024-01-05", None, None, None, 1, 2])
    for cell in ("L2", "N2"):
        book.active[cell].value = "#N/A"
        book.active[cell].data_type = "e"
    book.save(tmp_path / "a.xlsx")

    report = load(tmp_path, (tmp_path / "a.xlsx").read_bytes(), name="a.xlsx")

    assert faults(report) == [(2, "cost", "not_a_number")]


def test_the_first_visible_sheet_is_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.sheet_state = "hidden"
    book.create_sheet("Zweites <&> Blatt").append(["customer_id", "order_id", "order_date"])
    book.create_sheet("Third").append(HEADER)
    book.save(tmp_path / "a.xlsx")

    with pytest.raises(FileRefused, match="revenue"):
        load(tmp_path, (tmp_path / "a.xlsx").read_bytes(), name="a.xlsx")


def test_an_empty_sheet_has_no_header(tmp_path):
    with pytest.raises(FileRefused, match="names none of the columns"):
        load(tmp_path, sheet(tmp_path, []), name="a.xlsx")


def test_a_zip_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("orders.csv", text([row()]))

    with pytest.raises(FileRefused, match="no XLSX workbook"):
        load(tmp_path, (tmp_path / "a.zip").read_bytes(), name="b.zip")
