"""The list as a file: exactly what is filtered, in its order, with its columns."""

import csv
import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts_crm.as_of import night
from accounts_crm.portfolio import columns, listing
from accounts_crm.portfolio.picked import ids_of
from accounts_crm.portfolio.vocabulary import vocabulary
from customers import ranking
from customers.exports import harmless
from customers.money import to_major
from customers.templatetags.keel import stage_name

MOST = 1_000_000  # the rows of a sheet
CHUNK = 500
Cell = str | int | Decimal | dt.date | None


def _choice(name: str) -> Callable[[Any, str], Cell]:
    return lambda row, _currency: getattr(row.account, f"get_{name}_display")()


def _own(name: str) -> Callable[[Any, str], Cell]:
    return lambda row, _currency: getattr(row.account, name)


def _money(amount: int | None, currency: str) -> Decimal | None:
    return None if amount is None else to_major(int(amount), currency)


# What a column of the list is in a file; rank and name stand first in any.
CELLS: dict[str, list[tuple[Any, Callable[[Any, str], Cell]]]] = {
    "rank": [
        (gettext_lazy("Rank"), lambda row, _c: row.account.rank),
        (gettext_lazy("Class"), lambda row, _c: row.account.value_class),
    ],
    "name": [
        (gettext_lazy("Code"), _own("code")),
        (gettext_lazy("Account"), _own("name")),
        (gettext_lazy("Other name"), _own("other_name")),
    ],
    "code": [],
    "status": [(gettext_lazy("Status"), _choice("status"))],
    "tier": [(gettext_lazy("Tier"), _choice("tier"))],
    "stage": [(gettext_lazy("Stage"), _choice("stage"))],
    "supported": [
        (gettext_lazy("Supported stage"), lambda row, _c: stage_name(row.account.supported or "")),
    ],
    "value": [(gettext_lazy("Value"), lambda row, currency: _money(row.value, currency))],
    "wallet": [(gettext_lazy("Wallet share"), lambda row, _c: _fraction(row.wallet))],
    "risk": [
        (gettext_lazy("Risk"), lambda row, _c: row.account.risk_score),
        (gettext_lazy("Risk level"), lambda row, _c: row.account.risk_level),
    ],
    "stake": [
        (gettext_lazy("Value at stake"), lambda row, c: _money(row.account.risk_at_stake, c)),
    ],
    "flag": [
        (gettext_lazy("Flag"), lambda row, _c: _("yes") if row.account.is_flagged else ""),
    ],
    "contact": [(gettext_lazy("Last contact"), _own("last_contact_on"))],
    "step": [
        (gettext_lazy("Next step"), _own("step_what")),
        (gettext_lazy("Due"), _own("step_due")),
    ],
    "region": [(gettext_lazy("Region"), lambda row, _c: str(row.region or ""))],
    "industry": [(gettext_lazy("Industry"), _own("industry"))],
    "channel": [(gettext_lazy("Channel"), _choice("channel"))],
    "position": [(gettext_lazy("Position in the value chain"), _choice("position"))],
    "city": [(gettext_lazy("City"), _own("city"))],
    "owner": [
        (
            gettext_lazy("Owner"),
            lambda row, _c: row.account.owner.name if row.account.owner else "",
        ),
    ],
}


@require_safe
def portfolio_export(request, kind):
    """Answer with the list that the address shows, as CSV or XLSX; an empty cell is unknown."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    data = request.GET.copy()
    data.pop("scope", None)  # a file names legal entities
    asked = night(data.get("as_of", ""))
    chosen = columns.chosen(data.getlist("cols"))
    found = ids_of(request.user, data, most=MOST)
    table = _table(request.user, found, asked.run, chosen)
    day = asked.run.as_of.isoformat() if asked.run else "no-night"
    name = f"keel-accounts-{day}.{kind}"
    if kind == "xlsx":
        return FileResponse(_sheet(table), as_attachment=True, filename=name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    # With a mark: spreadsheets take a file without one for the local encoding.
    return StreamingHttpResponse(
        _lines(table), content_type="text/csv; charset=utf-8", headers=headers
    )


def _table(user, ids: list[int], run, chosen: list[columns.Column]) -> Iterator[list[Cell]]:
    """Yield the heads, then the rows; a few hundred accounts are read at a time."""
    cells = [cell for column in chosen for cell in CELLS[column.name]]
    yield [str(label) for label, _read in cells]
    cadences, earlier = vocabulary(user).cadences, ranking.comparable(run)
    names = {column.name for column in chosen}
    currency = run.currency if run else settings.REPORTING_CURRENCY
    for start in range(0, len(ids), CHUNK):
        for row in listing.rows(ids[start : start + CHUNK], user, run, earlier, cadences, names):
            yield [read(row, currency) for _label, read in cells]


class _Echo:
    """What csv.writer takes for a file; it gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(table: Iterator[list[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff"
    for row in table:
        yield writer.writerow(
            [harmless(cell) if isinstance(cell, str) else _plain(cell) for cell in row]
        )


def _plain(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _sheet(table: Iterator[list[Cell]]):
    """Return an open file with the sheet: written row by row, never whole in memory."""
    import xlsxwriter

    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(_("Accounts"))
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(table):
        for place, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):  # as text, whatever it begins with
                sheet.write_string(number, place, cell[:32_000], bold if number == 0 else None)
            elif isinstance(cell, dt.date):
                sheet.write_datetime(number, place, dt.datetime.combine(cell, dt.time()))
            else:
                sheet.write_number(number, place, cell)
    book.close()
    file.seek(0)
    return file


def _fraction(share: float | None) -> Decimal | None:
    return None if share is None else Decimal(f"{share:.4f}")
