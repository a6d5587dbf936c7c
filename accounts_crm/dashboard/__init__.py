"""The director's dashboard: what the accounts a person sees are worth, and where they stand.

It may import every floor below. One file per part of the page; each takes a Scope, which says
which accounts are meant and as of when, and returns what its part of the template shows.
"""
