"""The contact log: logging a contact, correcting an entry."""
