"""The first rows of a long list, which knows that it was cut."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet


class Cut(list):
    """The first `most` rows; `more` says that there are others."""

    def __init__(self, rows: Sequence | QuerySet[Any], most: int):
        first = list(rows[: most + 1])
        super().__init__(first[:most])
        self.more = len(first) > most
