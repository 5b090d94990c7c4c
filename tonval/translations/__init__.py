"""What staff read in other languages than English: the catalogs, and how a sentence is told from one of them.

Law: knows no reader. Whoever tells a sentence says in which language; an unknown one is told in English.
"""
