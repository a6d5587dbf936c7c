"""Who decides a request for another tier.

A director who is not the asker and whose post would cover the account also without anything that
the asker changed since LOOKED_BACK days before asking: posts given or moved to another region,
the region of the account, the judge's roles and log-in, the tree of regions.

Deputies and team members decide nothing, so naming them makes no judge either.
"""

import datetime as dt

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from customers import access
from customers.models import Event, Region
from lifecycle.models import TierRequest

LOOKED_BACK = 180  # days; as long as contacts count for a tier (the design, §3)


def owes_standing(judge, asked: TierRequest) -> bool:
    """Say whether a director judges a request only thanks to what its asker changed.

    judge  whose post covers the account, as TierRequest.objects.judged_by says
    """
    if asked.asked_by_id is None:
        return False
    since = asked.asked_at - dt.timedelta(days=LOOKED_BACK)
    if _administered(judge, asked.asked_by_id, since):
        return True
    own = Event.objects.filter(actor=asked.asked_by_id, at__gte=since)
    posts = own.filter(
        Q(kind="post.added") | Q(changes__has_key="holder") | Q(changes__has_key="region"),
        kind__startswith="post.",
    )
    given = {subject.get("post") for subject in posts.values_list("subject", flat=True)}
    moves = own.filter(
        kind="account.changed", account=asked.account_id, changes__has_key="region"
    ).values_list("changes", flat=True)
    regions = {changes["region"][0] for changes in moves}
    regions |= {asked.region_id, asked.account.region_id}
    return not access.posts_cover(judge, regions, without=given)


def _administered(judge, asker: int, since: dt.datetime) -> bool:
    """Say whether the asker changed the judge's roles or the regions by administration."""
    done = LogEntry.objects.filter(user=asker, action_time__gte=since)
    kinds = ContentType.objects.get_for_models(get_user_model(), Region)
    return done.filter(
        Q(content_type=kinds[get_user_model()], object_id=str(judge.pk))
        | Q(content_type=kinds[Region])
    ).exists()
