"""Files made to fill memory or time are refused before they do."""

import gzip
import resource
import struct
import time
import zipfile

import pytest

from customers.imports.orders import import_orders
from customers.imports.reasons import FileRefused
from tests.order_files import HEADER, row, text

pytestmark = pytest.mark.django_db

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(path, cells, *, sheets=1, strings=None, workbook_head=""):
    """Write the smallest workbook that holds the given XML within sheetData."""
    listed = "".join(
        f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, sheets + 1)
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{RELS}/worksheet" Target="worksheets/sheet1.xml"/>'
        for n in range(1, sheets + 1)
    )
    if strings:
        links += f'<Relationship Id="s" Type="{RELS}/sharedStrings" Target="sharedStrings.xml"/>'
    start = f'<Relationship Id="w" Type="{RELS}/officeDocument" Target="xl/workbook.xml"/>'
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{start}</Relationships>',
        "xl/workbook.xml": f'{workbook_head}<workbook xmlns="{MAIN}" xmlns:r="{RELS}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData>'
        "</worksheet>",
    }
    if strings:
        parts["xl/sharedStrings.xml"] = strings
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path.read_bytes()


def head_row():
    """Return the header as a row of inline strings."""
    cells = "".join(
        f'<c r="{chr(65 + n)}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for n, name in enumerate(HEADER)
    )
    return f'<row r="1">{cells}</row>'


def far_cell(path):
    return workbook(path, head_row() + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def far_cell_unseen(path):
    """The same, told in a way that the looking-over does not recognise."""
    return workbook(path, head_row() + "<row\tr='1048576'><c\tr='XFD1048576'><v>1</v></c></row>")


def many_cells(path):
    line = "<row>" + '<c t="n"><v>1</v></c>' * 5000 + "</row>"
    return workbook(path, head_row() + line * 2000)


def shared_strings(path):
    long = "x" * 32_000
    cells = '<row><c t="s"><v>0</v></c></row>' * 300_000
    strings = f'<sst xmlns="{MAIN}"><si><t>{long}</t></si></sst>'
    return workbook(path, head_row() + cells, strings=strings)


def entities(path):
    inner = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE x [<!ENTITY e0 "lol">{inner}]>'
    strings = f'{doctype}<sst xmlns="{MAIN}"><si><t>&e9;</t></si></sst>'
    return workbook(path, head_row(), strings=strings)


def entities_in_workbook(path):
    return workbook(path, head_row(), workbook_head='<!DOCTYPE x [<!ENTITY a "b">]>')


def many_sheets(path):
    return workbook(path, head_row(), sheets=10_000)


def lying_header(path):
    """A part that says it unfolds to 1 KB and unfolds to 100 MB."""
    content = bytearray(workbook(path, head_row() + " " * (100 << 20)))
    true = None
    with zipfile.ZipFile(path) as archive:
        true = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    while (at := content.find(struct.pack("<I", true))) >= 0:
        content[at : at + 4] = struct.pack("<I", 1024)
    return bytes(content)


def packed_zeros(path):
    return gzip.compress(b"\0" * (300 << 20), 9)


def packed_rows(path):
    line = text([row()]).splitlines()[1] + "\n"
    head = ",".join(HEADER) + "\n"
    return gzip.compress((head + line * 5_000_000).encode(), 9)


def long_field(path):
    return (",".join(HEADER) + "\nC1," + "x" * (200 << 20)).encode()


def long_quoted_field(path):
    lines = ("y" * 1000 + "\n") * 200_000
    return (",".join(HEADER) + '\nC1,"' + lines).encode()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (far_cell, "workbook_too_large"),
        (far_cell_unseen, "bomb"),
        (many_cells, "bomb"),
        (shared_strings, "bomb"),
        (entities, "broken_workbook"),
        (entities_in_workbook, "broken_workbook"),
        (many_sheets, "workbook_too_large"),
        (lying_header, "broken_workbook"),
        (packed_zeros, "not_text"),
        (packed_rows, "bomb"),
        (long_field, "line_too_long"),
        (long_quoted_field, "broken_row"),
    ],
)
def test_a_bomb_is_refused(tmp_path, make, code):
    content = make(tmp_path / "made.xlsx")
    path = tmp_path / "bomb"
    path.write_bytes(content)
    del content
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    with pytest.raises(FileRefused) as caught:
        import_orders(path)

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(make.__name__, caught.value.code, f"{time.monotonic() - began:.1f} s, {grown >> 10} MB")
    assert caught.value.code == code
    assert grown < 100 << 10
    assert time.monotonic() - began < 20
