"""The parts by which a database finds a text that holds a word, anywhere in it.

Scripts without spaces are cut into pairs, all others into threes; the ends of a run give shorter
parts. So each part of a word is a part of the index, and a single letter or character is the
beginning of one. What is found so is compared once more with the text itself.
"""

import re

_DENSE = re.compile(r"[^\W\x00-\u2e7f]+")  # Chinese, Japanese, Korean
_THIN = re.compile(r"[^\W_\u2e80-\U0010ffff]+")
_RUNS = ((_DENSE, 2), (_THIN, 3))


def kind_token(kind: str) -> str:
    """Return the part that stands for a kind of row; longer than any other."""
    return f"kind{kind}"


def tokens(text: str, kind: str) -> str:
    """Return the parts of a folded text, each once, with a space between."""
    found = {kind_token(kind)}
    for runs, length in _RUNS:
        for run in runs.findall(text):
            found.update(run[at : at + length] for at in range(len(run)))
    return " ".join(sorted(found))


def asked(words: list[str]) -> dict[str, bool]:
    """Return the parts that a text with these folded words has: part -> whether it is whole."""
    parts: dict[str, bool] = {}
    for word in words:
        for runs, length in _RUNS:
            for run in runs.findall(word):
                if len(run) < length:
                    parts.setdefault(run, False)
                for at in range(len(run) - length + 1):
                    parts[run[at : at + length]] = True
    return parts


def full_text_query(words: list[str], kind: str) -> str:
    """Return the query in the words of SQLite's FTS5."""
    whole = [f'"{part}"' if exact else f'"{part}" *' for part, exact in asked(words).items()]
    return " AND ".join([*whole, f'"{kind_token(kind)}"'])


def vector_query(words: list[str], kind: str) -> str:
    """Return the query in the words of PostgreSQL's tsquery."""
    whole = [f"'{part}'" if exact else f"'{part}':*" for part, exact in asked(words).items()]
    return " & ".join([*whole, f"'{kind_token(kind)}'"])
