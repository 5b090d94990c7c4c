"""Calls: Twilio's webhooks, SIP nodes of our own, the phone in the browser, and the gatherer of keys they share.

Law: a channel carries turns to the caller and replies back; it decides nothing, and reaches the database only
through fieldwork.
"""
