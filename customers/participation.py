"""The quadrants of participation: product complexity against involvement complexity."""

from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Account

SIMPLE, COMPLEX = Account.Complexity.SIMPLE, Account.Complexity.COMPLEX
# Product complexity, involvement complexity: the typical goods (the design, section 1).
GOODS: dict[tuple[str, str], str | Promise] = {
    (COMPLEX, COMPLEX): _("high-tech and custom systems"),
    (COMPLEX, SIMPLE): _("technical services"),
    (SIMPLE, COMPLEX): _("finance and logistics"),
    (SIMPLE, SIMPLE): _("consumer goods"),
}
QUADRANTS = [
    ("complex-complex", _("Complex product, complex involvement")),
    ("complex-simple", _("Complex product, simple involvement")),
    ("simple-complex", _("Simple product, complex involvement")),
    ("simple-simple", _("Simple product, simple involvement")),
]


def quadrant(account: Account) -> str:
    """Return the quadrant of an account, "" where either half is unknown."""
    if not account.product_complexity or not account.involvement_complexity:
        return ""
    return f"{account.product_complexity}-{account.involvement_complexity}"


def in_quadrants(wanted: list[str], unknown: str) -> Q:
    """Return the condition of accounts in some quadrants; `unknown` names those without one."""
    asked = Q(pk__in=[])
    for name in wanted:
        if name == unknown:
            asked |= Q(product_complexity="") | Q(involvement_complexity="")
            continue
        product, involvement = name.split("-")
        asked |= Q(product_complexity=product, involvement_complexity=involvement)
    return asked


def goods_of(account: Account) -> Any:
    """Return the goods that are typical of an account's quadrant, "" where it is unknown."""
    return GOODS.get((account.product_complexity, account.involvement_complexity), "")
