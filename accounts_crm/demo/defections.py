"""Playbooks, two customers that left (one of them won back), and two goals."""

import datetime as dt

from django.conf import settings

from accounts_crm.demo.accounts import Book
from churn.models import Defection, Goal, Playbook

PLAYBOOKS = (
    (
        "守住价格",
        "price",
        (
            (1, "致电采购负责人，弄清对手报价"),
            (5, "核算框架协议与年度返利"),
            (14, "与决策人面谈新方案"),
        ),
    ),
    (
        "Quality back to green",
        "product",
        (
            (0, "Call their quality manager"),
            (2, "Engineer on site"),
            (10, "8D report to their plant"),
            (30, "Review with both boards"),
        ),
    ),
    (
        "服务补救",
        "service",
        ((1, "服务经理登门致歉"), (3, "约定响应时限并写入协议"), (21, "回访满意度")),
    ),
)
LOSSES = (
    # account, type, days ago, lost to, value lost and cost of keeping in minor units, days ago
    # that it was won back
    ("鹤鸣冶金", "product", 300, "Brandt Getriebe", 1_400_000_00, 38_000_00, None),
    ("Castellan Robotics", "price", 220, "Norvik Drives", 900_000_00, None, 130),
)
GOALS = (("churn", "A", 8_00, 4_00), ("nps", "", 20_00, 35_00))


def make_defections(book: Book, users: dict[str, int], today: dt.date) -> None:
    """Write the playbooks, the losses and the goals."""

    def ago(days: int) -> dt.date:
        return today - dt.timedelta(days=days)

    for name, against, plan in PLAYBOOKS:
        actions = [{"after_days": days, "what": what} for days, what in plan]
        Playbook.objects.create(name=name, against=against, plan=actions)
    for account, kind, days, rival, value, keeping, back in LOSSES:
        at = book.at(account)
        if at is None:
            continue
        won = {"winback": Defection.WinBack.WON, "winback_on": ago(back)} if back else {}
        Defection.objects.create(
            account_id=int(book.id[at]),
            type=kind,
            date=ago(days),
            competitor=rival,
            value_lost=value,
            keeping_cost=keeping,
            currency=settings.REPORTING_CURRENCY,
            recorded_by_id=users["manager"],
            **won,
        )
    for metric, value_class, baseline, target in GOALS:
        Goal.objects.create(
            metric=metric,
            value_class=value_class,
            baseline=baseline,
            target=target,
            since=ago(120),
            due=ago(-245),
            made_by_id=users["director"],
        )
