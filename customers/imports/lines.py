"""One row of a file to one line for the staging table; every fault of a row is named."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter

from customers import rates
from customers.imports import values
from customers.imports.headers import Columns
from customers.imports.reasons import FileRefused
from customers.imports.report import Report
from customers.imports.values import Fault, is_cents
from customers.money import AmountError, exponent

# Half of what 64 bits hold per sum, and what SQLite's sums bear without overflow.
LARGEST_SUM = 4 * 10**17

# The columns of the staging table, in this order. mark: 0 a line; 1 a bad row of this order;
# 2 only says that a bad row of no certain order may have belonged to this one. given: the file
# named the line. name, parent and region are null where they are those of the row before.
FIELDS = (
    "n run mark order_id line_id given customer name parent region date product category quantity "
    "currency revenue_minor cost_minor revenue cost"
).split()

_SEPARATORS = re.compile(r"[,;\t\r\n\"]")
_KNOWN_MOST = 50_000
# The first four are mostly those of the row above, and then need not be read again.
_ORDER = (
    "customer_id order_id order_date currency revenue line_id cost quantity product_id category "
    "customer_name parent_id region"
).split()


class LineReader:
    """Turns rows into lines, and remembers what goes beyond a row: positions, sums, faults."""

    def __init__(
        self, columns: Columns, book: rates.Book, today: dt.date, report: Report, null: str | None
    ):
        self.named_lines = 0
        self.without_rate = False
        self._columns = columns
        self._book = book
        self._today = today
        self._report = report
        self._null = null  # how the staging table is told of it
        self._nothing = (null,) * (len(FIELDS) - 4)
        self._as_before = (null, null, null)
        # One call fetches all cells in a fixed order; a column that is not there reads the
        # empty cell appended to each row.
        self._pick = itemgetter(*(columns.at.get(name, columns.width) for name in _ORDER))
        self._head: tuple | None = None
        self._heading: tuple = ()
        self._order: str | None = None
        self._run = self._position = 0
        self._sum = 0
        self._sum_reporting = 0
        self._known: dict[str, tuple[str, str, str]] = {}

    def read(self, rows: Iterator[tuple[int, list[str]]], every: Callable[[], None]) -> Iterator:
        """Yield the staged tuples of all rows.

        every  called after each few thousand rows
        Raises FileRefused if the amounts add up to more than can be summed.
        """
        report, width = self._report, self._columns.width
        for n, cells in rows:
            report.read += 1
            if not report.read & 4095:
                every()
            if len(cells) != width:
                yield from self._misaligned(n, cells)
                continue
            cells.append("")
            picked = self._pick(cells)
            try:
                yield self._line(n, *picked)
            except (Fault, AmountError) as fault:
                yield from self._bad(n, picked, fault.code)
        if max(self._sum, self._sum_reporting) >= LARGEST_SUM:
            raise FileRefused("sum_too_large")

    def _line(
        self, n, customer, order, day, currency, revenue, line, cost, quantity, product, category,
        name, parent, region,
    ):  # fmt: skip
        """Return the staged tuple of a good row; raise some fault of a bad one."""
        head = (customer, order, day, currency)
        if head != self._head:
            self._heading = self._read_head(*head)
            self._head = head
        customer, order, date, currency, cents = self._heading
        if cents and is_cents(revenue):
            revenue_minor = int(revenue.replace(".", ""))
        else:
            revenue_minor = values.amount(revenue, currency)
        if cents and is_cents(cost):
            cost_minor = int(cost.replace(".", ""))
        else:
            cost_minor = values.amount(cost, currency) if cost.strip() else None
        self._sum += abs(revenue_minor) + abs(cost_minor or 0)
        null = self._null
        if currency == self._book.reporting:
            converted, converted_cost = revenue_minor, cost_minor
        else:
            converted = self._book.convert(revenue_minor, currency, date)
            converted_cost = self._book.convert(cost_minor, currency, date)
            self._sum_reporting += abs(converted or 0) + abs(converted_cost or 0)
            if converted is None:
                converted, self.without_rate = null, True
        if cost_minor is None:
            cost_minor = converted_cost = null
        elif converted_cost is None:
            converted_cost = null
        quantity = values.quantity(quantity) if quantity.strip() else null
        product, category = values.text(product), values.text(category)
        line = line and values.code(line)
        facts = self._as_before
        if self._known.get(customer) != (name, parent, region):
            facts = self._facts(customer, name, parent, region)

        if order != self._order:
            self._begin(order)
        self._position += 1
        if line:
            self.named_lines += 1
        return (
            n, self._run, 0, order, line or self._position, 1 if line else 0, customer, *facts,
            date, product, category, quantity, currency, revenue_minor, cost_minor, converted,
            converted_cost,
        )  # fmt: skip

    def _read_head(self, customer: str, order: str, day: str, currency: str) -> tuple:
        """Return what the rows of an order have in common."""
        customer, order, date = values.code(customer), values.code(order), values.date(day)
        if not (customer and order) or date > self._today:
            raise Fault("missing")
        currency = values.currency(currency) if currency.strip() else self._book.reporting
        return customer, order, date, currency, exponent(currency) == 2

    def _facts(self, customer: str, name: str, parent: str, region: str) -> tuple:
        """Return name, parent and region, which differ from the customer's row before."""
        facts = values.text(name, 200), values.code(parent), values.text(region)
        if len(self._known) >= _KNOWN_MOST:
            self._known.clear()
        self._known[customer] = (name, parent, region)
        return facts

    def _begin(self, order: str) -> None:
        """Count lines anew: they are numbered here as far as an order's rows stand together.

        Orders scattered through the file are counted in the staging table.
        """
        self._order = order
        self._run += 1
        self._position = 0

    def _bad(self, n: int, picked: tuple, fallback: str) -> Iterator[tuple]:
        """Name every fault of a row, and mark the order it belongs to."""
        row = dict(zip(_ORDER, picked, strict=True))
        faults = dict(self._faults(row)) or {"": fallback}
        self._report.bad_rows += 1
        for column, code in faults.items():
            self._report.refuse(n, column, code, row.get(column, ""))
        if "order_id" not in faults:
            if (order := values.code(row["order_id"])) != self._order:
                self._begin(order)
            self._position += 1
            yield (n, self._run, 1, order, self._position, 0, *self._nothing[2:])
            return
        # In merged cells the number stands in the first row only: it may be the same order.
        yield from self._suspects(n, [self._order or "", values.bare(row["order_id"])])

    def _misaligned(self, n: int, cells: list[str]) -> Iterator[tuple]:
        """Refuse a row whose cells are shifted: any of them may be the order's number."""
        code = "too_few_cells" if len(cells) < self._columns.width else "too_many_cells"
        self._report.bad_rows += 1
        self._report.refuse(n, "", code)
        # An open quotation mark puts whole rows into one cell.
        parts = (part for cell in cells[:1000] for part in _SEPARATORS.split(cell))
        yield from self._suspects(n, map(values.bare, parts))

    def _suspects(self, n: int, orders: Iterable[str]) -> Iterator[tuple]:
        """Mark orders that a bad row may belong to; none is harmed by a mark that meets nothing."""
        for order in set(orders) - {""}:
            yield (n, self._run, 2, order, *self._nothing)

    def _faults(self, row: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Yield column and code of every fault."""
        currency, day = self._book.reporting, None
        for column, cell in row.items():
            if not cell.strip():
                if column in ("customer_id", "order_id", "order_date", "revenue"):
                    yield column, "missing"
                continue
            try:
                if column == "order_date":
                    day = values.date(cell)
                    if day > self._today:
                        yield column, "future"
                elif column == "currency":
                    currency = values.currency(cell)
                elif column in ("customer_id", "order_id", "line_id", "parent_id"):
                    values.code(cell)
                elif column == "quantity":
                    values.quantity(cell)
                elif column == "customer_name":
                    values.text(cell, 200)
                elif column not in ("revenue", "cost"):
                    values.text(cell)
            except Fault as fault:
                yield column, fault.code
        for column in ("revenue", "cost"):
            if row[column].strip() and (code := self._money_fault(row[column], currency, day)):
                yield column, code

    def _money_fault(self, cell: str, currency: str, day: dt.date | None) -> str | None:
        try:
            minor = values.amount(cell, currency)
            if day:
                self._book.convert(minor, currency, day)
        except (Fault, AmountError) as fault:
            return fault.code
        return None
