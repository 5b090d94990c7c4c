"""From events to signed deltas of the tally: what an answer adds to the counts, and what replacing one takes away."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Protocol

from tonval.surveys.events import AnswerGiven


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


def given(answer: AnswerGiven, setting: Setting) -> tuple[Delta, ...]:
    """What one answer adds: one in the cell of its score, on the UTC day it was given."""
    return (_delta(answer, setting, 1),)


def replaced(old: AnswerGiven, new: AnswerGiven, setting: Setting) -> tuple[Delta, ...]:
    """What a corrected answer changes: one fewer, one more. ``setting`` is the old answer's, so both are of its day."""
    return () if old.value == new.value else (_delta(old, setting, -1), _delta(new, setting, 1))


def _delta(answer: AnswerGiven, setting: Setting, n: int) -> Delta:
    return Delta(
        agent=setting.agent,
        queue=setting.queue,
        unit=setting.unit,
        survey=setting.survey,
        question=answer.question,
        scale=answer.scale,
        channel=setting.channel,
        language=setting.language,
        day=setting.at.astimezone(UTC).date(),
        score=answer.value,
        n=n,
    )
