"""A message that a customer has written, before anything is made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from tonval.fieldwork.centre import Centre
from tonval.surveys.sentences import sentence

_TELEPHONE: Final = re.compile(r"\+[1-9]\d{6,14}")
"""A number that somebody can be called at (E.164, with the shortest national numbers in use); a short code is none."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message from a customer, written ``at`` (aware, the provider's time where it is known).

    ``keyword`` when the whole of it is a command; ``everywhere`` when it asks for no more by any channel. ``handled``:
    the provider has obeyed and confirmed the command itself.
    """

    provider: str
    ref: str
    sender: str
    recipient: str
    body: str
    at: datetime
    keyword: Literal["stop", "start", "help"] | None = None
    everywhere: bool = False
    handled: bool = False


def is_in_time(inbound: Inbound, thread: Any) -> bool:
    """Whether it came while it was waited for, or within the window after the end; ``thread`` is an interview's row."""
    return thread is not None and thread.expires_at is not None and inbound.at <= thread.expires_at


def answered_never(centre: Centre, sender: str) -> str | None:
    """Why messages of this sender get no answer, ``None`` for a customer: two machines would go on for ever."""
    if sender in centre.numbers:
        return sentence("It came from one of our own numbers.")
    return (
        None if _TELEPHONE.fullmatch(sender) else sentence("It came from a short code or a name, not from a telephone.")
    )
