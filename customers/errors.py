"""What an action answers when the product's rules forbid what was asked."""

from typing import Any


class Refused(Exception):
    """A change that the rules forbid; the message is for the user, in the user's language.

    field     name of the form or API field at fault, "" if it is none in particular
    conflict  {field: {"yours": ..., "theirs": ...}} where somebody else was quicker
    """

    def __init__(self, message: Any, *, field: str = "", conflict: dict | None = None):
        super().__init__(message)
        self.message = message
        self.field = field
        self.conflict = conflict or {}

    def __str__(self) -> str:
        return str(self.message)
