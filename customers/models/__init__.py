"""The models of the ground floor, one file per noun."""

from customers.models.accounts import Account, AccountScopedQuerySet, Region, Stage, Tier
from customers.models.contacts import Contact, Function
from customers.models.events import Event
from customers.models.facts import (
    Complaint,
    ExchangeRate,
    OrderLine,
    PurchasePotential,
    SatisfactionScore,
)
from customers.models.interactions import Interaction, NextStep, RemovedInteraction
from customers.models.rankings import Ranking
from customers.models.search import SearchText

__all__ = [
    "Account",
    "AccountScopedQuerySet",
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
    "Region",
    "RemovedInteraction",
    "SatisfactionScore",
    "SearchText",
    "Stage",
    "Tier",
]
