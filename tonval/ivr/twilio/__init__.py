"""Calls that Twilio carries: its webhooks come in, TwiML goes out, one stored turn at a time.

Law: nothing is believed without Twilio's signature, and a webhook that comes again gets the very same bytes.
"""
