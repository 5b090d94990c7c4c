"""A message from a customer, whoever carried it: first it may be a command, then it is an answer."""

from __future__ import annotations

from datetime import datetime

from tonval.fieldwork import conduct
from tonval.fieldwork.field import Field
from tonval.sms.keywords import keyword


def receive(office: Field, *, provider: str, ref: str, sender: str, recipient: str, body: str, at: datetime) -> None:
    """Take a message in. The same ``ref`` again changes nothing; it is stored when this returns."""
    command = keyword(body)
    conduct.receive_message(
        office,
        conduct.Inbound(
            provider=provider,
            ref=ref,
            sender=sender,
            recipient=recipient,
            body=body,
            at=at,
            keyword=command.value if command else None,
        ),
    )
