"""XLSX: looked over before it is opened, and opened in a process of its own.

A workbook of a few kilobytes can fill any memory: by a cell far off, by packed zeros, by shared
strings. What can be seen is refused here; the reader itself runs as a child with limited memory
and time, so that whatever is left ends the child and not us.
"""

import marshal
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from customers.imports.reasons import FileRefused

MOST_PARTS = 2_000
MOST_SHEETS = 100
MOST_UNPACKED = 1 << 30  # bytes; a full sheet of order lines has some 600 MB
MOST_CELLS = 20_000_000  # a full sheet has 1,048,576 rows
LARGEST_RATIO = 120
RATIO_FROM = 16 << 20
MOST_ERROR_CELLS = 100_000

_BLOCK = 1 << 20
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ROW = re.compile(rb'<row [^>]*?\br="([0-9]{1,9})"')
_WIDE = re.compile(rb' r="([A-Z]{2,3})[0-9]')
_ERROR = re.compile(rb'<c (?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})([0-9]{1,7})"')
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, NotImplementedError)


@dataclass
class Sheet:
    """The first visible sheet of a workbook, its cells as text."""

    name: str
    rows: Iterator[tuple[int, list[str]]]
    position: Callable[[], int]


@contextmanager
def open_sheet(path: Path) -> Iterator[Sheet]:
    """Open the first visible sheet. Raises FileRefused for what is no workbook, or unsafe."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(archive, path.stat().st_size)
            name, part = _first_visible(archive)
            errors = _look_over(archive, part)
            unpacked = sum(info.file_size for info in archive.infolist())
    except (*_DAMAGE, ParseError, DefusedXmlException, ValueError, RuntimeError):
        raise FileRefused("broken_workbook") from None
    reader = Path(__file__).with_name("sheet_reader.py")
    # -I: the child sees this environment's packages and nothing from the current folder.
    command = [sys.executable, "-I", str(reader), str(path.resolve()), name, str(unpacked)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    size = path.stat().st_size
    progress = _Progress()
    try:
        rows = _rows(child, errors, progress)
        yield Sheet(name, rows, lambda: int(size * progress.share))
    finally:
        child.kill()
        child.stdout.close()  # type: ignore[union-attr]
        child.wait()


@dataclass
class _Progress:
    share: float = 0.0


def _check_archive(archive: zipfile.ZipFile, packed: int) -> None:
    parts = archive.infolist()
    names = {info.filename for info in parts}
    if "EncryptedPackage" in names or any(info.flag_bits & 1 for info in parts):
        raise FileRefused("locked")
    if "xl/workbook.xml" not in names:
        raise FileRefused("not_a_workbook")
    if len(parts) > MOST_PARTS:
        raise FileRefused("workbook_too_large", what=f"{len(parts)} parts")
    total = sum(info.file_size for info in parts)
    if total > MOST_UNPACKED:
        raise FileRefused("workbook_too_large", what=f"{total >> 20} MB")
    if total > max(RATIO_FROM, LARGEST_RATIO * packed):
        raise FileRefused("bomb")


def _first_visible(archive) -> tuple[str, str]:
    """Return name and part of the first visible sheet."""
    sheets = list(_xml(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet"))
    if len(sheets) > MOST_SHEETS:
        raise FileRefused("workbook_too_large", what=f"{len(sheets)} sheets")
    links = {
        link.get("Id"): link.get("Target", "")
        for link in _xml(archive, "xl/_rels/workbook.xml.rels")
        if link.get("Type", "").endswith("/worksheet")
    }
    for sheet in sheets:
        target = links.get(sheet.get(f"{_REL}id"))
        if target and sheet.get("state", "visible") == "visible":
            # A target is relative to xl/, or absolute within the archive.
            return sheet.get("name", ""), str(PurePosixPath("/xl") / target)[1:]
    raise FileRefused("no_sheet")


def _xml(archive, part: str) -> Element:
    if archive.getinfo(part).file_size > 4 << 20:
        raise FileRefused("workbook_too_large", what=part)
    return fromstring(archive.read(part), forbid_dtd=True)


def _look_over(archive, part: str) -> dict[int, set[int]]:
    """Read what the reader will read, and refuse what would fill its memory.

    Reading to the end also checks every size and checksum the archive states. Return the cells
    that hold an error (#N/A and the like) by row: the reader would show them as empty.
    """
    if "xl/sharedStrings.xml" in archive.namelist():
        for block in _unpack(archive, "xl/sharedStrings.xml"):
            _forbid_entities(block)
    cells = rows = last_row = 0
    last_column = 26
    errors: dict[int, set[int]] = {}
    found = 0
    for block in _unpack(archive, part):
        _forbid_entities(block)
        cells += block.count(b"<c ") + block.count(b"<c>")
        rows += block.count(b"<row")
        last_row = max(last_row, *map(int, _ROW.findall(block)), 0)
        last_column = max(last_column, *map(_column, set(_WIDE.findall(block))), 0)
        if max(rows, last_row) * (last_column if last_column > 26 else 1) > MOST_CELLS or (
            cells > MOST_CELLS
        ):
            raise FileRefused("workbook_too_large", what=f"{max(rows, last_row)} rows")
        if b't="e"' in block:
            for letters, row in _ERROR.findall(block):
                errors.setdefault(int(row), set()).add(_column(letters) - 1)
                found += 1
        if found > MOST_ERROR_CELLS:
            raise FileRefused("workbook_too_large", what="#N/A")
    return errors


def _unpack(archive, part: str) -> Iterator[bytes]:
    """Yield a part in blocks that end between two tags."""
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            block = rest + block
            end = block.rfind(b"<")
            if end <= 0 and len(block) > 8 * _BLOCK:
                raise FileRefused("workbook_too_large", what=part)
            yield block[:end]
            rest = block[end:]
    yield rest


def _forbid_entities(block: bytes) -> None:
    if b"<!DOCTYPE" in block or b"<!ENTITY" in block:
        raise FileRefused("broken_workbook")


def _column(letters: bytes) -> int:
    """Return the number of a column, A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _rows(child, errors, progress) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of each row that is not empty."""
    while True:
        size = child.stdout.read(4)
        block = child.stdout.read(int.from_bytes(size, "big")) if len(size) == 4 else b""
        if not size or len(block) < int.from_bytes(size, "big"):
            raise FileRefused(_why(child.wait()))
        first, share, rows = marshal.loads(block)
        if not rows:
            return
        progress.share = share
        for line, cells in enumerate(rows, first):
            if line in errors:
                for column in errors[line] & set(range(len(cells))):
                    cells[column] = "#ERROR"
            if any(cells):
                yield line, cells


def _why(returned: int) -> str:
    """Return what the end of the child means; it answers 3 for a file it cannot read."""
    return "broken_workbook" if returned == 3 else "bomb"
