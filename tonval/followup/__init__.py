"""What happens after a poor answer: rules, alerts and the mails that carry them.

Law: ``rules`` is pure; an alert is written in the answer's own transaction and sent by a worker, at least once and
never silently lost.
"""
