"""The form of a goal."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from churn.models import Goal
from customers import access
from customers.contact_form import DAY
from customers.models import Region
from customers.versioned_forms import VersionedForm


class HundredthsField(forms.DecimalField):
    """A percentage or points of NPS, with at most two decimals; its value is in hundredths."""

    def __init__(self, **kwargs):
        super().__init__(max_digits=5, decimal_places=2, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return str(Decimal(value) / 100) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return None if number is None else int(number * 100)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class GoalForm(VersionedForm):
    """Which figure of which accounts, from where to where, by when."""

    baseline = HundredthsField(
        label=_("Baseline"), help_text=_("Percent, or points of NPS: where it stands now.")
    )
    target = HundredthsField(label=_("Target"))

    class Meta:
        model = Goal
        fields = ("metric", "value_class", "tier", "region", "since", "due")
        widgets = {"metric": forms.RadioSelect, "since": DAY, "due": DAY}
        labels = {"value_class": _("Class"), "tier": _("Tier"), "region": _("Region")}

    field_order = (
        "metric", "value_class", "tier", "region", "baseline", "target", "since", "due"
    )  # fmt: skip

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["metric"].choices = Goal.Metric.choices
        covered = access.regions_given_by(user) if access.may_direct(user) else []
        regions = Region.objects.order_by("name", "pk")
        fields["region"].queryset = regions if covered is None else regions.filter(pk__in=covered)
        fields["region"].required = covered is not None
        fields["region"].empty_label = _("All regions")
        for name, all_of_them in (("value_class", _("All classes")), ("tier", _("All tiers"))):
            fields[name].choices = [("", all_of_them), *(c for c in fields[name].choices if c[0])]
        for name in ("since", "due"):
            fields[name].input_formats = ["%Y-%m-%d"]
        if self.instance.pk is not None:
            for name in ("baseline", "target"):
                self.initial[name] = getattr(self.instance, name)

    def drawn_anew(self, stored):
        """Return an unbound form of the row as it is stored now."""
        return type(self)(instance=stored, user=self.user)

    def in_words(self, name: str, value: Any) -> str:
        """Return a value of a field as people read it."""
        if name in ("baseline", "target"):
            return self.fields[name].prepare_value(value)
        if name == "region":
            return str(value or "")
        return super().in_words(name, value)
