"""Serializers that store what was sent or refuse it, and leave nothing out in silence."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext as _
from rest_framework import serializers

from customers.rest.fields import Day, Moment


class Strict(serializers.Serializer):
    """Names unknown fields, and read-only ones sent with another value than they have."""

    def to_internal_value(self, data):
        faults = self._strays(data) if isinstance(data, Mapping) else {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            faults = {**error.detail, **faults}
        if faults:
            raise serializers.ValidationError(faults)
        return values

    def _strays(self, data: Mapping) -> dict[str, list[str]]:
        faults = {}
        shown: dict | None = None
        for name in data:
            field = self.fields.get(name)
            if field is None:
                faults[str(name)[:100]] = [_("There is no such field.")]
            elif field.read_only:
                # A client may send back what it read.
                if self.instance is not None and shown is None:
                    shown = self.to_representation(self.instance)
                if shown is None or shown[name] != data[name]:
                    faults[name] = [_("This field is read-only.")]
        return faults


class RowSerializer(Strict, serializers.ModelSerializer):
    """A row of ours: dates of our times, uniqueness left to the actions, a version to edit by."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateField: Day,
        models.DateTimeField: Moment,
    }

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)

    def get_validators(self):
        return []

    def build_standard_field(self, field_name, model_field):
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        kwargs.pop("validators", None) if model_field.unique else None
        return field_class, kwargs

    def _strays(self, data):
        faults = super()._strays(data)
        if self.instance is None:
            if "version" in data:
                faults["version"] = [_("This field is read-only.")]
        elif "version" not in data and self.context.get("if_match") is None:
            faults["version"] = [
                _("Say which version you read: in If-Match, or as the field version.")
            ]
        return faults

    def validate(self, values):
        read = self.context.get("if_match")
        if self.instance is not None and read and values.setdefault("version", read) != read:
            raise serializers.ValidationError(
                {"version": [_("If-Match and version differ. Send one of them.")]}
            )
        return values
