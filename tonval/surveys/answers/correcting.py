"""When a message puts an earlier number right: its words say so, or it is a bare number where none is waited for.

People repair what they have said in a few ways, and what is said second stands (Schegloff, Jefferson and Sacks, "The
preference for self-correction in the organization of repair in conversation", Language 53, 1977). Which ways, each with
its source and examples, is held by tests/surveys/corpus/corrections.yaml. All languages are listened for at once, for
people mix them; what is left besides the words must be a number that ``read_text`` takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from tonval.surveys.answers import read_text
from tonval.surveys.answers.lexicon import fold, lexicon
from tonval.surveys.answers.reading import Confidence, Rule, Score
from tonval.surveys.answers.tokens import normal
from tonval.surveys.questionnaire import Question
from tonval.surveys.scales import CHOICE, YES_NO
from tonval.surveys.sentences import sentence

LONGEST: Final = 300
"""Characters of a message that is looked at: who writes more, tells more."""

LONGEST_NUMBER: Final = 40
"""Characters of one that is a number and nothing else."""


class Sign(StrEnum):
    """How a message shows that its number takes the place of another."""

    MEANT = "says what was meant"
    SLIP = "owns a slip"
    STAR = "star before it"
    PAIR = "one instead of the other"
    AGAIN = "another number"
    SAME = "the same number again"


@dataclass(frozen=True, slots=True)
class Correction:
    """``value`` is to stand; ``before`` is the number that the message says it replaces, where it does.

    ``words`` is the whole message when it says more than that.
    """

    value: int
    sign: Sign
    before: int | None = None
    words: str = ""


def explain(sign: Sign) -> str:
    """The sign in one plain English sentence, for staff who look at a message."""
    return _EXPLAINED[sign]


def read_correction(question: Question, text: str, language: str) -> Correction | None:
    """The number on the question's scale that the words of the message put in place of another, if they do.

    Any text is read; one of more than ``LONGEST`` characters is no correction.
    """
    if len(text) > LONGEST or question.numbers is None:
        return None
    said, sign = _after_lead(fold(normal(text)).strip())
    asked = _Asked(question, language)
    found = asked.pair(said) or asked.starred(said) or asked.led(said, sign) or asked.behind(said)
    if found is None or (question.scale in _WORDED and found.sign in (Sign.SLIP, Sign.STAR)):
        return None  # "sorry, no" is about something else as likely as not
    return Correction(found.value, found.sign, found.before, text.strip() if found.words else "")


def read_bare(question: Question, text: str, language: str) -> int | None:
    """The number on the question's scale that is the whole message and can be nothing else, if it is one."""
    if len(text) > LONGEST_NUMBER:
        return None
    said = normal(text).strip(" .!")
    if said in lexicon(language).weak or (question.scale in _WORDED and not said.isdigit()):
        return None
    reading = read_text(question, text, language) if question.numbers else None
    if not isinstance(reading, Score) or reading.words or reading.rule not in _BARE:
        return None
    return reading.value


_WORDED: Final = (YES_NO.name, CHOICE)
"""Scales that are answered in words as often as in numbers."""
_BARE: Final = (
    Rule.NUMBER,
    Rule.NUMBER_WORD,
    Rule.TOP,
    Rule.TWICE,
    Rule.POINTS,
    Rule.PLUS,
    Rule.OPTION_PLACE,
)
_MOST_LEADS: Final = 6
_STAR: Final = re.compile(r"\*\s*([^*]+)")
_SIDE: Final = r"\S(?:.{0,38}?\S)??"
"""One of two numbers, with an article or the like."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Tries the ways in which a message may correct an answer to the question."""

    question: Question
    language: str

    def pair(self, said: str) -> Correction | None:
        """ "3 not 9", "not 9 but 3", "change 9 to 3", "9 asemel 3"."""
        for pattern in _pairs():
            match = pattern.fullmatch(said)
            value, before = (self._alone(match["now"]), self._alone(match["before"])) if match else (None, None)
            if value is not None and before is not None and value != before:
                return Correction(value, Sign.PAIR, before)
        return None

    def starred(self, said: str) -> Correction | None:
        """ "*3"."""
        match = _STAR.fullmatch(said)
        value = self._alone(match[1]) if match else None
        return Correction(value, Sign.STAR) if value is not None else None

    def led(self, said: str, sign: Sign | None) -> Correction | None:
        """What follows "I meant" may say more than the number; what follows "sorry" may not."""
        reading = read_text(self.question, said, self.language) if sign else None
        if sign is None or not isinstance(reading, Score):
            return None
        more = sign is Sign.MEANT and self.question.scale not in _WORDED
        return Correction(reading.value, sign, words=reading.words) if more or _is_alone(reading) else None

    def behind(self, said: str) -> Correction | None:
        """ "3 I meant"."""
        match = _behind().fullmatch(said)
        value = self._alone(match["now"]) if match else None
        return Correction(value, Sign.MEANT) if value is not None else None

    def _alone(self, said: str) -> int | None:
        reading = read_text(self.question, said, self.language)
        return reading.value if isinstance(reading, Score) and _is_alone(reading) else None


def _is_alone(reading: Score) -> bool:
    """Whether nothing but a courtesy or an article stands with the number."""
    return not reading.words and (reading.confidence is Confidence.SURE or reading.rule is Rule.LABEL)


def _after_lead(said: str) -> tuple[str, Sign | None]:
    """What follows the words that lead to a correction, and what they are a sign of."""
    sign: Sign | None = None
    for _ in range(_MOST_LEADS):
        match = _lead().match(said)
        if match is None:
            break
        said = said[match.end() :]
        if match["meant"]:
            sign = Sign.MEANT
        elif not match["filler"]:
            sign = sign or Sign.SLIP
    return said, sign


@cache
def _lead() -> re.Pattern[str]:
    fillers = _either(
        ("hi", "hello", "hey", "hej", "hei", "hallo", "hola", "tere", "moi", "bonjour", "ok", "okay", "oh")
    )
    meant, slip, comma = (_either(_words(part)) for part in ("meant", "sorry", "comma"))
    words = rf"(?:(?P<meant>{meant})|(?:{slip})|(?:{comma})(?=\s?[,;!])|(?P<filler>{fillers}))(?!\w)"
    return re.compile(rf"{words}\s*(?:[,.:;!?…]+\s*|[-–—]+\s+)*")


@cache
def _behind() -> re.Pattern[str]:
    return re.compile(rf"(?P<now>{_SIDE})[\s,.:;!-]+(?:{_either(_words('after'))})[\s.!]*")


@cache
def _pairs() -> tuple[re.Pattern[str], ...]:
    nay, but, instead, change, to = (_either(_words(part)) for part in ("not", "but", "instead", "change", "to"))
    now, before, end = rf"(?P<now>{_SIDE})", rf"(?P<before>{_SIDE})", r"[\s.!)]*"
    return (
        re.compile(rf"{now}[\s,.:;(-]+(?:{nay})\s+{before}{end}"),
        re.compile(rf"(?:{nay})\s+{before}(?:\s*[,;]\s*(?:(?:{but})\s+)?|\s+(?:{but})\s+){now}{end}"),
        re.compile(rf"{before}(?::?n)?\s+(?:{instead})\s+{now}{end}"),
        re.compile(rf"(?:{change})\s+{before}\s+(?:{to})\s+{now}{end}"),
    )


def _either(words: Iterable[str]) -> str:
    """The longest first, so that none hides another; a space stands for any."""
    return "|".join(
        re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=lambda each: (-len(each), each))
    )


def _words(part: str) -> frozenset[str]:
    texts = (source.get(part, "") for source in _source().values())
    return frozenset(fold(word.strip()) for text in texts for word in text.split(",") if word.strip())


@cache
def _source() -> dict[str, dict[str, Any]]:
    text = files(__package__).joinpath("corrections.yaml").read_text(encoding="utf-8")
    content: dict[str, dict[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)  # our own file, safe loader
    return content


_EXPLAINED: Final = {
    Sign.MEANT: sentence("The message says what was meant."),
    Sign.SLIP: sentence("The message owns a slip and gives the number again."),
    Sign.STAR: sentence("A star before the number marks a correction."),
    Sign.PAIR: sentence("The message names both numbers, and which one holds."),
    Sign.AGAIN: sentence("Another number came where none was asked for."),
    Sign.SAME: sentence("The same number came again: nothing has changed."),
}
