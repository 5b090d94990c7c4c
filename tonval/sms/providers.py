"""What a provider of messages is: it sends one, and can say later whether it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tonval.fieldwork.delivery import State
from tonval.fieldwork.messages import Outgoing


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message under its own id ``ref``."""

    ref: str
    state: State = State.ACCEPTED


@dataclass(frozen=True, slots=True)
class Found:
    """A message in the provider's own list; ``error`` is a sentence when it failed."""

    ref: str
    state: State
    error: str | None = None


class Provider(Protocol):
    """One way to the telephone networks."""

    def send(self, message: Outgoing) -> Accepted:
        """Hand the message over, once. Raises ``SendError``."""

    def find(self, message: Outgoing, since: datetime) -> tuple[Found, ...]:
        """Messages of the provider's list that may be this one, handed over after ``since``; oldest first.

        Raises ``SendError`` when the list cannot be read, which says nothing about the message.
        """


Providers = Mapping[str, Provider]
"""Providers by the name that ``queues.yaml`` calls them."""
