"""Calls over SIP: one conductor that speaks to fieldwork, and thin cells, processes of their own, that hold the calls.

Law: ``pjsua2`` is imported in ``cell``, ``lines`` and ``library`` alone, a cell imports nothing heavier than the
gatherer, and no answer leaves the conductor's hands before it is committed or fsynced.
"""
