"""An import report as text, in the language that is active."""

import unicodedata
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.imports.reasons import sentence
from customers.imports.report import Report

_DELIMITERS = {",": ",", ";": ";", "\t": "tab"}


def tell(report: Report) -> Iterator[str]:
    """Yield the report line by line: how the file was read, the figures, then every fault."""
    yield _("%(file)s, read as %(how)s") % {"file": report.file, "how": ", ".join(_how(report))}
    if report.unread_columns:
        yield _("Columns not read: %(names)s") % {"names": ", ".join(report.unread_columns)}
    yield _verdict(report)
    yield ""
    for label, value, remark in _figures(report):
        yield f"{_padded(label)} {value:>13,}  {remark}".rstrip()
    yield from tell_faults(report)
    yield from _differences(report)
    yield from _without_rate(report)


def tell_faults(report: Report) -> Iterator[str]:
    """Yield why rows were refused, counted and then one by one."""
    yield from _reasons(report)
    yield from _named(report)


def _how(report: Report) -> Iterator[str]:
    yield report.kind.upper()
    if report.sheet:
        yield _("sheet “%(name)s”") % {"name": report.sheet}
    if report.encoding:
        sample = f" (“{report.sample}”)" if report.sample else ""
        yield report.encoding.upper() + sample
        yield _("separated by %(sign)s") % {"sign": _DELIMITERS[report.delimiter]}


def _padded(label: str) -> str:
    """Return a label as wide as the others; a Chinese character takes two columns."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in label)
    return label + " " * (28 - len(label) - wide)


def _verdict(report: Report) -> str:
    if report.refused_whole:
        return _("Refused: nothing was imported. Mend the rows below, or leave them out.")
    if report.dry_run:
        return _("A trial: nothing was written. These figures are what an import would do.")
    if report.refused:
        return _("Imported, without the orders that have a bad row.")
    return _("Imported.")


def _figures(report: Report) -> Iterator[tuple[str, int, str]]:
    yield _("Rows read"), report.read, ""
    if report.refused_whole:
        yield _("Rows with a fault"), report.bad_rows, ""
        return
    yield (
        _("Rows in"),
        report.stored,
        _("orders: %(orders)s; new: %(new)s, changed: %(changed)s, as before: %(unchanged)s")
        % {
            "orders": f"{report.orders:,}",
            "new": f"{report.new:,}",
            "changed": f"{report.changed:,}",
            "unchanged": f"{report.unchanged:,}",
        },
    )
    yield (
        _("Stored lines replaced"),
        report.replaced,
        _("of them removed: %(removed)s") % {"removed": f"{report.removed:,}"}
        if report.removed
        else "",
    )
    yield _("Rows refused"), report.refused, ""
    if report.moved_orders:
        yield _("Orders moved to another account"), report.moved_orders, ""
    yield (
        _("Accounts created"),
        report.accounts_created,
        _("of them named as parent only: %(count)s") % {"count": f"{report.parents_created:,}"}
        if report.parents_created
        else "",
    )
    if report.regions_created:
        yield _("Regions created"), report.regions_created, ""
    if report.difference_count:
        yield _("Differences to accounts"), report.difference_count, ""
    if report.without_rate:
        yield _("Lines without a rate"), sum(report.without_rate.values()), ""


def _reasons(report: Report) -> Iterator[str]:
    if report.reasons:
        yield ""
        yield _("Why rows were refused (a row may have several faults):")
    for (column, code), count in report.reasons.most_common():
        yield f"{count:>13,}  {sentence(column, code)}"


def _named(report: Report) -> Iterator[str]:
    if not report.named:
        return
    yield ""
    for fault in report.named:
        yield _("line %(line)s: %(fault)s") % {
            "line": fault.line,
            "fault": sentence(fault.column, fault.code, fault.value),
        }
    if (more := sum(report.reasons.values()) - len(report.named)) > 0:
        yield ngettext("and %(more)s fault more", "and %(more)s faults more", more) % {
            "more": f"{more:,}"
        }


def _differences(report: Report) -> Iterator[str]:
    if not report.differences:
        return
    yield ""
    yield _("The file says otherwise than these accounts, which stay as they are:")
    for it in report.differences:
        yield _("line %(line)s: %(account)s, %(column)s: “%(given)s”, kept “%(kept)s”") % (
            it._asdict()
        )
    if (more := report.difference_count - len(report.differences)) > 0:
        yield ngettext("and %(more)s difference more", "and %(more)s differences more", more) % {
            "more": f"{more:,}"
        }


def _without_rate(report: Report) -> Iterator[str]:
    if not report.without_rate:
        return
    yield ""
    yield _("Lines without an exchange rate are stored, and stay out of every ranking:")
    for (currency, month), lines in report.without_rate.items():
        yield f"{lines:>13,}  {currency} {month}"
