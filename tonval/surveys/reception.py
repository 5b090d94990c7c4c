"""What a caller hears before the survey: a greeting, her language, whether she will take part, and the agent.

Pure, like the interview machine, which goes on where this ends: it stops at every wait and performs nothing. The same
few steps guard a call of ours to a customer: a person must press a key, or an answering machine would be interviewed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tonval.surveys.questionnaire import Wording
from tonval.surveys.reception_words import WORDS
from tonval.surveys.state import ReplyRejected
from tonval.surveys.turns import AskDigits, Dial, DialEnded, Digits, HungUp, Line, Reply, TimedOut, Utterance
from tonval.surveys.wording import fill

TRIES: Final = 2
"""How often a key is asked for."""

YES, NEVER_AGAIN = "1", "9"

KEY: Final = AskDigits(max_digits=1, finish_on="", timeout=timedelta(seconds=6))


class Step(StrEnum):
    """Where the caller is."""

    LANGUAGE = "language"
    OPT_IN = "opt in"
    GUARD = "guard"
    CONNECTED = "connected"
    OVER = "over"


class Outcome(StrEnum):
    """How a reception ends. All but ``SURVEY`` end the call."""

    SURVEY = "survey"
    DECLINED = "declined"
    UNCONNECTED = "unconnected"
    LEFT = "left"
    NEVER = "never"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Terms:
    """How a queue receives callers. ``steps`` are taken in order; none of them leads straight to the survey.

    ``languages`` are chosen by the keys 1, 2, … in their order. ``lines`` and ``queue`` say who to connect with.
    ``words`` maps a slot (``greeting``, ``opt_in``) to the queue's own wording. ``greets``: nobody
    else has greeted the caller.
    """

    steps: tuple[Step, ...] = ()
    languages: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    queue: str = ""
    ring: timedelta = timedelta(seconds=30)
    words: Mapping[str, Wording] = field(default_factory=dict)
    greets: bool = True

    @property
    def dials(self) -> bool:
        """Whether callers are connected with an agent by us."""
        return bool(self.lines or self.queue)


@dataclass(frozen=True, slots=True)
class Reception:
    """A caller who is being received. ``taking_part`` is what she pressed, ``None``: she was not asked."""

    terms: Terms
    language: str
    step: Step
    misses: int = 0
    taking_part: bool | None = None
    agent: str | None = None
    talk: timedelta = timedelta(0)
    fills: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """What comes next: words and a wait, or the ``outcome``."""

    reception: Reception
    says: tuple[Utterance, ...]
    wait: AskDigits | Dial | None
    outcome: Outcome | None = None


def receive(terms: Terms, *, language: str, known: bool, fills: Mapping[str, str]) -> Received:
    """Greet the caller and take the first step. ``known``: her language is, so that she need not choose it."""
    steps = tuple(step for step in terms.steps if not (known and step is Step.LANGUAGE))
    start = Reception(replace(terms, steps=steps), language, Step.OVER, fills=fills)
    greeted = _say(start, "greeting") if terms.greets else ()
    turn = _take(start, 0)
    return replace(turn, says=greeted + turn.says)


def go_on(reception: Reception, reply: Reply) -> Received:
    """The next step after ``reply``. Raises ``ReplyRejected`` when it came at the wrong moment."""
    move = TRANSITIONS.get((reception.step, type(reply)))
    if move is None:
        raise ReplyRejected(f"{type(reply).__name__} came while {reception.step}")
    return move(reception, reply)


def said(terms: Terms, slot: str, language: str, fills: Mapping[str, str]) -> Utterance:
    """The words of one slot, as this queue says them."""
    (words,) = _say(Reception(terms, language, Step.OVER, fills=fills), slot)
    return words


def _choose_language(reception: Reception, reply: Reply) -> Received:
    assert isinstance(reply, Digits)
    languages = reception.terms.languages
    place = int(reply.digits) - 1 if reply.digits.isdecimal() else -1
    if not 0 <= place < len(languages):
        return _again(reception, reply)
    return _next(replace(reception, language=languages[place]))


def _opt_in(reception: Reception, reply: Reply) -> Received:
    """Only the key that was named is a yes."""
    return _next(replace(reception, taking_part=isinstance(reply, Digits) and reply.digits == YES))


def _guard(reception: Reception, reply: Reply) -> Received:
    said = reply.digits if isinstance(reply, Digits) else ""
    if said == YES:
        return _next(replace(reception, taking_part=True))
    if said == NEVER_AGAIN:
        return _over(reception, Outcome.NEVER, "never")
    return _again(reception, reply)


def _again(reception: Reception, reply: Reply) -> Received:
    """Ask once more; then go on in the language there is, and leave alone whom no key tells from a machine."""
    del reply
    if reception.misses + 1 < TRIES:
        return _ask(replace(reception, misses=reception.misses + 1))
    return _over(reception, Outcome.NOBODY, "unheard") if reception.step is Step.GUARD else _next(reception)


def _talked(reception: Reception, reply: Reply) -> Received:
    assert isinstance(reply, DialEnded)
    after = replace(reception, talk=reply.talk, agent=reply.agent or reception.agent)
    if reply.left:
        return _over(after, Outcome.LEFT)
    if not reply.talk:
        return _over(after, Outcome.UNCONNECTED, "unavailable")
    if after.taking_part is False:
        return _over(after, Outcome.DECLINED, "goodbye")
    return _over(after, Outcome.SURVEY)


def _left(reception: Reception, reply: Reply) -> Received:
    del reply
    return _over(reception, Outcome.LEFT)


Move = Callable[[Reception, Reply], Received]

TRANSITIONS: Final[Mapping[tuple[Step, type[Reply]], Move]] = {
    (Step.LANGUAGE, Digits): _choose_language,
    (Step.LANGUAGE, TimedOut): _again,
    (Step.OPT_IN, Digits): _opt_in,
    (Step.OPT_IN, TimedOut): _opt_in,
    (Step.GUARD, Digits): _guard,
    (Step.GUARD, TimedOut): _again,
    (Step.CONNECTED, DialEnded): _talked,
    **{(step, HungUp): _left for step in Step if step is not Step.OVER},
}
"""Every legal move."""


def _next(reception: Reception) -> Received:
    return _take(reception, reception.terms.steps.index(reception.step) + 1)


def _take(reception: Reception, place: int) -> Received:
    steps = reception.terms.steps
    if place < len(steps):
        return _ask(replace(reception, step=steps[place], misses=0))
    if not reception.terms.dials:
        return _over(reception, Outcome.SURVEY)
    terms = reception.terms
    connecting = replace(reception, step=Step.CONNECTED)
    return Received(connecting, _say(connecting, "connecting"), Dial(terms.lines, terms.queue, terms.ring))


def _ask(reception: Reception) -> Received:
    if reception.step is Step.LANGUAGE:
        return Received(reception, tuple(_languages(reception)), KEY)
    return Received(reception, _say(reception, reception.step.name.lower()), KEY)


def _languages(reception: Reception) -> list[Utterance]:
    """Each language is offered in itself."""
    offered = enumerate(reception.terms.languages, 1)
    return [said for key, each in offered for said in _say(replace(reception, language=each), "language", str(key))]


def _over(reception: Reception, outcome: Outcome, slot: str = "") -> Received:
    says = _say(reception, slot) if slot else ()
    return Received(replace(reception, step=Step.OVER), says, None, outcome)


def _say(reception: Reception, slot: str, key: str = "") -> tuple[Utterance, ...]:
    """The words of a slot in the caller's language, in English where there are none."""
    wording = {**WORDS[slot], **reception.terms.words.get(slot, {})}
    language = reception.language if reception.language in wording else "en"
    words = fill(wording[language], {**reception.fills, "key": key})
    return (Utterance(slot_of(slot), language, words),)


def slot_of(slot: str) -> str:
    """The prompt slot of a reception's words."""
    return f"reception.{slot}"


def spoken_slots(terms: Terms) -> dict[str, Wording]:
    """Every prompt slot a queue's receptions may need with its wording, placeholders and all."""
    return {slot_of(slot): {**words, **terms.words.get(slot, {})} for slot, words in WORDS.items()}
