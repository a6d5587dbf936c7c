"""One form for all spellings of a text: full and half width, case, accents."""

import re
import unicodedata

MOST_WORDS = 8
LONGEST = 100  # characters of a query that count

_WORD = re.compile(r"[^\W_]")


class _Table(dict):
    """Folds a character when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if unicodedata.category(char).startswith(("C", "Z")):
            folded = " "
        else:
            plain = unicodedata.normalize("NFKC", char).casefold()
            apart = unicodedata.normalize("NFKD", plain)
            bare = "".join(part for part in apart if unicodedata.category(part) != "Mn")
            folded = unicodedata.normalize("NFC", bare)
        self[code] = folded
        return folded


_TABLE = _Table()


def fold(text: str) -> str:
    """Return a text as search compares it, without line breaks."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_TABLE).split())


def folded_characters(text: str) -> list[str]:
    """Return what each character of a text, itself in NFC, folds to."""
    return [_TABLE[ord(char)] for char in text]


def words_of(query: str) -> list[str]:
    """Return the words of a query, those without a letter or digit left out."""
    words = fold(query[:LONGEST]).split()
    return list(dict.fromkeys(word for word in words if _WORD.search(word)))[:MOST_WORDS]
