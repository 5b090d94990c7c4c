"""Carrying interviews out: who is invited, the transactions of each interview, caps, opt-outs and the outbox's work.

Law: transactions open here and nowhere below; nothing is sent inside one.
"""
