"""What a page says, without its tags."""

import re


def text(answer) -> str:
    """Return the words of an answer, one space between two."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())
