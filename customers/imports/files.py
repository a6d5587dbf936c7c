"""A file as a table: what kind it is, how it is to be read, and its rows one by one."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customers.imports import encodings, headers, sheets
from customers.imports.headers import Columns
from customers.imports.reasons import FileRefused

DELIMITERS = ",;\t"
MOST_UNPACKED = 64 << 30  # bytes; some 600 million lines
# Order lines shrink to a tenth; what unfolds 200-fold is no file of orders.
LARGEST_RATIO = 200
RATIO_FROM = 32 << 20

_KINDS = {
    b"PK\x03\x04": "xlsx",
    b"PK\x05\x06": "xlsx",
    b"\xd0\xcf\x11\xe0": "old_excel",
}


@dataclass
class Table:
    """An opened file: how it was read, its header, and the rows below it.

    rows      yields (line number, cells); the first line is 1; empty rows are left out
    position  bytes of the file read so far, of `size`
    sample    some words, where the encoding is a guess
    """

    kind: str
    size: int
    columns: Columns
    rows: Iterator[tuple[int, list[str]]]
    position: Callable[[], int]
    encoding: str = ""
    sample: str = ""
    delimiter: str = ""
    sheet: str = ""


@contextmanager
def open_table(path: Path, known: dict[str, str], required: tuple[str, ...]) -> Iterator[Table]:
    """Open a CSV, CSV.gz or XLSX file, told apart by its first bytes.

    Raises FileRefused for another kind or encoding and for a header without what is required;
    reading the rows raises it for what shows only further down.
    """
    try:
        if not path.is_file():
            raise FileRefused("not_a_file", path=str(path)[:200])
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4)
    except (OSError, ValueError):
        raise FileRefused("not_a_file", path=str(path)[:200]) from None
    if not head:
        raise FileRefused("empty")
    kind = _KINDS.get(head, "csv.gz" if head[:2] == b"\x1f\x8b" else "csv")
    if kind == "old_excel":
        raise FileRefused("old_excel")
    opened = _open_sheet if kind == "xlsx" else _open_text
    with opened(path, size, kind, known, required) as table:
        yield table


@contextmanager
def _open_sheet(path, size, kind, known, required):
    with sheets.open_sheet(path) as sheet:
        header = next((cells for _line, cells in sheet.rows), [])
        columns = headers.read(header, known, required)
        # In a sheet no cell can slip into the next column; what has no header is nobody's.
        rows = ((line, cells[: columns.width]) for line, cells in sheet.rows)
        yield Table(kind, size, columns, rows, sheet.position, sheet=sheet.name)


@contextmanager
def _open_text(path, size, kind, known, required):
    def reopen():
        return _Unpacked(path, size) if kind == "csv.gz" else path.open("rb")

    encoding = encodings.detect(reopen)
    binary = reopen()

    def position() -> int:
        source: Any = binary.fileobj if isinstance(binary, _Unpacked) else binary
        return source.tell() if source and not source.closed else size

    with io.TextIOWrapper(binary, encoding=encoding.name, newline="") as stream:
        lines = _lines(stream)
        skipped, first = next(((n, line) for n, line in enumerate(lines) if line.strip()), (0, ""))
        cells = {sign: _split(first, sign) for sign in DELIMITERS}
        sign = max(DELIMITERS, key=lambda each: headers.recognised(cells[each], known))
        columns = headers.read(cells[sign], known, required)
        rows = _rows(lines, sign, skipped + 1)
        yield Table(kind, size, columns, rows, position, *encoding, delimiter=sign)


def _lines(stream: io.TextIOWrapper) -> Iterator[str]:
    """Yield the lines of a text; a line longer than any row is refused before it fills memory."""
    read, longest = stream.readline, encodings.LONGEST_LINE
    number = 0
    try:
        while line := read(longest):
            number += 1
            if len(line) == longest:
                raise FileRefused("line_too_long", line=number)
            yield line
    except UnicodeError:
        raise FileRefused("encoding") from None


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _rows(lines: Iterator[str], delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of each row that is not empty.

    Strict: an open quotation mark would swallow the rows behind it without a word.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = skipped + 1
    try:
        for cells in reader:
            if any(cells):
                yield line, cells
            line = skipped + reader.line_num + 1
    except csv.Error:
        raise FileRefused("broken_row", line=line) from None


class _Unpacked(gzip.GzipFile):
    """A .gz file being unpacked, as far as it stays believable."""

    def __init__(self, path: Path, packed_size: int):
        super().__init__(path)
        self._packed = packed_size
        self._unpacked = 0

    def read(self, size=-1):
        return self._count(super().read, size)

    def read1(self, size=-1):
        return self._count(super().read1, size)

    def _count(self, read, size):
        try:
            block = read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise FileRefused("broken_gzip") from None
        self._unpacked += len(block)
        if self._unpacked > max(RATIO_FROM, LARGEST_RATIO * self._packed) or (
            self._unpacked > MOST_UNPACKED
        ):
            raise FileRefused("bomb")
        return block
