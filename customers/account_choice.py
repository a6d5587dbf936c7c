"""Finding the account that a person means, by a few letters or by habit."""

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from customers.models import Account, Interaction

# Enough of a person's latest entries to find a handful of accounts among them.
LOOK_BACK = 40


def matching(accounts: QuerySet, text: str) -> QuerySet:
    """Return the accounts whose name or code holds a text, those that begin with it first."""
    begins = Q(name__istartswith=text) | Q(other_name__istartswith=text) | Q(code__iexact=text)
    return (
        accounts.filter(
            Q(name__icontains=text) | Q(other_name__icontains=text) | Q(code__icontains=text)
        )
        .annotate(
            closeness=Case(When(begins, then=Value(0)), default=1, output_field=IntegerField())
        )
        .order_by("closeness", "name", "pk")
    )


def recent(accounts: QuerySet, person, limit: int) -> list[Account]:
    """Return the accounts a person was lately in contact with, filled up by name."""
    latest = (
        Interaction.objects.filter(author=person)
        .order_by("-at")
        .values_list("account", flat=True)[:LOOK_BACK]
    )
    order = {pk: place for place, pk in enumerate(dict.fromkeys(latest))}
    known = sorted(accounts.filter(pk__in=order), key=lambda account: order[account.pk])[:limit]
    if len(known) < limit:
        rest = accounts.exclude(pk__in=order).order_by("name", "pk")
        known += rest[: limit - len(known)]
    return known
