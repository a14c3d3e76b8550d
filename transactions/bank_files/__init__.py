"""Reads the lists of movements that banks let their customers download as CSV, whatever their layout.

Banks differ in separators, headings, decimal signs, and in how they say what came and what went; a file begins with
lines about the account, and ends with sums. Nothing is guessed: what can be read in two ways is not read, and says why.
`text` makes characters of bytes, `layouts` finds the heading, `dates` and `amounts` read a cell, `reading` a file.
"""

from transactions.bank_files.layouts import NoHeading
from transactions.bank_files.reading import MOST_BYTES, MOST_LINES, Found, Line, TooLong, Verdict, Why, read
from transactions.bank_files.text import NotText

__all__ = ["MOST_BYTES", "MOST_LINES", "Found", "Line", "NoHeading", "NotText", "TooLong", "Verdict", "Why", "read"]
