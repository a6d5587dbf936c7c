"""Complaints, satisfaction, potential, payment and competitors, as the stories have them."""

import datetime as dt

import numpy as np

from accounts_crm.demo import rows
from accounts_crm.demo.accounts import Book
from accounts_crm.demo.rates import CNY_PER, TRADED, Rates
from accounts_crm.demo.sheets import dice, sheet, strings
from customers.models import (
    CompetitorSighting,
    Complaint,
    PurchasePotential,
    Receivable,
    SatisfactionScore,
)

CATEGORIES = {"delivery": 38, "quality": 24, "service": 16, "invoice": 14, "price": 8}
CERTAINTIES = ["guess", "estimate", "confirmed"]
# Per account and year, by the mood of its story.
COMPLAINTS = {"good": 0.15, "calm": 0.25, "worry": 0.6, "lost": 0.7, "court": 0.0}
SCORE = {"good": 8.9, "calm": 8.0, "worry": 7.2, "lost": 6.5, "court": 7.5}
SCORE_NOW = {"good": 0.4, "calm": 0.0, "worry": -1.8, "lost": -3.0, "court": 0.0}


def make_complaints(seed: int, book: Book, moods: np.ndarray, today: dt.date) -> None:
    """Write complaints: the written ones, and resolved ones of the past for the rest."""
    draw = dice(seed, "complaints")
    said = []
    for row in sheet("complaints"):
        if (at := book.at(row["account"])) is not None:
            said.append((at, row))
    rate = np.array([COMPLAINTS[mood] for mood in moods]) * (np.array(book.kind) != "holding")
    whose = np.repeat(np.arange(len(book)), draw.poisson(3 * rate))
    count = len(whose)
    age = draw.integers(25, 1090, count)
    # Resolved within weeks; a few of the young ones are still open, none of them critical.
    took = (3 + draw.gamma(2.0, 11.0, count)).astype(int)
    kinds = np.array(list(CATEGORIES.values()), dtype=float)
    category = draw.choice(list(CATEGORIES), count, p=kinds / kinds.sum())
    severity = draw.choice([1, 2, 3], count, p=[0.62, 0.34, 0.04])
    severity = np.where((took >= age) & (severity == 3), 2, severity)
    texts = {
        (row["lang"] == "zh", row["category"]): row["text"] for row in sheet("complaint_texts")
    }
    chinese = book.scripts[whose] == "zh"
    opened = np.concatenate([[int(row["opened"]) for _at, row in said], age]).astype(int)
    done = [int(row["resolved"] or -1) for _at, row in said]
    resolved = np.concatenate([done, np.where(took < age, age - took, -1)]).astype(int)
    resolved_on = np.datetime64(today, "D") - resolved
    resolved_on[resolved < 0] = np.datetime64("NaT")
    total = len(said) + count
    first = rows.next_id(Complaint)
    rows.insert(
        Complaint,
        total,
        id=list(range(first, first + total)),
        account_id=[int(book.id[at]) for at, _row in said] + book.id[whose].tolist(),
        category=[row["category"] for _at, row in said] + category.tolist(),
        severity=[int(row["severity"]) for _at, row in said] + severity.tolist(),
        opened_on=np.datetime64(today, "D") - opened,
        resolved_on=resolved_on,
        text=[row["text"] for _at, row in said]
        + [texts[bool(zh), one] for zh, one in zip(chinese, category, strict=True)],
        source="service desk",
    )


def make_satisfaction(seed: int, book: Book, moods: np.ndarray, today: dt.date) -> None:
    """Write satisfaction scores of the last years for most accounts that trade."""
    draw = dice(seed, "satisfaction")
    asked = (draw.random(len(book)) < 0.6) & (book.course["stop"] < 3)
    whose = np.repeat(np.flatnonzero(asked), draw.integers(1, 5, int(asked.sum())))
    count = len(whose)
    nth = np.arange(count) - np.searchsorted(whose, whose)
    age = np.minimum(nth * 190 + draw.integers(20, 150, count), book.course["start"][whose] * 365)
    mood = moods[whose]
    level = np.array([SCORE[one] for one in mood])
    level = level + np.array([SCORE_NOW[one] for one in mood]) * (age < 200)
    score = np.clip(np.rint(level + draw.normal(0, 0.8, count)), 0, 10).astype(int)
    first = rows.next_id(SatisfactionScore)
    rows.insert(
        SatisfactionScore,
        count,
        id=list(range(first, first + count)),
        account_id=book.id[whose],
        score=score,
        date=np.datetime64(today, "D") - np.maximum(1, age.astype(int)),
        source=strings(["yearly survey", "after a service visit"])[(nth % 2).astype(int)],
    )


def make_potentials(
    seed: int, book: Book, revenue: np.ndarray, rates: Rates, today: dt.date
) -> None:
    """Write what customers could buy per year, from the share we are said to have.

    revenue  of the last twelve months per account, CNY
    """
    draw = dice(seed, "potentials")
    known = np.flatnonzero(~np.isnan(book.share) & (revenue > 0))
    count = len(known)
    amount = revenue[known] / book.share[known]
    currency = np.array([TRADED.index(book.currency[at]) for at in known], dtype=int)
    # People name round figures: two digits.
    digits = 10 ** np.floor(np.log10(amount) - 1)
    yuan = np.rint(amount / digits) * digits
    minor = np.rint(yuan / np.array([CNY_PER[code] for code in TRADED])[currency]).astype(int)
    minor = np.maximum(1, minor // 1000) * 1000 * 100
    date = np.datetime64(today, "D") - draw.integers(15, 420, count)
    first = rows.next_id(PurchasePotential)
    rows.insert(
        PurchasePotential,
        count,
        id=list(range(first, first + count)),
        account_id=book.id[known],
        date=date,
        currency=strings(TRADED)[currency],
        amount_minor=minor,
        amount=rates.convert(minor, currency, date),
        certainty=draw.choice(
            ["guess", "estimate", "confirmed"], count, p=[0.25, 0.55, 0.2]
        ).tolist(),
        source="account manager",
    )


def make_receivables(book: Book, today: dt.date) -> None:
    """Write the written invoices and troubles with the credit."""

    def ago(days: str) -> dt.date:
        return today - dt.timedelta(days=int(days))

    Receivable.objects.bulk_create(
        Receivable(
            account_id=int(book.id[at]),
            type=row["type"],
            reference=row["reference"],
            issued_on=ago(row["dated"]),
            due_on=ago(row["due"]) if row["due"] else None,
            settled_on=ago(row["settled"]) if row["settled"] else None,
            amount_minor=int(row["amount"]) * 100 if row["amount"] else None,
            currency=book.currency[at],
            note=row["note"],
            source="ledger",
        )
        for row in sheet("receivables")
        if (at := book.at(row["account"])) is not None
    )


def make_sightings(book: Book, today: dt.date) -> None:
    """Write the written sightings of competitors."""
    CompetitorSighting.objects.bulk_create(
        CompetitorSighting(
            account_id=int(book.id[at]),
            competitor=row["competitor"],
            seen_on=today - dt.timedelta(days=int(row["days"])),
            share=int(row["share"]) if row["share"] else None,
            note=row["note"],
            source="account manager",
        )
        for row in sheet("sightings")
        if (at := book.at(row["account"])) is not None
    )
