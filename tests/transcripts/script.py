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
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.turns import Choice, Digits, Entry, Go, HungUp, OptedOut, Reply, Text, TimedOut

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
    answers: dict[str, int | list[int]]
    comments: list[str]
    disposition: str
    language: str = "sv"

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
    forms = centre().forms
    return [_transcript(channel, forms[row["survey"]], row) for row in rows]


def on_the_machine(transcript: Transcript) -> tuple[Played, Interview]:
    """The transcript on the bare machine."""
    form = centre().forms[transcript.survey]
    turn = begin(
        form, channel=transcript.channel, language=transcript.language, fills={"brand": "Nordlys", "agent": "Anna"}
    )
    says, events = [slots(turn.says)], list(turn.events)
    for step in transcript.steps[1:]:
        assert step.reply is not None
        turn = resume(form, turn.interview, step.reply)
        says.append(slots(turn.says))
        events.extend(turn.events)
    return Played(tuple(says), tuple(events)), turn.interview


def answers_of(interview: Interview) -> dict[str, int | list[int]]:
    """Question to its number, or to all its codes where there are several."""
    values = {answer.question: list(interview.values(answer.question)) for answer in interview.answers}
    return {name: found if len(found) > 1 else found[0] for name, found in values.items()}


def slots(says: Any) -> tuple[str, ...]:
    """The slots of utterances."""
    return tuple(utterance.slot for utterance in says)


def _transcript(channel: Channel, form: Form, row: dict[str, Any]) -> Transcript:
    steps, shown = [], form.questions[0].id
    for step in row["steps"]:
        steps.append(Step(_reply(form, shown, step), tuple(step["says"])))
        shown = next((slot.partition(".")[2] for slot in step["says"] if slot.startswith("question.")), shown)
    made_of = (row["answers"], row.get("comments", []), row["disposition"], row.get("language", "sv"))
    return Transcript(row["name"], channel, row["survey"], tuple(steps), *made_of)


def _reply(form: Form, shown: str, step: dict[str, Any]) -> Reply | None:
    match step:
        case {"page": filled}:
            entries = tuple(_entry(form, name, value) for name, value in filled.items())
            return Choice(shown, entries, Go(step.get("go", "next")))
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


def _entry(form: Form, name: str, value: Any) -> Entry:
    question = form.question(name)
    assert question is not None
    match value:
        case int():
            return Entry(name, (value,))
        case list():
            return Entry(name, tuple(option.code for option in question.options if option.id in value))
        case _:
            return Entry(name, text=value)
