"""The accounts: the written ones first, behind them as many made ones as are asked for."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from accounts_crm.demo import names, rows, shapes
from accounts_crm.demo.regions import Place, scattered
from accounts_crm.demo.sheets import dice, sheet, strings
from customers.models import Account

TIERS = ["ordinary", "partner", "strategic"]
STAGES = {  # by tier: how many of 100
    "ordinary": {"pre": 1, "early": 77, "mid": 20, "partnership": 2},
    "partner": {"early": 20, "mid": 58, "partnership": 21, "synergistic": 1},
    "strategic": {"mid": 35, "partnership": 45, "synergistic": 20},
}
CADENCE = {"ordinary": 60, "partner": 30, "strategic": 14}
POSITIONS = ["product", "product", "component", "end_user", "intermediary", "raw_material"]
# Yearly margin in CNY of a made account: half of them are above.
MEDIAN_VALUE = 350_000
SPREAD = 1.25


@dataclass
class Book:
    """All accounts, column by column; position 0 is the first written one."""

    id: np.ndarray
    name: list[str]
    other_name: list[str]
    parent: list[int | None]  # an id
    industry: list[str]
    city: list[str]
    place: list[Place]
    channel: list[str]
    position: list[str]
    status: list[str]
    tier: list[str]
    stage: list[str]
    owner: list[int | None]  # a user's id
    kind: list[str]  # of shapes.SHAPES
    currency: list[str]
    value: np.ndarray  # margin of a healthy year, CNY
    margin: np.ndarray  # as a part of the revenue
    share: np.ndarray  # of the wallet; NaN: no potential known
    quiet: np.ndarray  # days since the last contact; -1: none ever
    course: dict[str, np.ndarray]
    written: int

    def __len__(self) -> int:
        return len(self.name)

    @property
    def scripts(self) -> np.ndarray:
        return strings([place.script for place in self.place])

    @property
    def zones(self) -> np.ndarray:
        return np.array([shapes.ZONES.index(place.zone) for place in self.place])

    def at(self, name: str) -> int | None:
        """Return where a written account stands, None where the company is too small for it."""
        try:
            return self.name.index(name, 0, self.written)
        except ValueError:
            return None


def make_book(seed: int, count: int, people: dict[str, int], places: dict[str, Place]) -> Book:
    """Return the accounts, not yet written to the database."""
    written = sheet("accounts")[:count]
    more = count - len(written)
    draw = dice(seed, "accounts")
    made = _made(draw, more, people, places)
    first = rows.next_id(Account)
    ids = first + np.arange(count)
    by_name = {row["name"]: first + at for at, row in enumerate(written)}
    heads = [None if at < 0 else int(ids[len(written) + at]) for at in made["head"]]
    columns = {
        name: [row[source] for row in written] + made[name]
        for name, source in {
            "name": "name",
            "other_name": "other_name",
            "industry": "industry",
            "city": "city",
            "channel": "channel",
            "position": "position",
            "status": "status",
            "tier": "tier",
            "stage": "stage",
            "kind": "shape",
            "currency": "currency",
        }.items()
    }
    margin = np.clip(draw.normal(0.29, 0.05, count), 0.12, 0.45)
    margin[[kind == "loss" for kind in columns["kind"]]] = -0.06
    return Book(
        id=ids,
        parent=[by_name.get(row["parent"]) for row in written] + heads,
        place=[places[row["region"]] for row in written] + made["place"],
        owner=[people.get(row["owner"]) for row in written] + made["owner"],
        value=np.concatenate([[float(row["value"]) * 1e6 for row in written], made["value"]]),
        margin=margin,
        share=np.concatenate(
            [[float(row["share"] or "nan") / 100 for row in written], made["share"]]
        ),
        quiet=np.concatenate([[int(row["quiet"] or -1) for row in written], made["quiet"]]),
        course=shapes.courses(draw, columns["kind"], [int(row["held"] or 0) for row in written]),
        written=len(written),
        **columns,
    )


def _made(draw: np.random.Generator, count: int, people, places) -> dict:
    """Return the columns of made accounts."""
    trades = sheet("industries")
    shares = np.array(list(shapes.SHARES.values()), dtype=float)
    kind = draw.choice(list(shapes.SHARES), count, p=shares / shares.sum())
    never = kind == "prospect"
    place = [places[name] for name in scattered(draw, count)]
    industry = draw.integers(0, len(trades), count)
    name, other_name = names.companies(draw, strings([p.script for p in place]), industry)
    value = MEDIAN_VALUE * np.exp(SPREAD * draw.standard_normal(count))
    # Management looks at value, and at more than that.
    rank = np.argsort(np.argsort(-(np.log(value) + draw.normal(0, 0.6, count) - 9.0 * never)))
    tier = [TIERS[int(at < 0.15 * count) + int(at < 0.03 * count)] for at in rank]
    stage = strings([""] * count)
    for one, chances in STAGES.items():
        where = np.flatnonzero(np.array(tier) == one)
        stage[where] = draw.choice(list(chances), len(where), p=np.array([*chances.values()]) / 100)
    gone = np.isin(kind, ["defected", "lost"])
    lost = gone & (draw.random(count) < 0.7)
    cadence = np.array([CADENCE[one] for one in tier])
    waned = np.isin(kind, ["fading", "softening", "silent", "leaving", "complaint"])
    quiet = 1 + cadence * np.where(waned, draw.uniform(0.5, 3, count), draw.gamma(1.2, 0.5, count))
    quiet = np.where(gone, quiet + 150, quiet)
    quiet[draw.random(count) < np.where(never, 0.4, 0.06)] = -1
    # A few accounts head groups; members come behind their head, which leaves no room for circles.
    heads = np.flatnonzero(draw.random(count) < 0.03)
    before = np.searchsorted(heads, np.arange(count))
    member = (draw.random(count) < 0.1) & (before > 0)
    head = np.full(count, -1)
    head[member] = heads[(draw.random(member.sum()) * before[member]).astype(int)]
    managers = [pk for username, pk in people.items() if username.startswith("am")]
    owner = strings(managers or [None])[draw.integers(0, len(managers or [None]), count)]
    owner[draw.random(count) < 0.02] = None
    share = np.clip(draw.beta(2, 4, count), 0.03, 0.95)
    share[(draw.random(count) < 0.4) | never] = np.nan
    return {
        "name": name,
        "other_name": other_name,
        "industry": [trades[at]["industry"] for at in industry],
        "place": place,
        "city": [
            p.cities[int(at * len(p.cities))]
            for p, at in zip(place, draw.random(count), strict=True)
        ],
        "channel": np.where(draw.random(count) < 0.72, "direct", "dealer").tolist(),
        "position": draw.choice(POSITIONS, count).tolist(),
        "status": [
            "prospect" if a else "lost" if b else "active" for a, b in zip(never, lost, strict=True)
        ],
        "tier": tier,
        "stage": [
            "pre" if a else "interrupted" if b else str(c)
            for a, b, c in zip(never, gone, stage, strict=True)
        ],
        "kind": kind.tolist(),
        "currency": [p.currency for p in place],
        "value": value,
        "share": share,
        "quiet": quiet.astype(int),
        "head": head,
        "owner": owner.tolist(),
    }


def write(book: Book, today: dt.date, seed: int) -> None:
    """Write the accounts."""
    count = len(book)
    start = np.minimum(book.course["start"], 3)
    age = (start * 365).astype(int) + dice(seed, "opened").integers(20, 2500, count)
    age = np.where(book.course["start"] < 3, (start * 365).astype(int) + 30, age)
    opened = np.datetime64(today, "D") - age
    rows.insert(
        Account,
        count,
        id=book.id,
        code=[f"K{at:06}" for at in range(1, count + 1)],
        name=book.name,
        other_name=book.other_name,
        parent_id=book.parent,
        status=book.status,
        tier=book.tier,
        stage=book.stage,
        region_id=[place.id for place in book.place],
        industry=book.industry,
        channel=book.channel,
        position=book.position,
        city=book.city,
        owner_id=book.owner,
        created_at=opened.astype("M8[s]") + np.timedelta64(1, "h"),
    )
