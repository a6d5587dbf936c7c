"""A made company of any size to try Keel on: its accounts, people, orders and contact log.

Owns nothing but the seed; it writes the rows of every floor in bulk, past the actions, which is
why it wants an empty database. May import every floor.
"""
