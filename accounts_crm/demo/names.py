"""Names of people and companies, made from parts; no real firm's name."""

import unicodedata

import numpy as np

from accounts_crm.demo.sheets import sheet, strings

ENDINGS = ["", " Works", " Systems", " Industries", " Group"]


def people(draw: np.random.Generator, scripts: np.ndarray) -> tuple[list[str], list[str]]:
    """Return names and other names for people of these scripts; other is the Latin one of 中文."""
    names, others = strings([""] * len(scripts)), strings([""] * len(scripts))
    for row in sheet("person_names"):
        where = np.flatnonzero(scripts == row["script"])
        first, last = _parts(row["first"]), _parts(row["last"])
        one = draw.integers(0, len(first), len(where))
        two = draw.integers(0, len(last), len(where))
        if row["script"] == "zh":
            names[where] = [last[b][0] + first[a][0] for a, b in zip(one, two, strict=True)]
            others[where] = [f"{last[b][1]} {first[a][1]}" for a, b in zip(one, two, strict=True)]
        else:
            names[where] = [f"{first[a][0]} {last[b][0]}" for a, b in zip(one, two, strict=True)]
    return names.tolist(), others.tolist()


def companies(
    draw: np.random.Generator, scripts: np.ndarray, industries: np.ndarray
) -> tuple[list[str], list[str]]:
    """Return names and other names for companies: Chinese ones for zh, made-up words elsewhere."""
    names, others = strings([""] * len(scripts)), strings([""] * len(scripts))
    trades = sheet("industries")
    for row in sheet("company_names"):
        where = np.flatnonzero((scripts == "zh") == (row["script"] == "zh"))
        first, second = _parts(row["first"]), _parts(row["second"])
        one = draw.integers(0, len(first), len(where))
        two = draw.integers(0, len(second), len(where))
        end = draw.integers(0, len(ENDINGS), len(where))
        for at, a, b, e in zip(where, one, two, end, strict=True):
            trade = trades[industries[at]]
            word = first[a][1] + second[b][1]
            if row["script"] == "zh":
                names[at] = first[a][0] + second[b][0] + trade["zh"]
                others[at] = f"{word} {trade['en']}"
            else:
                names[at] = f"{word} {trade['en']}{ENDINGS[e]}"
    return names.tolist(), others.tolist()


def mailbox(name: str) -> str:
    """Return the local part of an address for a Latin name: Petra Nováková, petra.novakova."""
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("ł", "l"))
    letters = "".join(c for c in plain if c.isascii() and (c.isalpha() or c == " "))
    return letters.lower().replace(" ", ".")


def _parts(text: str) -> list[tuple[str, str]]:
    """Return (part, Latin spelling) pairs of a list such as 衡=Heng;澄=Cheng or Vel;Kesk."""
    pairs = (part.partition("=") for part in text.split(";"))
    return [(part, latin or part) for part, _sign, latin in pairs]
