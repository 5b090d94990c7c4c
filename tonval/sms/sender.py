"""Sending what is due, and finding out what became of the doubtful ones.

The order is what keeps a message from going out twice: the claim of a round is committed first, then the provider is
called, then the outcomes are recorded, in the transaction that claims the next round. A crash in between leaves one
round ``sending``; it is looked up later, never sent again.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.messages import Ended, Outgoing, Round
from tonval.fieldwork.messaging.pacing import PATIENCE, Pause
from tonval.sms.errors import Fault, SendError
from tonval.sms.providers import Found, Outcome, Provider, Providers

log = logging.getLogger(__name__)

Jitter = Callable[[], float]
"""A number from 0 up to 1, another one each time."""

Later = Callable[[timedelta], None]
"""Told how long it is until the next message may go."""

Sent = tuple[Outgoing, Outcome]

ROUND: Final = 30
"""How many messages are handed over at once, and the most that are in doubt when a worker is killed."""

GO_ON: Final = timedelta(seconds=30)
"""No round is begun later than this: a worker has other things to do."""

FIRST_PAUSE: Final = timedelta(seconds=1)
LONGEST_PAUSE: Final = timedelta(minutes=1)
"""A number whose provider takes nothing tries one message a minute."""

LONGEST_WAIT: Final = timedelta(minutes=5)
FIRST_WAIT: Final = timedelta(seconds=0.5)
QUICK_TRIES: Final = 10
"""So often a message is tried again after ``FIRST_WAIT``: a provider that is well takes it at one of them."""

MAX_ATTEMPTS: Final = 40
"""With these pauses a message is tried for some two hours."""

SILENT_FOR: Final = timedelta(seconds=90)
"""A message ``sending`` for so long has lost its worker: no round takes so long, even when every line hangs."""

LOOK_AFTER: Final = timedelta(seconds=5)
"""When to look for a doubtful message first."""

LOOK_FOR: Final = timedelta(seconds=15)
"""How long to look for doubtful messages at a time: the clock has other chores."""

LOOK_BACK: Final = timedelta(hours=1)
"""How long before it became doubtful a message may have been handed over at the most."""

GIVE_UP_AFTER: Final = timedelta(minutes=10)
"""A message the provider's list still does not show by then was not taken."""


def send_batch(
    office: Field,
    providers: Providers,
    limit: int = 100,
    jitter: Jitter = random.random,
    later: Later = lambda wait: None,
) -> int:
    """Send up to ``limit`` messages that are due, in rounds, and return how many were claimed.

    When none may go now, and one may at a moment that is known, ``later`` is told.
    """
    ended: Sequence[Ended] = ()
    pauses: Sequence[Pause] = ()
    claimed, until = 0, office.now() + GO_ON
    while True:
        room = min(ROUND, limit - claimed) if office.now() < until else 0
        following = messages.turn_over(office, room, ended, pauses)
        claimed += len(following.messages)
        if not following.looked:
            break
        sent = _send(office, providers, following.messages)
        pauses = _pauses(office, following, sent, jitter)
        ended = [_ended(office, *each, jitter) for each in sent]
    if room and following.wake_at is not None:
        later(following.wake_at - office.now())
    return claimed


def resolve(office: Field, providers: Providers) -> int:
    """Look up messages nobody is sure about at their providers and return how many are settled now.

    One that the list does not show in ``GIVE_UP_AFTER`` has failed: an invitation may go missing, it may not go twice.
    """
    for message in messages.stuck(office, office.now() - SILENT_FOR):
        messages.mark_unknown(office, message.id, message.attempt, Fault.NO_ANSWER.sentence)
    settled, begun, away = 0, office.now(), set[str]()
    for message in messages.doubtful(office, office.now() - LOOK_AFTER):
        if message.provider in away or office.now() - begun > LOOK_FOR:
            continue
        try:
            settled += _look_up(office, providers.get(message.provider), message)
        except SendError as error:
            away.add(message.provider)
            log.info("list unreadable provider=%s fault=%s", message.provider, error.fault.name)
    return settled


def pause(times: int, jitter: Jitter) -> timedelta:
    """How long a number pauses so many times in a row."""
    return _doubled(FIRST_PAUSE, times, LONGEST_PAUSE, jitter)


def wait_after(attempts: int, jitter: Jitter) -> timedelta:
    """How long a message waits after so many tries: a moment, and longer and longer after some of them."""
    return _doubled(FIRST_WAIT, max(1, attempts - QUICK_TRIES + 1), LONGEST_WAIT, jitter)


def _doubled(first: timedelta, times: int, longest: timedelta, jitter: Jitter) -> timedelta:
    """Doubling each time, and a random half of it, so that tries spread out."""
    return min(first * float(2 ** min(times - 1, 16)), longest) * (0.5 + jitter() / 2)


def _send(office: Field, providers: Providers, batch: Sequence[Outgoing]) -> list[Sent]:
    """Hand a round over, to each provider its part, all at the same time."""
    parts = {name: [each for each in batch if each.provider == name] for name in {each.provider for each in batch}}
    if len(parts) < 2:
        return [sent for name, part in parts.items() for sent in _hand_over(providers.get(name), name, part)]
    with ThreadPoolExecutor(len(parts)) as lines:
        halves = lines.map(lambda name: _hand_over(providers.get(name), name, parts[name]), parts)
        return [sent for half in halves for sent in half]


def _hand_over(provider: Provider | None, name: str, batch: Sequence[Outgoing]) -> list[Sent]:
    try:
        outcomes = provider.send(batch) if provider else [SendError(Fault.NO_PROVIDER, name)] * len(batch)
        return list(zip(batch, outcomes, strict=True))
    except Exception as broken:
        log.exception("provider broke provider=%s", name)
        return [(message, SendError(Fault.NO_ANSWER, type(broken).__name__)) for message in batch]


def _pauses(office: Field, round_: Round, sent: Sequence[Sent], jitter: Jitter) -> list[Pause]:
    """What the round says of the patience of each number's provider, where that is news."""
    found = []
    for number, before in round_.throttled.items():
        outcomes = [outcome for message, outcome in sent if message.sender == number]
        after, asked = strained(before, outcomes), _asked_for(outcomes)
        wait = pause(after - PATIENCE + 1, jitter) if after >= PATIENCE else timedelta(0)
        until = office.now() + max(wait, asked) if wait or asked else None
        if after != before or until:
            found.append(Pause(number, until, after))
    return found


def strained(before: int, outcomes: Sequence[Outcome]) -> int:
    """How much a number's provider has been strained: a message that is put back or not answered counts one up, one
    that goes well counts one down (a cumulative sum, Page 1954). From ``PATIENCE`` on the number pauses, once for each
    count. A third of all messages put back at random never gets there; when most are, it soon does.
    """
    held_back = sum(isinstance(each, SendError) and (each.fault.retryable or each.fault.doubtful) for each in outcomes)
    well = len(outcomes) - held_back
    if before < PATIENCE:
        return min(PATIENCE, max(0, before + held_back - well))
    return 0 if well else before + bool(held_back)


def _asked_for(outcomes: Sequence[Outcome]) -> timedelta:
    """The longest pause the provider itself has named."""
    named = [each.retry_after for each in outcomes if isinstance(each, SendError) and each.retry_after]
    return max(named, default=timedelta(0))


def _ended(office: Field, message: Outgoing, outcome: Outcome, jitter: Jitter) -> Ended:
    """What came of a try."""
    if not isinstance(outcome, SendError):
        return Ended(message, outcome.state, outcome.ref)
    fault = outcome.fault
    log.info("not sent provider=%s message=%s fault=%s", message.provider, message.id, fault.name)
    if fault.doubtful:
        return Ended(message, State.UNKNOWN, sentence=outcome.sentence)
    if fault.retryable and message.attempts < MAX_ATTEMPTS:
        wait = max(wait_after(message.attempts, jitter), outcome.retry_after or timedelta(0))
        return Ended(message, State.QUEUED, sentence=outcome.sentence, due_at=office.now() + wait)
    told = SendError(Fault.TOO_OFTEN, fault.name) if fault.retryable else outcome
    return Ended(message, State.FAILED, sentence=told.sentence, opted_out=fault.opted_out)


def _look_up(office: Field, provider: Provider | None, message: Outgoing) -> bool:
    found = provider.find(message, message.claimed_at - LOOK_BACK) if provider else ()
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
