"""The API's schema: every error answer and header that holds for all resources."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

SAFE = ("GET", "HEAD")
DESCRIPTIONS = {
    "400": "Wrong in shape; every field at fault is named.",
    "401": "No token, or not one of ours that is still good.",
    "403": "Yours to read, but not to change; or outside the token's scopes.",
    "404": "Not there, or not for you to see.",
    "409": "Against the rules, or changed by somebody else meanwhile: then with both values.",
    "413": "More than one call may carry.",
    "415": "Send application/json.",
    "422": "The Idempotency-Key was used for another request.",
    "429": "Too many calls; Retry-After says how many seconds to wait.",
}


class BothValuesSerializer(serializers.Serializer):
    """A field's value as you sent it and as it is."""

    yours = serializers.JSONField(allow_null=True)
    theirs = serializers.JSONField(allow_null=True)


class ConflictSerializer(serializers.Serializer):
    """What somebody else changed meanwhile."""

    version = serializers.IntegerField(help_text="The version that now holds.")
    fields: Any = serializers.DictField(child=BothValuesSerializer())


class ErrorSerializer(serializers.Serializer):
    """What is wrong."""

    detail = serializers.CharField()
    errors: Any = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Messages by field, nested ones as next_step.due.",
    )


class RefusalSerializer(ErrorSerializer):
    """What the rules forbid, or who was quicker."""

    conflict = ConflictSerializer(required=False)


class Schema(AutoSchema):
    """Adds the answers and headers that no resource declares by itself."""

    def get_override_parameters(self):
        if self.method in SAFE:
            return []
        parameters = [
            OpenApiParameter(
                "Idempotency-Key",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                pattern=r"^[\x21-\x7e]{1,200}$",
                description="Your name for this call: sent again, it changes nothing more.",
            )
        ]
        if self.method == "PATCH":
            parameters.append(
                OpenApiParameter(
                    "If-Match",
                    OpenApiTypes.STR,
                    OpenApiParameter.HEADER,
                    description="The ETag of what you read; or send `version` in the body.",
                )
            )
        return parameters

    def _get_response_bodies(self, direction="response"):
        answers = super()._get_response_bodies(direction)
        for code in self._error_codes():
            serializer = RefusalSerializer if code == "409" else ErrorSerializer
            described = OpenApiResponse(serializer, description=DESCRIPTIONS[code])
            answers.setdefault(code, self._get_response_for_code(described, code))
        return answers

    def _error_codes(self) -> list[str]:
        if self.method not in SAFE:
            return list(DESCRIPTIONS)
        return ["400", "401", "403", "404", "429"]
