"""The database: tables, one unit of work, the outbox and the migrations.

Law: rows in, rows out; no rule of the product lives here, and nothing is ever sent from here.
"""
