"""What happens after a poor answer: rules, alerts and the mails that carry them.

Law: ``rules`` is pure; that an interview is to be looked at is written in the transaction that ends it, and the alert
is made once and sent by a worker, at least once and never silently lost.
"""
