"""Who covers for whom: facts in, findings out. Always of the accounts that the viewer sees."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations

from django.db.models import Count, DateField, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from customers.calendar import business_today
from customers.models import Account, Interaction
from teams.models import Deputy, LinkageGroup, LinkageMember, User

CONTACT_DAYS = 90
# What makes two portfolios alike -> its name; each a column of the account.
SEGMENTS = {
    "industry": _("Industry"),
    "region": _("Region"),
    "tier": _("Tier"),
    "channel": _("Channel"),
}


@dataclass
class Group:
    """A linkage group, and how far its accounts are covered.

    alike     by segment: how much of two managers' accounts is alike on average, as a fraction;
              None where nothing is known of one side
    accounts  of its members, as far as the viewer sees them; lost ones are left out
    covered   with a standing deputy; met: whose deputy was in contact within CONTACT_DAYS
    """

    group: LinkageGroup
    members: list[LinkageMember] = field(default_factory=list)
    accounts: int = 0
    covered: int = 0
    met: int = 0
    alike: list[tuple[str, float | None]] = field(default_factory=list)

    @property
    def open(self) -> int:
        """Return how many accounts have no deputy."""
        return self.accounts - self.covered

    @property
    def unmet(self) -> int:
        """Return how many deputies have not been in contact."""
        return self.covered - self.met


def groups(viewer, pk: int | None = None) -> list[Group]:
    """Return the linkage groups with their coverage, or the one; a constant number of queries."""
    rows = LinkageGroup.objects.all() if pk is None else LinkageGroup.objects.filter(pk=pk)
    found = {row.pk: Group(row) for row in rows}
    members = LinkageMember.objects.filter(group__in=list(found), until__isnull=True)
    portfolio: dict[int, int] = {}
    for member in members.select_related("user").order_by("user__name", "pk"):
        found[member.group_id].members.append(member)
        portfolio[member.user_id] = member.group_id
    accounts = with_cover(grouped(viewer).filter(owner__in=list(portfolio)))
    counts = (
        accounts.order_by()
        .values("owner")
        .annotate(all=Count("pk"), some=Count("pk", Q(covered=True)), near=Count("pk", Q(met=True)))
    )
    for row in counts:
        group = found[portfolio[row["owner"]]]
        group.accounts += row["all"]
        group.covered += row["some"]
        group.met += row["near"]
    _liken(found, portfolio, viewer)
    return list(found.values())


def grouped(viewer) -> QuerySet[Account]:
    """Return the accounts that a viewer sees whose managers are in a linkage group."""
    linked = LinkageMember.objects.filter(until__isnull=True).values("user")
    live = Account.objects.visible_to(viewer).exclude(status=Account.Status.LOST)
    return live.filter(owner__in=linked)


def alone(viewer) -> QuerySet[Account]:
    """Return the accounts that a viewer sees whose managers are in no linkage group."""
    linked = LinkageMember.objects.filter(until__isnull=True).values("user")
    live = Account.objects.visible_to(viewer).exclude(status=Account.Status.LOST)
    return live.filter(owner__isnull=False).exclude(owner__in=linked)


def with_cover(accounts: QuerySet) -> QuerySet:
    """Annotate accounts with `covered`, `met`: a standing deputy, who was in contact lately."""
    standing = standing_deputies().filter(account=OuterRef("pk"))
    return accounts.annotate(
        covered=Exists(standing), met=Exists(standing.filter(Exists(_contacts(_since()))))
    )


def standing_deputies() -> QuerySet[Deputy]:
    """Return the deputies for good, of those who are still with us."""
    rows = Deputy.objects.in_force(business_today())
    return rows.filter(until__isnull=True, user__is_active=True)


def deputies_of(accounts: list[int]) -> dict[int, list[Deputy]]:
    """Return by account who covers it today or will, each with `met_on`, in one query.

    met_on  the last contact with the account at which the deputy was present
    """
    last = _contacts().order_by().values("account").annotate(day=Max("date")).values("day")
    rows = (
        Deputy.objects.not_over(business_today())
        .filter(account__in=accounts, user__is_active=True)
        .select_related("user")
        .annotate(met_on=Subquery(last[:1], output_field=DateField()))
        .order_by("since", "pk")
    )
    found = defaultdict(list)
    for row in rows:
        found[row.account_id].append(row)
    return found


def is_near(day: dt.date | None) -> bool:
    """Say whether a last contact is within CONTACT_DAYS."""
    return day is not None and day >= _since()


def colleagues(owner: User | None) -> QuerySet[User]:
    """Return who may cover for a manager: the others of the linkage group."""
    group = LinkageMember.objects.filter(user=owner, until__isnull=True).values("group")
    linked = LinkageMember.objects.filter(group__in=group, until__isnull=True).values("user")
    others = User.objects.filter(pk__in=linked, is_active=True)
    return others.exclude(pk=owner.pk if owner else 0).order_by("name", "pk")


def _contacts(since: dt.date | None = None) -> QuerySet[Interaction]:
    """Return the contacts with an outer deputy's account at which the deputy was present."""
    rows = Interaction.objects.filter(account=OuterRef("account"), ours=OuterRef("user"))
    return rows.filter(date__gte=since) if since else rows


def _since() -> dt.date:
    return business_today() - dt.timedelta(days=CONTACT_DAYS)


def _liken(found: dict[int, Group], portfolio: dict[int, int], viewer) -> None:
    """Note in each group how much of two managers' accounts is alike, segment by segment."""
    accounts = grouped(viewer).filter(owner__in=list(portfolio)).order_by()
    for segment, name in SEGMENTS.items():
        known: dict[int, dict] = defaultdict(dict)
        for owner, value, count in accounts.values_list("owner", segment).annotate(Count("pk")):
            if value not in ("", None):
                known[owner][value] = count
        for group in found.values():
            shares = [known[member.user_id] for member in group.members]
            pairs = [_overlap(a, b) for a, b in combinations(shares, 2) if a and b]
            group.alike.append((str(name), sum(pairs) / len(pairs) if pairs else None))


def _overlap(one: dict, other: dict) -> float:
    """Return how much of two distributions is the same, 0 to 1: the sum of the smaller shares."""
    all_one, all_other = sum(one.values()), sum(other.values())
    return sum(
        min(count / all_one, other[value] / all_other)
        for value, count in one.items()
        if value in other
    )
