"""Search: any part of a word, in any script, over what the access rule lets a person see.

folding   one form for all spellings: width, case, accents
readings  how Chinese names are spoken, in full and by initials
tokens    the parts by which the database finds a text without reading all of them
texts     what of a row is searched; kept with each write, and made anew as a whole
matching  the rows that hold all words
marking   where in a shown text they stand
"""
