"""The ground floor: accounts, contacts, contact log, facts, value ranking, access, events.

May import none of the other apps.
"""
