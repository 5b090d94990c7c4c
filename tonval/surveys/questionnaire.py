"""A questionnaire as it was published: questions, phrases and languages, never changed once used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from tonval.surveys.scales import CALL_BACK, CHOICE, CHOICES, FREE_TEXT, SCALES, SPOKEN, Scale

Wording = Mapping[str, str]
"""The same words in several languages: language code to text."""


class Channel(StrEnum):
    """How an interview is carried out; by a link and by e-mail it is a page that is answered."""

    KEYPAD = "keypad"
    SMS = "sms"
    LINK = "link"
    EMAIL = "email"

    @property
    def on_page(self) -> bool:
        """Whether the customer answers on the survey page."""
        return self in (Channel.LINK, Channel.EMAIL)


NO_WORDS: Wording = MappingProxyType({})

WINDOW = timedelta(hours=72)
"""How long a reply by SMS counts where the survey does not say."""

_BY_NUMBER = (*SCALES, CHOICE)
_CARRIED: Mapping[Channel, tuple[str, ...]] = {
    Channel.KEYPAD: (*SCALES, SPOKEN),
    Channel.SMS: (*_BY_NUMBER, FREE_TEXT),
    Channel.LINK: (*_BY_NUMBER, CHOICES, FREE_TEXT, CALL_BACK),
    Channel.EMAIL: (*_BY_NUMBER, CHOICES, FREE_TEXT, CALL_BACK),
}
"""The kinds of questions that each channel can carry: a keypad has no letters and reads out no list of options."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose. ``code``, from 1, stays with the ``id`` through all versions; 0 until one is published."""

    id: str
    text: Wording
    code: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """One question; ``scale`` is one of ``scales.KINDS``.

    ``when`` is a condition (surveys.conditions): the question is asked where it holds; empty: always. ``low`` and
    ``high`` are the words at the ends of the scale, ``hint`` a line beneath the question on the page.
    """

    id: str
    scale: str
    text: Wording
    type_ahead: bool = False
    required: bool = False
    when: str = ""
    low: Wording = field(default_factory=dict)
    high: Wording = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    hint: Wording = field(default_factory=dict)

    @property
    def slot(self) -> str:
        """The prompt slot the question is spoken from."""
        return f"question.{self.id}"

    @property
    def numbers(self) -> Scale | None:
        """The numbers the question is answered with, ``None`` where it is not; a choice is by its place in the list."""
        if self.scale == CHOICE:
            return Scale(CHOICE, 1, max(1, len(self.options)))
        return SCALES.get(self.scale)

    def fits(self, channel: Channel) -> bool:
        """Whether the channel can carry an answer."""
        return self.scale in _CARRIED[channel]

    def option(self, code: int) -> Option | None:
        """The option of this code."""
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True)
class Reaction:
    """Words for the customer, said once, as soon as the condition ``when`` holds."""

    when: str
    say: Wording


@dataclass(frozen=True, slots=True)
class Page:
    """How the survey looks and behaves on the web.

    ``layout`` is ``one`` (question a page) or ``all``. ``frames`` are the origins whose pages may hold the survey in a
    frame; ``address`` is the company's own page that does, where links then lead. ``colours`` maps ``accent``,
    ``paper`` and ``ink`` to ``#rrggbb``, ``variables`` further CSS variables to their values. ``open_for`` is how long
    a link can be answered, ``reminder`` after how long who has not answered is reminded, once.
    """

    layout: str = "one"
    frames: tuple[str, ...] = ()
    address: str | None = None
    colours: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    logo: str | None = None
    open_for: timedelta = timedelta(days=14)
    reminder: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One version of a questionnaire. ``phrases`` maps a slot (``welcome``, ``thanks.promoter``) to its wording.

    ``window`` is how long an SMS is waited for, and how long after the end one still belongs to the interview.
    """

    id: str
    version: int
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    phrases: Mapping[str, Wording]
    reactions: tuple[Reaction, ...] = ()
    page: Page = field(default=Page())
    title: Wording = field(default_factory=dict)
    window: timedelta = WINDOW

    def asked_on(self, channel: Channel) -> tuple[Question, ...]:
        """The questions the channel can carry, in order."""
        return tuple(question for question in self.questions if question.fits(channel))

    @property
    def is_branching(self) -> bool:
        """Whether anything depends on earlier answers or on what is known of the customer."""
        return bool(self.reactions) or any(question.when for question in self.questions)

    def spoken_in(self, wished: str | None) -> str:
        """The language to use: the wished one (``sv``, or ``sv-SE``) when the form has it, else the form's first."""
        wishes = (wished or "", (wished or "").replace("_", "-").partition("-")[0].lower())
        return next((wish for wish in wishes if wish in self.languages), self.languages[0])

    def slots(self) -> dict[str, Wording]:
        """Every prompt slot of the form with its wording, questions included, in the order they are heard."""
        questions = {question.slot: question.text for question in self.questions}
        reactions = {f"reaction.{place}": reaction.say for place, reaction in enumerate(self.reactions, 1)}
        return {**self.phrases, **questions, **reactions}

    def question(self, name: str) -> Question | None:
        """The question of this id."""
        return next((question for question in self.questions if question.id == name), None)
