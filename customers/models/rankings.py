"""The rows of the nightly value ranking."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.accounts import Account, AccountScopedQuerySet


class RankingQuerySet(AccountScopedQuerySet):
    """Rankings; readers take the run from NightlyRun.objects.published_for."""

    def of_run(self, run_id: int | None, scope: str = "account"):
        return self.filter(run=run_id, scope=scope)


class Ranking(models.Model):
    """An account's, or a group's, place in one run's 80/20 ranking."""

    class Scope(models.TextChoices):
        ACCOUNT = "account", _("Account")
        GROUP = "group", _("Group")

    class Class(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"
        N = "N", "N"

    # By name: the run stands at the roof.
    run = models.ForeignKey("accounts_crm.NightlyRun", models.CASCADE, related_name="rankings")
    scope = models.CharField(max_length=8, choices=Scope)
    account = models.ForeignKey(Account, models.CASCADE, related_name="rankings")
    # The top of the account's chain when the run was made.
    top = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveIntegerField()  # 1, 2, 3 in list order, no ties
    rank = models.PositiveIntegerField()
    value = models.BigIntegerField()  # minor units of the run's currency
    # Sum of the positive values up to and including this one; null for class N.
    cumulative = models.BigIntegerField(null=True)
    value_class = models.CharField(max_length=1, choices=Class)

    objects = RankingQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "scope", "account"], name="ranking_once"),
        ]
        indexes = [
            models.Index(fields=["run", "scope", "position"]),
            models.Index(
                fields=["run", "top"], condition=models.Q(scope="account"), name="ranking_top"
            ),
        ]

    def __str__(self):
        return f"{self.rank} ({self.value_class})"
