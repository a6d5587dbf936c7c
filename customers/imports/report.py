"""What an import did: codes and figures, told as text only where somebody reads them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

MOST_NAMED = 1000


class Named(NamedTuple):
    """One fault of one row, or one difference, with its line in the file."""

    line: int
    column: str
    code: str
    value: str


class Difference(NamedTuple):
    """What a file says of an account that says otherwise itself; the account stays as it is."""

    line: int
    account: str
    column: str
    given: str
    kept: str


@dataclass
class Report:
    """The figures of one import of order lines.

    read      rows of the file that are not empty
    new, changed, unchanged   rows that are in, by what stood there before; their sum is `stored`
    removed   stored lines that a replaced order no longer has
    """

    file: str
    source: str
    dry_run: bool = False
    skip_bad: bool = False
    kind: str = ""
    encoding: str = ""
    sample: str = ""  # some words, where the encoding is a guess
    delimiter: str = ""
    sheet: str = ""
    unread_columns: tuple[str, ...] = ()

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    orders: int = 0
    moved_orders: int = 0  # to another account than before

    bad_rows: int = 0  # that have a fault, each counted once
    reasons: Counter = field(default_factory=Counter)  # (column, code): rows
    named: list[Named] = field(default_factory=list)

    accounts_created: int = 0
    parents_created: int = 0  # of them; named as a parent only
    regions_created: int = 0
    difference_count: int = 0
    differences: list[Difference] = field(default_factory=list)
    without_rate: dict[tuple[str, str], int] = field(default_factory=dict)  # (currency, month)
    large_for_sqlite: bool = False
    applied: bool = False

    @property
    def stored(self) -> int:
        return self.new + self.changed + self.unchanged

    @property
    def replaced(self) -> int:
        """Return how many stored lines gave way to others or to none."""
        return self.changed + self.removed

    @property
    def refused(self) -> int:
        return self.read - self.stored

    @property
    def refused_whole(self) -> bool:
        """Say whether nothing goes in because of some bad rows."""
        return bool(self.reasons) and not self.skip_bad

    def describe(self, table) -> None:
        """Keep how the file was read."""
        self.kind, self.encoding, self.sample = table.kind, table.encoding, table.sample
        self.delimiter, self.sheet = table.delimiter, table.sheet
        self.unread_columns = table.columns.unread

    def refuse(self, line: int, column: str, code: str, value: str = "") -> None:
        """Note one fault of a row."""
        self.reasons[column, code] += 1
        if len(self.named) < MOST_NAMED:
            self.name(line, column, code, value)

    def name(self, line: int, column: str, code: str, value: str) -> None:
        """Name one fault that is counted already."""
        self.named.append(Named(line, column, code, shown(value)))

    def sort_named(self) -> None:
        """Put the named faults in the order of the file, no more than are to be named."""
        self.named = sorted(self.named)[:MOST_NAMED]

    def figures(self) -> dict:
        """Return what the event of the import keeps."""
        names = (
            "read new changed unchanged removed orders moved_orders refused "
            "accounts_created regions_created difference_count"
        ).split()
        figures = {name: getattr(self, name) for name in names}
        return {**figures, "without_rate": sum(self.without_rate.values())}


def shown(value: str) -> str:
    """Return a cell as a report shows it: short, and without what would disturb a terminal."""
    plain = "".join(sign if sign.isprintable() else "\ufffd" for sign in value[:41])
    return plain if len(value) <= 40 else plain[:40] + "…"
