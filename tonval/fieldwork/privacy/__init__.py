"""Customers as persons: what is kept of them and where, how it is given to them, and how it is forgotten.

Law: every column of every table stands in ``classes``. What is forgotten is forgotten everywhere and at once, and no
number changes by it.
"""
