"""What search reads: the texts of accounts, people, log entries and next steps, folded."""

from django.db import models

from customers.models.accounts import Account, AccountScopedQuerySet
from customers.models.contacts import Contact
from customers.models.interactions import Interaction, NextStep


class SearchText(models.Model):
    """The texts of one row as search compares them; written by customers.search alone.

    A row that changes gets a new id, so that the ids tell what changed last. One of `contact`,
    `entry` and `step` says whose texts they are; with none of them they are the account's own.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "account"
        CONTACT = "contact"
        ENTRY = "entry"
        STEP = "step"

    kind = models.CharField(max_length=8, choices=Kind)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    contact = models.OneToOneField(Contact, models.CASCADE, null=True, related_name="+")
    entry = models.OneToOneField(Interaction, models.CASCADE, null=True, related_name="+")
    step = models.OneToOneField(NextStep, models.CASCADE, null=True, related_name="+")
    text = models.TextField()  # one line per text
    # Parts of two and three letters, which the database indexes; see customers.search.tokens.
    tokens = models.TextField()

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(kind="account"), name="search_text_account"
            )
        ]
        indexes = [models.Index(fields=["kind", "id"], name="search_text_newest")]

    def __str__(self):
        return f"{self.kind} {self.text[:40]}"
