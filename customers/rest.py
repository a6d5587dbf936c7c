"""What every API resource shares (see the API helper)."""

from rest_framework.pagination import PageNumberPagination
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import exception_handler


class Pages(PageNumberPagination):
    """Pages of 50, or as many as asked for up to 500."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500


class PersonThrottle(UserRateThrottle):
    """Limit calls per person or, before log-in, per address."""

    scope = "person"


def answer_error(exc, context):
    """Turn an exception into the API's error answer."""
    return exception_handler(exc, context)
