"""SMS by Twilio: one call to send, signed webhooks for what comes back.

Law: nothing is read before the signature holds, and every refusal becomes one of the known send errors.
"""
