"""How long a person is left alone: the last time she was asked, at all and in each scope. Pure.

What is kept is a mapping of scope to epoch seconds: ``*`` for the person, ``channel:sms``, ``survey:…``, ``queue:…``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from tonval.fieldwork.centre import Caps
from tonval.fieldwork.deciding.eligibility import Suppressed
from tonval.surveys.sentences import sentence

PERSON: Final = "*"

Asked = Mapping[str, int]
"""Scope to the moment the person was asked last in it, in epoch seconds."""


def over_cap(asked: Asked, caps: Caps, channel: str, survey: str, queue: str, now: datetime) -> Suppressed | None:
    """The cap that forbids asking, with when she was asked last; ``None`` when none does."""
    for scope, cap, words in _limits(caps, channel, survey, queue):
        last = asked.get(scope)
        if cap and last is not None and now.timestamp() - last < cap.total_seconds():
            moment = datetime.fromtimestamp(last, UTC)
            facts = {"scope": scope, "asked_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "cap_seconds": cap.total_seconds()}
            return Suppressed(
                "frequency_cap",
                sentence("the customer was asked%(words)s within the last %(cap)s", words=words, cap=length(cap)),
                facts,
            )
    return None


def ask(asked: Asked, channel: str, survey: str, queue: str, now: datetime) -> dict[str, int]:
    """The same with this moment in every scope."""
    return {**asked, **dict.fromkeys(scopes(channel, survey, queue), int(now.timestamp()))}


def unask(asked: Asked) -> dict[str, int]:
    """The same without the last time: she was not asked after all.

    Where an earlier asking is known too, everything stays: what the last one has written over is not known any more,
    and rather than ask her too soon she is left alone.
    """
    return {} if len(set(asked.values())) <= 1 else dict(asked)


def join(one: Asked, other: Asked) -> dict[str, int]:
    """Two contacts that turn out to be one person: the later moment counts in each scope."""
    return {scope: max(one.get(scope, 0), other.get(scope, 0)) for scope in {*one, *other}}


def scopes(channel: str, survey: str, queue: str) -> tuple[str, ...]:
    """The scopes that one invitation falls in, the person's own first."""
    return (PERSON, by_channel(channel), f"survey:{survey}", f"queue:{queue}")


def by_channel(channel: str) -> str:
    """The scope of a channel."""
    return f"channel:{channel}"


def length(time: timedelta) -> str:
    """A length of time in words: ``30 days``, ``hour``, ``90 seconds``."""
    for name, unit in (("day", timedelta(days=1)), ("hour", timedelta(hours=1))):
        if time >= unit:
            return name if time // unit == 1 else f"{time // unit} {name}s"
    return sentence("%(total_seconds)s seconds", total_seconds=f"{time.total_seconds():g}")


def _limits(caps: Caps, channel: str, survey: str, queue: str) -> Iterator[tuple[str, timedelta, str]]:
    lengths = (caps.person, caps.channel, caps.survey, caps.queue)
    words = (
        "",
        sentence(" by %(channel)s", channel=channel),
        sentence(" with the survey %(survey)s", survey=survey),
        sentence(" for the queue %(queue)s", queue=queue),
    )
    return zip(scopes(channel, survey, queue), lengths, words, strict=True)
