"""The names that the list's filters offer: owners, regions, industries; and the cadences."""

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast

from customers import access
from customers.calendar import business_today
from customers.models import Account, Region
from lifecycle.models import TierPolicy
from teams.models import TeamMember, User

# Distinct industries in as many steps through the index as there are industries, however many
# accounts there are; neither database does this for DISTINCT by itself.
INDUSTRIES = """
    WITH RECURSIVE walk(industry) AS (
        SELECT MIN(industry) FROM customers_account WHERE industry > ''
        UNION ALL
        SELECT (SELECT MIN(a.industry) FROM customers_account a WHERE a.industry > walk.industry)
          FROM walk WHERE walk.industry IS NOT NULL
    )
    SELECT industry FROM walk WHERE industry IS NOT NULL
"""


@dataclass
class Vocabulary:
    """What a user may choose from, and how often each tier asks for contact."""

    owners: list[tuple[str, str]] = field(default_factory=list)
    members: list[tuple[str, str]] = field(default_factory=list)
    regions: list[tuple[str, str]] = field(default_factory=list)
    industries: list[tuple[str, str]] = field(default_factory=list)
    cadences: dict[str, int] = field(default_factory=dict)


def vocabulary(user, *, members: bool = False) -> Vocabulary:
    """Return the names found on the accounts a user sees; none of a hidden account.

    members  whether those of the team members are wanted too
    """
    words = Vocabulary()
    visible = Account.objects.visible_to(user).order_by()
    joined = TeamMember.objects.joined(business_today())
    if access.sees_all(user):
        owned = Account.objects.filter(owner=OuterRef("pk"))
        owners, regions = User.objects.filter(Exists(owned)), Region.objects.all()
        people = User.objects.filter(Exists(joined.filter(user=OuterRef("pk"))))
        words.industries = _all_industries()
    else:
        owners = User.objects.filter(pk__in=visible.values("owner"))
        regions = Region.objects.filter(pk__in=visible.values("region"))
        joined = joined.filter(account__in=visible.values("pk"))
        people = User.objects.filter(pk__in=joined.order_by().values("user"))
    lists = {"owner": words.owners, "member": words.members, "region": words.regions}
    # One round trip for what are a few short lists.
    rows = _words("owner", owners, "name").union(
        _words("region", regions, "name"),
        _words("cadence", TierPolicy.objects.all(), "tier", number="contact_every_days"),
        *([_words("member", people, "name")] if members else []),
        *_visible_industries(words, visible),
        all=True,
    )
    for kind, number, name in rows:
        if kind == "cadence":
            words.cadences[name] = number
        elif kind == "industry":
            words.industries.append((name, name))
        else:
            lists[kind].append((str(number), name))
    for names in (*lists.values(), words.industries):
        names.sort(key=lambda pair: pair[1].casefold())
    return words


def _words(kind: str, rows, name: str, number="pk"):
    return rows.order_by().values_list(
        Value(kind, output_field=CharField()), Cast(number, BigIntegerField()), name
    )


def _visible_industries(words: Vocabulary, visible) -> list:
    if words.industries:
        return []
    return [_words("industry", visible.exclude(industry=""), "industry", Value(0)).distinct()]


def _all_industries() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(INDUSTRIES)
        return [(name, name) for (name,) in cursor.fetchall()]
