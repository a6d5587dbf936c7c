"""Facts about accounts: orders, rates, complaints, satisfaction, potential, payment, competitors.

Amounts ending in `_minor` are whole minor units of the row's currency; `revenue` and `cost` are
minor units of the reporting currency, null where no exchange rate is known.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.accounts import Account, AccountScopedQuerySet


class OrderLine(models.Model):
    """One line of an order; known everywhere by (source, order, line)."""

    source = models.CharField(max_length=64)
    order_id = models.CharField(max_length=64)
    line_id = models.CharField(max_length=64)
    account = models.ForeignKey(Account, models.PROTECT, related_name="order_lines", db_index=False)
    date = models.DateField()
    product = models.CharField(max_length=120, blank=True)
    category = models.CharField(max_length=120, blank=True)
    quantity = models.DecimalField(max_digits=15, decimal_places=3, null=True, blank=True)
    currency = models.CharField(max_length=3)
    revenue_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField(null=True, blank=True)
    revenue = models.BigIntegerField(null=True, blank=True)
    cost = models.BigIntegerField(null=True, blank=True)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "order_id", "line_id"], name="order_line_identity"
            )
        ]
        indexes = [models.Index(fields=["account", "date"], name="order_line_account_date")]

    def __str__(self):
        return f"{self.source}/{self.order_id}/{self.line_id}"


def reporting_currency() -> str:
    """Return the currency that rates lead to unless they say otherwise."""
    return settings.REPORTING_CURRENCY


class ExchangeRate(models.Model):
    """Units of the reporting currency per unit of a currency, valid for one month."""

    month = models.DateField()  # its first day
    currency = models.CharField(max_length=3)
    # A rate into one currency says nothing of another: it is out of use while that one reports.
    into = models.CharField(max_length=3, default=reporting_currency)
    # 15 digits are what SQLite keeps exactly of a number with a point.
    rate = models.DecimalField(max_digits=15, decimal_places=9)

    class Meta:
        ordering = ["month", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "currency", "into"], name="rate_month_currency_into"
            ),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="rate_positive"),
        ]

    def __str__(self):
        return f"{self.currency} {self.month:%Y-%m}: {self.rate}"


class Complaint(models.Model):
    """What a customer complained of."""

    class Category(models.TextChoices):
        QUALITY = "quality", _("Quality")
        DELIVERY = "delivery", _("Delivery")
        SERVICE = "service", _("Service")
        PRICE = "price", _("Price")
        INVOICE = "invoice", _("Invoice")

    class Severity(models.IntegerChoices):
        MINOR = 1, _("1, minor")
        MAJOR = 2, _("2, major")
        CRITICAL = 3, _("3, critical")

    account = models.ForeignKey(Account, models.CASCADE, related_name="complaints")
    category = models.CharField(_("category"), max_length=10, choices=Category)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity)
    opened_on = models.DateField(_("opened on"))
    resolved_on = models.DateField(_("resolved on"), null=True, blank=True)
    text = models.TextField(_("complaint"), max_length=20_000)
    source = models.CharField(_("source"), max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-pk"]
        indexes = [models.Index(fields=["account", "opened_on"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(resolved_on__isnull=True)
                | models.Q(resolved_on__gte=models.F("opened_on")),
                name="complaint_resolved_after_opened",
            ),
            models.CheckConstraint(
                condition=models.Q(severity__gte=1, severity__lte=3),
                name="complaint_severity_1_to_3",
            ),
        ]

    def __str__(self):
        return f"{self.get_category_display()}, {self.opened_on}"


class SatisfactionScore(models.Model):
    """How likely a customer is to recommend us, 0 to 10, on a date."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="satisfaction")
    score = models.PositiveSmallIntegerField(_("score"))
    date = models.DateField(_("date"))
    source = models.CharField(_("source"), max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-pk"]
        indexes = [models.Index(fields=["account", "date"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=10), name="satisfaction_0_to_10"
            )
        ]

    def __str__(self):
        return f"{self.score}, {self.date}"


class PurchasePotential(models.Model):
    """What a customer buys per year of what we could sell, from all suppliers."""

    class Certainty(models.TextChoices):
        GUESS = "guess", _("Guess")
        ESTIMATE = "estimate", _("Estimate")
        CONFIRMED = "confirmed", _("Confirmed by the customer")

    account = models.ForeignKey(Account, models.CASCADE, related_name="potentials")
    date = models.DateField(_("date"))
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("purchases per year"))
    amount = models.BigIntegerField(null=True, blank=True)  # reporting currency
    certainty = models.CharField(
        _("certainty"), max_length=10, choices=Certainty, default=Certainty.ESTIMATE
    )
    source = models.CharField(_("source"), max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-pk"]
        indexes = [models.Index(fields=["account", "date"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="potential_positive"
            )
        ]

    def __str__(self):
        return f"{self.amount_minor} {self.currency}, {self.date}"


class Receivable(models.Model):
    """An invoice that a customer owes, or trouble with its credit; open until settled."""

    class Type(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_HOLD = "credit_hold", _("Credit hold")
        INSOLVENCY = "insolvency", _("Insolvency notice")

    account = models.ForeignKey(Account, models.CASCADE, related_name="receivables")
    type = models.CharField(_("what it is"), max_length=11, choices=Type)
    reference = models.CharField(_("number or reference"), max_length=64, blank=True)
    issued_on = models.DateField(_("dated"))
    # Of an invoice alone; an amount may stand at any.
    due_on = models.DateField(_("due on"), null=True, blank=True)
    amount_minor = models.BigIntegerField(_("amount"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    settled_on = models.DateField(_("paid or lifted on"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    source = models.CharField(_("source"), max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-pk"]
        indexes = [
            models.Index(fields=["account", "issued_on"]),
            models.Index(fields=["settled_on"]),  # each night looks for the open ones of all
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    type="invoice",
                    amount_minor__isnull=False,
                    due_on__isnull=False,
                    due_on__gte=models.F("issued_on"),
                )
                | ~models.Q(type="invoice") & models.Q(due_on__isnull=True),
                name="receivable_invoice_is_due",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__isnull=True) | models.Q(amount_minor__gt=0),
                name="receivable_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_on__isnull=True)
                | models.Q(settled_on__gte=models.F("issued_on")),
                name="receivable_settled_after_issued",
            ),
        ]

    def __str__(self):
        return f"{self.get_type_display()} {self.reference}".rstrip()


class CompetitorSighting(models.Model):
    """A competitor seen at a customer, and the share it is thought to have there."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="sightings")
    competitor = models.CharField(_("competitor"), max_length=200)
    seen_on = models.DateField(_("seen on"))
    # Null is unknown, which 0 is not.
    share = models.PositiveSmallIntegerField(_("estimated share, %"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    source = models.CharField(_("source"), max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_on", "-pk"]
        indexes = [models.Index(fields=["account", "seen_on"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share__isnull=True) | models.Q(share__gte=0, share__lte=100),
                name="sighting_share_0_to_100",
            )
        ]

    def __str__(self):
        return f"{self.competitor}, {self.seen_on}"
