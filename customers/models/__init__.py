"""The models of the ground floor, one file per noun."""

from customers.models.accounts import Account, AccountScopedQuerySet, Region, Stage, Tier
from customers.models.contacts import Contact, Function
from customers.models.events import Event
from customers.models.facts import (
    CompetitorSighting,
    Complaint,
    ExchangeRate,
    OrderLine,
    PurchasePotential,
    Receivable,
    SatisfactionScore,
)
from customers.models.interactions import Interaction, NextStep, RemovedInteraction
from customers.models.rankings import Ranking
from customers.models.search import SearchText

__all__ = [
    "Account",
    "AccountScopedQuerySet",
    "CompetitorSighting",
    "Complaint",
    "Contact",
    "Event",
    "ExchangeRate",
    "Function",
    "Interaction",
    "NextStep",
    "OrderLine",
    "PurchasePotential",
    "Ranking",
    "Receivable",
    "Region",
    "RemovedInteraction",
    "SatisfactionScore",
    "SearchText",
    "Stage",
    "Tier",
]
