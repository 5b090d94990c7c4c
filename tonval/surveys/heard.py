"""What a customer's message was taken for, and why: kept with the message, for people to look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from tonval.surveys.answers import Confidence, Reading, Score, Unclear
from tonval.surveys.answers.why import explain
from tonval.surveys.questionnaire import Question


class Taken(StrEnum):
    """``late``: after the end, kept as a comment. ``unattached``: of no interview, kept by itself."""

    ANSWER = "answer"
    CORRECTION = "correction"
    COMMENT = "comment"
    UNCLEAR = "unclear"
    STOP = "stop"
    START = "start"
    HELP = "help"
    LATE = "late"
    UNATTACHED = "unattached"


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as it was read. ``before`` is the number that stood there, ``why`` a sentence for people.

    ``rule`` is a value of ``answers.Rule`` or ``correcting.Sign``.
    """

    taken: Taken
    why: str
    question: str | None = None
    value: int | None = None
    before: int | None = None
    rule: str = ""
    confidence: Confidence = Confidence.NONE


def heard_as(question: Question, reading: Reading, *, kept: bool) -> Heard:
    """A reply to the question as it was read; ``kept``: one that gave no number was kept as a comment."""
    match reading:
        case Score(value):
            told = Heard(Taken.ANSWER, explain(reading.rule), question.id, value)
        case Unclear(why):
            sentence = f"{why[:1].upper()}{why[1:]}."
            told = Heard(Taken.COMMENT if kept else Taken.UNCLEAR, sentence, question.id)
        case _:
            told = Heard(Taken.COMMENT, explain(reading.rule), question.id)
    return replace(told, rule=reading.rule, confidence=reading.confidence)
