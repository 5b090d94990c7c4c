"""What a provider of messages is: it sends them, can say later whether it did, and what customers wrote meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.messages import Outgoing
from tonval.sms.errors import Fault, SendError

log = logging.getLogger(__name__)


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


@dataclass(frozen=True, slots=True)
class Heard:
    """A message from a customer in the provider's own list, written ``at``."""

    ref: str
    sender: str
    recipient: str
    body: str
    at: datetime


Outcome = Accepted | SendError


class Provider(Protocol):
    """One way to the telephone networks."""

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        """Hand the messages over, each once, as many at a time as the provider can; their outcomes in the same order.

        An error is a value here: one message's must not hide what became of the others.
        """

    def find(self, message: Outgoing, since: datetime) -> tuple[Found, ...]:
        """Messages of the provider's list that may be this one, handed over after ``since``; oldest first.

        Raises ``SendError`` when the list cannot be read, which says nothing about the message.
        """

    def heard(self, number: str, since: datetime) -> Iterable[Heard]:
        """What customers have sent to ``number`` since, oldest first; nothing where the provider keeps no list.

        Raises ``SendError`` when the list cannot be read.
        """


Providers = Mapping[str, Provider]
"""Providers by the name that ``queues.yaml`` calls them."""


def one_by_one(hand_over: Callable[[Outgoing], Accepted], width: int) -> Callable[[Sequence[Outgoing]], list[Outcome]]:
    """A ``send`` for a provider that takes one message at a time, over up to ``width`` lines at once.

    Messages to the same customer keep their order. ``hand_over`` raises ``SendError``; after any other error nobody
    can say whether the message was taken.
    """

    def follow(chain: Sequence[Outgoing]) -> list[tuple[str, Outcome]]:
        return [(message.id, _outcome(hand_over, message)) for message in chain]

    def send(batch: Sequence[Outgoing]) -> list[Outcome]:
        chains: dict[str, list[Outgoing]] = {}
        for message in batch:
            chains.setdefault(message.recipient, []).append(message)
        if min(width, len(chains)) < 2:
            return [outcome for _, outcome in follow(batch)]
        with ThreadPoolExecutor(min(width, len(chains))) as lines:
            outcomes = dict(pair for pairs in lines.map(follow, chains.values()) for pair in pairs)
        return [outcomes[message.id] for message in batch]

    return send


def _outcome(hand_over: Callable[[Outgoing], Accepted], message: Outgoing) -> Outcome:
    try:
        return hand_over(message)
    except SendError as error:
        return error
    except Exception as broken:
        log.exception("provider broke provider=%s message=%s", message.provider, message.id)
        return SendError(Fault.NO_ANSWER, type(broken).__name__)
