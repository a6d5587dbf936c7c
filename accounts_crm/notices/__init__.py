"""Notices: which events a person hears of, in the application and by e-mail."""
