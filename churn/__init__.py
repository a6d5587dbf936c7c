"""Which accounts may leave us: risk model, signals with evidence, flags.

May import customers, teams and lifecycle.
"""
