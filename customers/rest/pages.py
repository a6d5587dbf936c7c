"""Pages of a list."""

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination

MOST_ROWS = 500


class Pages(PageNumberPagination):
    """Pages of 50, or as many as asked for up to 500."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = MOST_ROWS

    def paginate_queryset(self, queryset, request, view=None):
        whole_number(request, self.page_query_param)
        return super().paginate_queryset(queryset, request, view)

    def get_page_size(self, request):
        return page_size(request, self.page_size)


def page_size(request, default: int) -> int:
    """Return the number of rows asked for. Raises ValidationError unless it is 1 to 500."""
    size = whole_number(request, "page_size")
    if size is not None and size > MOST_ROWS:
        raise ValidationError({"page_size": [_("Ask for at most 500 rows at a time.")]})
    return size or default


def whole_number(request, name: str, least: int = 1) -> int | None:
    """Return a query parameter as a number; None without. Raises ValidationError below `least`."""
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text) >= least):
        message = _("Give a whole number from %(least)s up.") % {"least": least}
        raise ValidationError({name: [message]})
    return int(text)
