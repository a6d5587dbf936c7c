"""Our people around an account: its manager, its team of today, and whoever else is named."""

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from customers.models import Account


def colleagues_of(account: Account | None, *always) -> QuerySet:
    """Return the account's manager and team and the people named, those who left too.

    Who left cannot be given anything to do, but may have been there.
    """
    people = Q(pk__in=[person.pk for person in always])
    if account is not None:
        today = timezone.localdate()
        team = account.team.filter(since__lte=today).exclude(until__lt=today)
        people |= Q(pk=account.owner_id) | Q(pk__in=team.values("user"))
    return get_user_model().objects.filter(people).order_by("name", "pk")
