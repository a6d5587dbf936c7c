"""The accounts list: who is shown, in which order, with which figures.

page        the view
filters     what the address asks for
vocabulary  the names to choose from: owners, regions, industries, cadences
chips       the filters as the page draws them
listing     which accounts stand on the page, and everything a row shows
counting    how many there are, never further than needed
totals      what the shown accounts are worth together
"""

from accounts_crm.portfolio.page import portfolio

__all__ = ["portfolio"]
