"""The people of our company: users, posts, account teams, API tokens.

May import customers.
"""
