"""The first row of a file: which column holds what, in English or Chinese."""

from dataclasses import dataclass

from customers.imports.reasons import FileRefused

ORDER_COLUMNS = {
    "customer_id": "客户编号 客户代码 客户编码",
    "customer_name": "客户名称 客户名",
    "parent_id": "上级客户 上级客户编号 集团编号 集团代码",
    "region": "区域 地区 大区",
    "order_id": "订单号 订单编号 订单号码",
    "line_id": "行号 订单行号 行项目",
    "order_date": "订单日期 日期 下单日期",
    "product_id": "产品编号 产品代码 产品编码 物料编号",
    "category": "品类 产品类别 类别 产品品类",
    "quantity": "数量",
    "revenue": "收入 金额 销售额 销售金额",
    "cost": "成本 成本金额",
    "currency": "币种 货币",
}
ORDER_REQUIRED = ("customer_id", "order_id", "order_date", "revenue")

RATE_COLUMNS = {
    "month": "月份 月 年月 期间",
    "currency": "币种 货币",
    "rate": "汇率",
}
RATE_REQUIRED = ("month", "currency", "rate")


@dataclass(frozen=True)
class Columns:
    """Where each column stands, which header cells nobody reads, and how wide the header is."""

    at: dict[str, int]
    unread: tuple[str, ...]
    width: int


def name_of(cell: str, known: dict[str, str]) -> str | None:
    """Return the column that a header cell means, None if it is none of ours."""
    plain = "_".join(cell.strip("\ufeff \t\u3000").lower().replace("-", " ").split())
    if plain in known:
        return plain
    return next((name for name, others in known.items() if plain in others.split()), None)


def recognised(cells: list[str], known: dict[str, str]) -> int:
    """Return how many of the known columns a header row names."""
    return len({name_of(cell, known) for cell in cells} - {None})


def read(cells: list[str], known: dict[str, str], required: tuple[str, ...]) -> Columns:
    """Return the columns of a header row. Raises FileRefused for missing and double ones."""
    at: dict[str, int] = {}
    double, unread = [], []
    for index, cell in enumerate(cells):
        if (name := name_of(cell, known)) is None:
            if cell.strip():
                unread.append(cell.strip()[:60])
        elif name in at:
            double.append(name)
        else:
            at[name] = index
    if not at:
        raise FileRefused("no_header", columns=", ".join(known))
    if double:
        raise FileRefused("double_column", columns=", ".join(dict.fromkeys(double)))
    if missing := [name for name in required if name not in at]:
        raise FileRefused("missing_column", columns=", ".join(missing))
    return Columns(at, tuple(unread), len(cells))
