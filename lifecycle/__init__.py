"""Tier and stage of the relationship: policies now, evidence and moves with them.

May import customers and teams.
"""
