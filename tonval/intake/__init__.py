"""Interactions and contacts that come as files: tables are read, columns are mapped, and rows become reports.

Law: a file is hostile until read, so a broken one costs a sentence and never the process; each row is taken once or
refused by number, and a file is never half taken without saying so.
"""
