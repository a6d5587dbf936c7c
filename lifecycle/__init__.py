"""Tier and stage of the relationship: policies, moves between stages, breaks and their causes.

May import customers and teams.
"""
