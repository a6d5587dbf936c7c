"""Order files for tests: a header, some rows, written and imported."""

import csv
import gzip
import io
from pathlib import Path

from customers.imports.orders import import_orders
from customers.models import Account, OrderLine

HEADER = (
    "customer_id customer_name parent_id region order_id line_id order_date product_id category "
    "quantity revenue cost currency"
).split()
CHINESE = (
    "客户编号 客户名称 集团编号 地区 订单号 行号 订单日期 产品编号 产品类别 数量 销售额 成本 币种"
).split()
GOOD = {
    "customer_id": "C1",
    "order_id": "O1",
    "order_date": "2024-01-05",
    "revenue": "100.00",
}


def row(**cells) -> dict:
    """Return a good row with some cells changed."""
    return {**GOOD, **cells}


def text(rows, header=HEADER, names=None, delimiter=",", end="\n") -> str:
    """Return rows as CSV; `names` are what the header row says instead of `header`."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerow(names or header)
    writer.writerows([each.get(name, "") for name in header] for each in rows)
    return out.getvalue()


def write(folder: Path, content, name="orders.csv", encoding="utf-8") -> Path:
    """Write rows, text or bytes to a file; .gz is packed."""
    if isinstance(content, list):
        content = text(content)
    if isinstance(content, str):
        content = content.encode(encoding)
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def load(folder: Path, content, *, name="orders.csv", encoding="utf-8", **options):
    """Import rows, text or bytes, creating accounts unless told otherwise."""
    options.setdefault("create_accounts", True)
    return import_orders(write(folder, content, name, encoding), **options)


def stored(**where) -> list[tuple]:
    """Return what is stored, in the order of its identity."""
    lines = OrderLine.objects.filter(**where).order_by("source", "order_id", "line_id")
    return list(
        lines.values_list(
            "source", "order_id", "line_id", "account__code", "date", "product", "category",
            "quantity", "currency", "revenue_minor", "cost_minor", "revenue", "cost",
        )
    )  # fmt: skip


def everything() -> tuple[list, list]:
    """Return all that an import may write, ids included."""
    return (
        list(OrderLine.objects.order_by("pk").values_list()),
        list(Account.objects.order_by("pk").values_list()),
    )


def faults(report) -> list[tuple]:
    """Return the named faults as (line, column, code)."""
    return [(fault.line, fault.column, fault.code) for fault in report.named]
