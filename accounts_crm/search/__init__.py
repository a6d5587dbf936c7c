"""Search over everything a person may see, as a dialog everywhere and as a page.

page      the view
hits      what was found, as it is drawn
commands  the pages and commands a person may use
"""
