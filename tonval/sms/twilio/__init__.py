"""Messages that Twilio carries: its REST interface for what we send, its signed webhooks for what comes back.

Law: nothing is believed without Twilio's signature, and its words never leave this folder: states and errors are ours.
"""
