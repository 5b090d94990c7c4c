"""Transcripts read from their files, and what the bare machine makes of them: the yardstick for every channel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tonval.fieldwork.centre import Centre
from tonval.fieldwork.routing import load_centre
from tonval.surveys.events import Event
from tonval.surveys.interview import Interview, begin, resume
from tonval.surveys.questionnaire import Channel
from tonval.surveys.turns import Digits, HungUp, OptedOut, Reply, Text, TimedOut

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Step:
    """What the customer does (``None``: the interview begins), and the slots that are said then."""

    reply: Reply | None
    says: tuple[str, ...]


@dataclass(frozen=True)
class Transcript:
    """One whole conversation and what must come of it."""

    name: str
    channel: Channel
    survey: str
    steps: tuple[Step, ...]
    answers: dict[str, int]
    comments: list[str]
    disposition: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Played:
    """What a channel made of a transcript: slots said at each step, and the events as written."""

    says: tuple[tuple[str, ...], ...]
    events: tuple[Event, ...]


def centre() -> Centre:
    """The centre in which the transcripts take place."""
    return load_centre(FOLDER / "queues.yaml")


def transcripts(channel: Channel) -> list[Transcript]:
    """All conversations of a channel."""
    rows = yaml.safe_load((FOLDER / f"{channel}.yaml").read_text())
    return [_transcript(channel, row) for row in rows]


def on_the_machine(transcript: Transcript) -> tuple[Played, Interview]:
    """The transcript on the bare machine."""
    form = centre().forms[transcript.survey]
    turn = begin(form, channel=transcript.channel, language="sv", fills={"brand": "Nordlys", "agent": "Anna"})
    says, events = [slots(turn.says)], list(turn.events)
    for step in transcript.steps[1:]:
        assert step.reply is not None
        turn = resume(form, turn.interview, step.reply)
        says.append(slots(turn.says))
        events.extend(turn.events)
    return Played(tuple(says), tuple(events)), turn.interview


def slots(says: Any) -> tuple[str, ...]:
    """The slots of utterances."""
    return tuple(utterance.slot for utterance in says)


def _transcript(channel: Channel, row: dict[str, Any]) -> Transcript:
    steps = tuple(Step(_reply(step), tuple(step["says"])) for step in row["steps"])
    comments = row.get("comments", [])
    return Transcript(row["name"], channel, row["survey"], steps, row["answers"], comments, row["disposition"])


def _reply(step: dict[str, Any]) -> Reply | None:
    match step:
        case {"digits": digits}:
            return Digits(digits)
        case {"text": text}:
            return Text(text)
        case {"silence": True}:
            return TimedOut()
        case {"hang_up": True}:
            return HungUp()
        case {"stop": True}:
            return OptedOut()
        case _:
            return None
