"""Why a file or a row was refused: codes in reports, sentences only when somebody reads them."""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.errors import Refused

FILE = {
    "not_a_file": _("There is no readable file “%(path)s”."),
    "empty": _("The file is empty."),
    "not_text": _(
        "This is no text file. Give a CSV (plain or .gz) or an XLSX file; "
        "UTF-16 needs its byte order mark."
    ),
    "old_excel": _(
        "This is an old .xls file, or a workbook locked by a password. Save it as a plain .xlsx."
    ),
    "not_a_workbook": _(
        "This archive is no XLSX workbook. Give a CSV (plain or .gz) or an XLSX file."
    ),
    "locked": _("The workbook is locked by a password. Save it without one."),
    "no_sheet": _("The workbook has no visible sheet with cells."),
    "broken_workbook": _("The workbook is damaged. Open it, save it again and import that."),
    "workbook_too_large": _(
        "The workbook holds more than can be read safely (%(what)s). Save the sheet as CSV."
    ),
    "broken_gzip": _("The .gz file is damaged or cut off. Nothing of it was imported."),
    "bomb": _("The packed file unfolds to far more than order lines ever do. It was not read."),
    "encoding": _(
        "The file is neither UTF-8, UTF-16 nor GB18030. Save it as UTF-8 "
        "(in Excel: “CSV UTF-8”) and import that."
    ),
    "encoding_unclear": _(
        "The file can be read in more than one encoding, with different texts. Save it as UTF-8 "
        "with a byte order mark (in Excel: “CSV UTF-8”) and import that."
    ),
    "line_too_long": _("Line %(line)s is longer than any row of order lines. Is this a CSV file?"),
    "broken_row": _(
        "From line %(line)s on the quotation marks do not match, so the rows cannot be told apart."
    ),
    "no_header": _("The first row names none of the columns that are read: %(columns)s."),
    "double_column": _("More than one column is headed: %(columns)s."),
    "missing_column": _("These columns must be there: %(columns)s."),
    "sum_too_large": _(
        "The amounts of this file add up to more than can be summed exactly. Split the file, "
        "and check the currency."
    ),
    "source": _("A source has 1 to 64 characters and no line breaks."),
    "rate_too_large": _(
        "The rate of %(currency)s in %(month)s makes a stored amount larger than can be kept."
    ),
    "busy": _("The database was busy for too long. Nothing was imported; try again."),
}

ROW = {
    "missing": _("must not be empty"),
    "too_long": _("is too long"),
    "control_character": _("holds a line break or another character that nobody sees"),
    "rounded": _("was rounded by a spreadsheet; format the column as text"),
    "not_a_date": _("is no date"),
    "date_unclear": _("could mean two dates; write the year first"),
    "too_early": _("lies before 1900"),
    "future": _("lies in the future"),
    "not_a_month": _("is no month"),
    "not_a_number": _("is no number"),
    "number_unclear": _("could mean two numbers; write it without thousands separator"),
    "too_fine": _("has more decimals than can be kept"),
    "too_large": _("is too large"),
    "not_positive": _("must be above zero"),
    "unknown_currency": _("is no ISO 4217 currency code"),
    "reporting_currency": _("is the reporting currency itself, which has no rate"),
    "double_rate": _("has a rate for this month already, in line %(value)s"),
    "too_few_cells": _("the row has fewer cells than the header"),
    "too_many_cells": _("the row has more cells than the header"),
    "double_line": _("comes more than once in this order"),
    "two_customers": _("this order has lines of more than one customer"),
    "unknown_account": _("no account has this code"),
    "parent_circle": _("the chain of parents runs in a circle"),
    "order_refused": _("another row of this order was refused"),
    "not_text": _("must be a text or a number"),
    "not_an_object": _("a line must be an object"),
    "call_refused": _("another line was refused, and this call stores all lines or none"),
    "order_of_another": _("this order belongs to another account"),
}


class FileRefused(Refused):
    """A file that cannot be imported at all; a code and figures, told when read."""

    def __init__(self, code: str, **figures: Any):
        super().__init__(lazy(lambda: str(FILE[code]) % figures, str)())
        self.code = code
        self.figures = figures


def sentence(column: str, code: str, value: str = "") -> str:
    """Return what is wrong with a row, in the reader's language."""
    why = str(ROW[code]) % {"value": value}
    if not column:
        return why
    if value and code != "double_rate":
        return gettext("%(column)s “%(value)s”: %(why)s") % {
            "column": column,
            "value": value,
            "why": why,
        }
    return gettext("%(column)s: %(why)s") % {"column": column, "why": why}
