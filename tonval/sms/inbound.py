"""A message from a customer, whoever carried it: first it may be a command, then it is an answer."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from tonval.fieldwork import conduct
from tonval.fieldwork.field import Field
from tonval.sms.keywords import Keyword, keyword
from tonval.surveys.answers.commands import everywhere

_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""NUL and half surrogates: no database takes them, and the provider would bring the message for ever."""


def receive(
    office: Field,
    *,
    provider: str,
    ref: str,
    sender: str,
    recipient: str,
    body: str,
    at: datetime,
    handled: bool = False,
    command: Keyword | None = None,
) -> None:
    """Take in what was written ``at``. The same ``ref`` again changes nothing; it is stored when this returns.

    ``command`` is what the provider took it for, by keywords of its own; with ``handled`` it has obeyed and confirmed
    it already.
    """
    words = _UNKEEPABLE.sub("", body)
    told = command or keyword(words)
    conduct.receive_message(
        office,
        conduct.Inbound(
            provider=provider,
            ref=ref,
            sender=sender,
            recipient=recipient,
            body=words,
            at=at,
            keyword=told.value if told else None,
            everywhere=everywhere(words),
            handled=handled,
        ),
    )
