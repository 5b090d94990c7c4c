"""From events to signed deltas of the tally: what an answer adds to the counts, and what a correction changes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Final, Protocol, assert_never

from tonval.surveys.events import AnswerGiven, AnswerReplaced, AnswerWithdrawn

Correction = AnswerReplaced | AnswerWithdrawn
Tallied = AnswerGiven | Correction
TALLIED: Final = (AnswerGiven, AnswerReplaced, AnswerWithdrawn)
"""The events that change a count. Words and wishes to be called back are not counted."""


class Setting(Protocol):
    """Where an answer was given: fieldwork's ``Recorded`` is one, and so is a row of the interviews."""

    @property
    def at(self) -> datetime: ...
    @property
    def survey(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def queue(self) -> str: ...
    @property
    def agent(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def language(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Delta:
    """``n`` answers more (or fewer, when negative) of one ``score`` in one cell of the tally; ``day`` is in UTC."""

    agent: str
    queue: str
    unit: str
    survey: str
    question: str
    scale: str
    channel: str
    language: str
    day: date
    score: int
    n: int


DELTA_FIELDS = tuple(field.name for field in fields(Delta))


def changes(event: Tallied, setting: Setting) -> tuple[Delta, ...]:
    """What an event adds to its cells and takes away. A correction's ``setting`` is that of the answer it goes back to.

    So a corrected answer counts on the UTC day it was first given, and its day's sum stays what it was.
    """
    match event:
        case AnswerGiven(value=value):
            return (_delta(event, setting, value, 1),)
        case AnswerReplaced(before=before, value=value):
            return () if before == value else (_delta(event, setting, before, -1), _delta(event, setting, value, 1))
        case AnswerWithdrawn(value=value):
            return (_delta(event, setting, value, -1),)
        case _:
            assert_never(event)


def _delta(event: Tallied, setting: Setting, score: int, n: int) -> Delta:
    return Delta(
        agent=setting.agent,
        queue=setting.queue,
        unit=setting.unit,
        survey=setting.survey,
        question=event.question,
        scale=event.scale,
        channel=setting.channel,
        language=setting.language,
        day=setting.at.astimezone(UTC).date(),
        score=score,
        n=n,
    )
