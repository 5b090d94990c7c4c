"""The whole installation from outside: real processes, real SIP, stand-ins only for Twilio and the mail server."""
