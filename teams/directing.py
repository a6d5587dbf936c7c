"""Whose post covers an account: the directors who hear of what its people leave unanswered."""

from collections import defaultdict
from collections.abc import Iterable

from customers.access import Role
from customers.models import Account, Region
from teams.models import Post


def directors_of(accounts: Iterable[int | None]) -> dict[int | None, set[int | None]]:
    """Return, by account, the directors whose post lies nearest above it; none where none does.

    Nearest: in the account's region, or else in one above it, or else a post for every region.
    Nobody directs an account of his own.
    """
    posts = Post.objects.filter(until=None, holder__is_active=True)
    holders: defaultdict[int | None, set[int | None]] = defaultdict(set)
    for region, holder in posts.filter(holder__groups__name=Role.DIRECTOR).values_list(
        "region", "holder"
    ):
        holders[region].add(holder)
    above = dict(Region.objects.values_list("pk", "parent"))
    found: dict[int | None, set[int | None]] = {}
    rows = Account.objects.filter(pk__in=set(accounts)).values_list("pk", "region", "owner")
    for account, region, owner in rows.order_by("pk"):
        place: int | None = region
        while place is not None and not holders.get(place, set()) - {owner}:
            place = above[place]
        found[account] = holders.get(place, set()) - {owner}
    return found
