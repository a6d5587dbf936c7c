"""Where in a shown text the words of a query stand."""

import unicodedata

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from customers.search.folding import folded_characters
from customers.search.readings import HAN

AROUND = 40  # characters shown before the first word of a long text
SHOWN = 140


def marked(text: str, words: list[str], readings: list[str] = ()) -> SafeString:  # type: ignore[assignment]
    """Return a text with the words lit up, escaped, and said to be Chinese where it is.

    readings  how a name is spoken; a word found only there lights up the characters it stands for
    """
    text = unicodedata.normalize("NFC", text)
    lit = [False] * len(text)
    for start, end in _spans(text, words) or _spoken(text, words, readings):
        lit[start:end] = [True] * (end - start)
    parts, at = [], 0
    while at < len(text):
        end = next((to for to in range(at, len(text)) if lit[to] != lit[at]), len(text))
        piece = conditional_escape(text[at:end])
        parts.append(format_html("<mark>{}</mark>", piece) if lit[at] else piece)
        at = end
    shown = mark_safe("".join(parts))
    return format_html('<span lang="zh-Hans">{}</span>', shown) if HAN.search(text) else shown


def excerpt(text: str, words: list[str]) -> SafeString:
    """Return the part of a long text in which the first word stands, with the words lit up."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    first = min((start for start, _end in _spans(text, words)), default=0)
    start = max(0, first - AROUND) if len(text) > SHOWN else 0
    part = text[start : start + SHOWN]
    shown = marked(part, words)
    before, after = "…" if start else "", "…" if start + SHOWN < len(text) else ""
    return format_html("{}{}{}", before, shown, after)


def _spans(text: str, words: list[str]) -> list[tuple[int, int]]:
    folded, origin = [], []
    for place, part in enumerate(folded_characters(text)):
        folded.append(part)
        origin += [place] * len(part)
    whole, spans = "".join(folded), []
    for word in words:
        at = whole.find(word)
        while at >= 0:
            spans.append((origin[at], origin[at + len(word) - 1] + 1))
            at = whole.find(word, at + len(word))
    return spans


def _spoken(text: str, words: list[str], readings: list[str]) -> list[tuple[int, int]]:
    spans = []
    for word in words:
        for reading in readings:
            at = reading.find(word)
            if at < 0:
                continue
            # Initials stand for one character each; of a full reading the name as a whole is lit.
            exact = len(reading) == len(text)
            spans.append((at, at + len(word)) if exact else (0, len(text)))
            break
    return spans
