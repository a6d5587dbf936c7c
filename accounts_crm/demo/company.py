"""The demo company as a whole: what is made in which order, in one transaction."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model

from accounts_crm.demo import (
    accounts,
    competence,
    contacts,
    defections,
    facts,
    happened,
    joint,
    linkage,
    log,
    orders,
    people,
    rates,
    rows,
    search,
    stages,
    teams,
    tiers,
)
from accounts_crm.demo.regions import make_regions
from accounts_crm.demo.sheets import sheet
from customers import last_contact
from customers.models import (
    Account,
    Complaint,
    Contact,
    Event,
    ExchangeRate,
    Interaction,
    NextStep,
    OrderLine,
    PurchasePotential,
    Region,
    SatisfactionScore,
    SearchText,
)
from lifecycle.models import Interruption, InterruptionCause, OpenBook, StageMove
from teams.models import (
    Competence,
    CompetenceAnswer,
    JointGroup,
    JointMeeting,
    Post,
    TeamMember,
    TrainingGoal,
    User,
)

WRITTEN_ACCOUNTS = len(sheet("accounts"))
ORDER_LINES = 25_000
INTERACTIONS_AN_ACCOUNT = 10
FILLED: list[type[Model]] = [
    Account,
    Competence,
    CompetenceAnswer,
    Complaint,
    Contact,
    Event,
    ExchangeRate,
    Interaction,
    Interaction.ours.through,
    Interaction.theirs.through,
    Interruption,
    InterruptionCause,
    JointGroup,
    JointGroup.ours.through,
    JointGroup.theirs.through,
    JointMeeting,
    NextStep,
    OpenBook,
    OrderLine,
    Post,
    PurchasePotential,
    Region,
    SatisfactionScore,
    StageMove,
    TeamMember,
    TrainingGoal,
    User,
    User.groups.through,
]
LARGE: list[type[Model]] = [
    Contact,
    Interaction,
    Interaction.ours.through,
    Interaction.theirs.through,
    NextStep,
    OrderLine,
]


@dataclass(frozen=True)
class Size:
    """How much of a company is wanted."""

    accounts: int = WRITTEN_ACCOUNTS
    order_lines: int = ORDER_LINES
    interactions: int | None = None  # None: in proportion to the accounts

    @property
    def entries(self) -> int:
        return (
            INTERACTIONS_AN_ACCOUNT * self.accounts
            if self.interactions is None
            else self.interactions
        )


def is_demo() -> bool:
    """Say whether the demo company is what this database holds."""
    first = sheet("accounts")[0]["name"]
    return Account.objects.filter(code="K000001", name=first).exists()


def in_the_way() -> list[str]:
    """Return what this database holds that a demo company could not stand beside."""
    names = [row["username"] for row in sheet("colleagues")]
    found = {
        "accounts": Account.objects.exists(),
        "order lines": OrderLine.objects.exists(),
        "exchange rates": ExchangeRate.objects.exists(),
        "users of the same names": User.objects.filter(username__in=names).exists(),
    }
    return [what for what, there in found.items() if there]


@transaction.atomic
def make_company(
    size: Size,
    *,
    seed: int,
    password: str,
    today: dt.date,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> None:
    """Write the whole company; the same rows for the same size, seed and day.

    progress  is called with what is written, how many rows more, and of how many
    Raises UnknownReporting for a reporting currency without a rate.
    """
    if not Group.objects.exists():
        raise ValueError("The roles are missing: run the migrations first.")
    book_of_rates = rates.make_rates(seed, today)
    places = make_regions()
    users = people.make_people(seed, size.accounts - WRITTEN_ACCOUNTS, password, today)
    people.make_posts(users, places, today)
    book = accounts.make_book(seed, size.accounts, users, places)
    accounts.write(book, today, seed)
    moods = log.moods_of(book)
    teams.make_teams(seed, book, users, today)
    stages.make_stages(seed, book, today)
    with rows.checked_at_the_end(LARGE):
        theirs = contacts.make_contacts(seed, book, moods, today)
        log.make_log(
            seed,
            book,
            theirs,
            users,
            size.entries,
            today,
            lambda more: progress("log entries", more, size.entries),
        )
        last_contact.recount()
        revenue = orders.make_orders(
            seed,
            book,
            book_of_rates,
            size.order_lines,
            today - dt.timedelta(days=1),
            lambda more: progress("order lines", more, size.order_lines),
        )
    joint.make_joint_work(seed, book, theirs, users, today)
    facts.make_complaints(seed, book, moods, today)
    facts.make_satisfaction(seed, book, moods, today)
    facts.make_potentials(seed, book, revenue, book_of_rates, today)
    facts.make_receivables(book, today)
    facts.make_sightings(book, today)
    rows.reset_sequences(FILLED)
    tiers.make_requests(book, users, today)
    tiers.make_classification(seed, book, today)
    defections.make_defections(book, users, today)
    linkage.make_linkage(book, users, today)
    competence.make_competence(users, today)
    happened.make_events(users, today)
    search.make_texts(progress)
    rows.reset_sequences([Event, SearchText])
