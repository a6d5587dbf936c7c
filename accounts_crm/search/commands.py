"""The pages and commands that search offers, each only to who may use it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.access import (
    Role,
    may_log,
    may_open_accounts,
    may_run_nightly,
    may_see_dashboard,
    may_see_departures,
    may_see_runs,
    may_see_teams,
    roles_of,
)
from customers.search.folding import fold


@dataclass(frozen=True)
class Command:
    """A page to go to or a thing to do.

    words  what it is found by besides its label, in both languages and by pinyin
    press  the button of the page that does it where scripts run
    field  name and value that are posted; without one the address is a link
    """

    page: str
    icon: str
    label: str | Promise
    words: str
    may: Callable
    press: str = ""
    field: tuple[str, str] | None = None

    @property
    def url(self) -> str:
        return reverse(self.page)

    @property
    def key(self) -> str:
        """Return what tells it apart from others in the list."""
        return "-".join([self.page.replace(":", "-"), *(self.field or ())])


def anybody(user) -> bool:
    return True


def sees_accounts(user) -> bool:
    """Say whether a user has a role that sees accounts."""
    return bool(roles_of(user) - {Role.ADMIN})


COMMANDS = [
    Command(
        "log",
        "plus",
        _("Log a contact"),
        "log contact call meeting 记录联系 新建记录 jllx jilulianxi",
        may_log,
        press="[data-log]",
    ),
    Command(
        "account-new",
        "accounts",
        _("New account"),
        "add account customer 新建客户 xjkh xinjiankehu",
        may_open_accounts,
    ),
    Command("my-day", "day", _("My day"), "home today 我的一天 今日 首页 wdyt wodeyitian", anybody),
    Command(
        "accounts", "accounts", _("Accounts"), "customers list 客户 列表 kh kehu", sees_accounts
    ),
    Command("stages", "board", _("Stages"), "board stage 阶段 看板 jd jieduan", sees_accounts),
    Command("risk", "alert", _("Risk queue"), "churn risk 流失 风险 fx fengxian", sees_accounts),
    Command(
        "dashboard",
        "dashboard",
        _("Dashboard"),
        "figures 80/20 仪表盘 ybp yibiaopan",
        may_see_dashboard,
    ),
    Command(
        "teams:posts",
        "team",
        _("Organisation"),
        "teams posts vacancies 组织 团队 岗位 zz zuzhi td tuandui",
        anybody,
    ),
    Command(
        "workload",
        "user",
        _("Workload"),
        "teams load weight 工作量 份额 gzl gongzuoliang",
        may_see_dashboard,
    ),
    Command(
        "people:linkage",
        "team",
        _("Linkage groups"),
        "deputies substitution 联动小组 代理人 ldxz liandongxiaozu",
        may_see_teams,
    ),
    Command(
        "people:handovers",
        "user",
        _("Handovers"),
        "handover fragile 交接 jj jiaojie",
        may_see_teams,
    ),
    Command(
        "departures",
        "user",
        _("Departure"),
        "leaves resign 离职 影响 lz lizhi",
        may_see_departures,
    ),
    Command(
        "runs", "run", _("Nightly run"), "runs night 夜间运行 yjyx yejianyunxing", may_see_runs
    ),
    Command(
        "settings-me",
        "settings",
        _("My settings"),
        "profile tokens language 我的设置 wdsz wodeshezhi",
        anybody,
    ),
    Command(
        "admin:index",
        "settings",
        _("Administration"),
        "admin users 管理 gl guanli",
        lambda user: user.is_staff,
    ),
    Command(
        "runs",
        "redo",
        _("Run now"),
        "start nightly run 立即运行 ljyx lijiyunxing",
        may_run_nightly,
        field=("as_of", ""),
    ),
    Command(
        "theme",
        "theme",
        _("Switch to dark"),
        "theme dark night 深色 主题 ss shense zhuti",
        anybody,
        field=("theme", "dark"),
    ),
    Command(
        "theme",
        "theme",
        _("Switch to light"),
        "theme light day 浅色 主题 qs qianse zhuti",
        anybody,
        field=("theme", "light"),
    ),
    Command(
        "language",
        "language",
        "中文",
        "chinese language 中文 语言 zw zhongwen yuyan",
        anybody,
        field=("language", "zh-hans"),
    ),
    Command(
        "language",
        "language",
        "English",
        "english language 英文 语言 yw yingwen yuyan",
        anybody,
        field=("language", "en"),
    ),
    Command(
        "account_logout",
        "logout",
        _("Log out"),
        "sign out exit 退出 登出 tc tuichu",
        anybody,
        field=("next", ""),
    ),
]
FIRST = 6  # shown before anything is typed


def commands(user, words: list[str]) -> list[Command]:
    """Return the commands a person may use that hold every word; the usual ones for no words."""
    offered = [
        command
        for command in COMMANDS
        if command.may(user) and _is_there(command.page) and not _is_so_already(user, command)
    ]
    if not words:
        return offered[:FIRST]
    texts = [(command, f"{fold(str(command.label))} {command.words}") for command in offered]
    return [command for command, text in texts if all(word in text for word in words)]


def _is_there(page: str) -> bool:
    try:
        reverse(page)
    except NoReverseMatch:
        return False
    return True


def _is_so_already(user, command: Command) -> bool:
    if command.page == "language":
        return command.field == ("language", get_language())
    return command.page == "theme" and command.field == ("theme", user.theme)
