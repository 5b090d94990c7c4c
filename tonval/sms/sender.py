"""Sending what is due, and finding out what became of the doubtful ones.

The order is what keeps a message from going out twice: the claim is committed first, then the provider is called, then
the outcome is recorded. A crash in between leaves the message ``sending``; it is looked up later, never sent again.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from tonval.fieldwork import links, messages
from tonval.fieldwork.field import Field
from tonval.fieldwork.messages import Outgoing
from tonval.sms.errors import Fault, SendError
from tonval.sms.providers import Found, Outcome, Provider, Providers

log = logging.getLogger(__name__)

Jitter = Callable[[], float]
"""A number from 0 up to 1, another one each time."""

FIRST_PAUSE: Final = timedelta(seconds=2)
LONGEST_PAUSE: Final = timedelta(minutes=10)
MAX_ATTEMPTS: Final = 12
"""With these pauses a message is tried for about an hour."""

ROUND: Final = 20
"""How many messages a provider is given at once."""

STALE_AFTER: Final = timedelta(seconds=30)
"""A claim this old is given back unsent: a provider that hangs must not make the rest of the batch look lost."""

SILENT_FOR: Final = timedelta(seconds=90)
"""A message ``sending`` for so long has lost its worker: this is more than ``STALE_AFTER`` and one hanging call."""

LOOK_AFTER: Final = timedelta(seconds=5)
"""When to look for a doubtful message first."""

LOOK_BACK: Final = timedelta(hours=1)
"""How long before it became doubtful a message may have been handed over at the most."""

GIVE_UP_AFTER: Final = timedelta(minutes=10)
"""A message the provider's list still does not show by then was not taken."""


def send_batch(office: Field, providers: Providers, limit: int = 20, jitter: Jitter = random.random) -> int:
    """Send up to ``limit`` messages that are due and return how many were claimed."""
    claimed = _with_links(office, messages.claim_due(office, limit))
    for place in range(0, len(claimed), ROUND):
        batch = claimed[place : place + ROUND]
        if office.now() - batch[0].claimed_at > STALE_AFTER:
            for message in batch:
                messages.mark_retry(office, message.id, message.attempt, office.now())
        else:
            _send(office, providers, batch, jitter)
    return len(claimed)


def resolve(office: Field, providers: Providers) -> int:
    """Look up every message nobody is sure about at its provider and return how many are settled now.

    One that the list does not show in ``GIVE_UP_AFTER`` has failed: an invitation may go missing, it may not go twice.
    """
    for message in messages.stuck(office, office.now() - SILENT_FOR):
        messages.mark_unknown(office, message.id, message.attempt)
    doubtful = _with_links(office, messages.doubtful(office, office.now() - LOOK_AFTER))
    return sum(_look_up(office, providers.get(message.provider), message) for message in doubtful)


def pause(attempts: int, jitter: Jitter) -> timedelta:
    """How long to wait after try number ``attempts``: doubling, and a random half of it so that tries spread out."""
    longest = min(FIRST_PAUSE * float(2 ** min(attempts - 1, 16)), LONGEST_PAUSE)
    return longest * (0.5 + jitter() / 2)


def _with_links(office: Field, batch: Sequence[Outgoing]) -> list[Outgoing]:
    """The messages as their customers get them: their links are stored nowhere."""
    asked = {each.interview for each in batch if each.interview and links.PLACEHOLDER in each.body}
    if not asked:
        return list(batch)
    with office.unit.read() as tx:
        found = links.links_of(tx, office, asked)
    return [_with_link(office, each, found.get(each.interview or "")) for each in batch]


def _with_link(office: Field, message: Outgoing, link: str | None) -> Outgoing:
    if link is None or message.interview is None:
        return message
    return replace(message, body=links.put_in(office, message.body, message.interview, link))


def _send(office: Field, providers: Providers, batch: Sequence[Outgoing], jitter: Jitter) -> None:
    for name in sorted({message.provider for message in batch}):
        mine = [message for message in batch if message.provider == name]
        for message, outcome in zip(mine, _hand_over(providers.get(name), name, mine), strict=True):
            if isinstance(outcome, SendError):
                _record(office, message, outcome, jitter)
            else:
                messages.mark_accepted(office, message.id, message.attempt, outcome.ref, outcome.state)


def _hand_over(provider: Provider | None, name: str, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
    if provider is None:
        return [SendError(Fault.NO_PROVIDER, name)] * len(batch)
    try:
        return provider.send(batch)
    except Exception as broken:
        log.exception("provider broke provider=%s", name)
        return [SendError(Fault.NO_ANSWER, type(broken).__name__)] * len(batch)


def _record(office: Field, message: Outgoing, error: SendError, jitter: Jitter) -> None:
    log.info("not sent provider=%s message=%s fault=%s", message.provider, message.id, error.fault.name)
    if error.fault.doubtful:
        messages.mark_unknown(office, message.id, message.attempt)
    elif error.fault.retryable and message.attempts < MAX_ATTEMPTS:
        due = office.now() + pause(message.attempts, jitter)
        messages.mark_retry(office, message.id, message.attempt, due)
    else:
        told = SendError(Fault.TOO_OFTEN, error.fault.name) if error.fault.retryable else error
        opted_out = error.fault.opted_out
        messages.mark_failed(office, message.id, message.attempt, told.sentence, opted_out=opted_out)


def _look_up(office: Field, provider: Provider | None, message: Outgoing) -> bool:
    try:
        found = provider.find(message, message.claimed_at - LOOK_BACK) if provider else ()
    except SendError as error:
        log.info("list unreadable provider=%s fault=%s", message.provider, error.fault.name)
        return False
    if any(_adopt(office, message, each) for each in found):
        return True
    if message.claimed_at > office.now() - GIVE_UP_AFTER:
        return False
    messages.mark_failed(office, message.id, message.attempt, Fault.NO_TRACE.sentence)
    return True


def _adopt(office: Field, message: Outgoing, found: Found) -> bool:
    """Take the provider's message for ours, unless another of our messages is known by that id."""
    if not messages.mark_accepted(office, message.id, message.attempt, found.ref):
        return False
    messages.status_changed(office, message.provider, found.ref, message.id, found.state, found.error)
    return True
