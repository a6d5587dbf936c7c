"""My day: what needs a person now, among the accounts that are theirs."""

from accounts_crm.my_day.page import my_day

__all__ = ["my_day"]
