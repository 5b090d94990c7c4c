"""A questionnaire as it was published: questions, phrases and languages, never changed once used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tonval.surveys.scales import FREE_TEXT, SCALES, Scale

Wording = Mapping[str, str]
"""The same words in several languages: language code to text."""


class Channel(StrEnum):
    """How an interview is carried out."""

    KEYPAD = "keypad"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Question:
    """One question; ``scale`` is a name in ``SCALES`` or ``text`` for an answer in words."""

    id: str
    scale: str
    text: Wording
    type_ahead: bool = False

    @property
    def slot(self) -> str:
        """The prompt slot the question is spoken from."""
        return f"question.{self.id}"

    @property
    def numbers(self) -> Scale | None:
        """The scale of a numeric question, ``None`` for free text."""
        return SCALES.get(self.scale)

    def fits(self, channel: Channel) -> bool:
        """Whether the channel can carry an answer: a keypad has no letters."""
        return self.scale != FREE_TEXT or channel is not Channel.KEYPAD


@dataclass(frozen=True, slots=True)
class Form:
    """One version of a questionnaire. ``phrases`` maps a slot (``welcome``, ``thanks.promoter``) to its wording."""

    id: str
    version: int
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    phrases: Mapping[str, Wording]

    def asked_on(self, channel: Channel) -> tuple[Question, ...]:
        """The questions the channel can carry, in order."""
        return tuple(question for question in self.questions if question.fits(channel))

    def spoken_in(self, wished: str | None) -> str:
        """The language to use: the wished one (``sv``, or ``sv-SE``) when the form has it, else the form's first."""
        wishes = (wished or "", (wished or "").replace("_", "-").partition("-")[0].lower())
        return next((wish for wish in wishes if wish in self.languages), self.languages[0])

    def slots(self) -> dict[str, Wording]:
        """Every prompt slot of the form with its wording, questions included, in the order they are heard."""
        questions = {question.slot: question.text for question in self.questions}
        return {**self.phrases, **questions}
