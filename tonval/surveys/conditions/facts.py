"""What is known about an interview, and whether a condition holds of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Final, assert_never

from tonval.surveys.conditions.syntax import (
    NUMBER,
    Among,
    Answered,
    Comparison,
    Condition,
    Has,
    Is,
    IsNot,
    Measures,
    Mentions,
    Sign,
    Value,
    Within,
    truth,
)

_HOLDS: Final[Mapping[Sign, Callable[[Decimal, Decimal], bool]]] = {
    Sign.LESS: lt,
    Sign.AT_MOST: le,
    Sign.MORE: gt,
    Sign.AT_LEAST: ge,
}
_YES_NO: Final = {"yes": Decimal(1), "no": Decimal(0)}
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Facts:
    """What was answered so far, and what is known about the customer; what is not in here is not known.

    ``numbers``: question to number on its scale, yes is 1 and no is 0. ``picks``: question to the ids of the chosen
    options, of a single choice or a multiple one, where none chosen is an answer too. ``words``: question to what was
    written; a call-back that was wished for stands here as well, in any words. ``attributes``: name to value; one that
    has the name of a question of the survey must be left out, also where the question has no answer. A blank text
    counts as not known.
    """

    numbers: Mapping[str, int] = field(default_factory=dict)
    picks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What was written or is known under this name, blank where nothing is."""
        return (self.words.get(name) or self.attributes.get(name) or "").strip()

    def number(self, name: str) -> Decimal | None:
        """The number answered, or the one that a text is."""
        return Decimal(self.numbers[name]) if name in self.numbers else as_number(self.text(name))

    def known(self, name: str) -> bool:
        """Whether the question was answered, the attribute is known."""
        return name in self.numbers or name in self.picks or bool(self.text(name))


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether the condition holds.

    What is not answered or not known makes every comparison false, also ``is not`` and ``!=``: of a customer whose site
    nobody knows neither ``site is Madrid`` nor ``site is not Madrid`` holds. ``not (site is Madrid)`` does: ``not``
    only turns true and false around.
    """
    return truth(condition, lambda comparison: so(comparison, facts))


def so(comparison: Comparison, facts: Facts) -> bool:
    """Whether this one comparison holds."""
    match comparison:
        case Answered(name):
            return facts.known(name)
        case Is(name, value):
            return _equal(facts, name, value)
        case IsNot(name, value):
            return facts.known(name) and not _equal(facts, name, value)
        case Among(name, values):
            return any(_equal(facts, name, value) for value in values)
        case Measures(name, sign, number):
            measured = facts.number(name)
            return measured is not None and _HOLDS[sign](measured, number)
        case Within(name, lowest, highest):
            measured = facts.number(name)
            return measured is not None and lowest <= measured <= highest
        case Has(name, option):
            return option in facts.picks.get(name, ())
        case Mentions(name, words):
            return mentions(facts.text(name), words)
        case _ as other:
            assert_never(other)


def as_number(text: str) -> Decimal | None:
    """The number that a text is, when it looks like one."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


def mentions(text: str, sought: str) -> bool:
    """Whether the words of ``sought`` stand in the text one after the other, each whole but for the end of the last.

    Case, diacritics, punctuation and spacing do not matter: ``refund`` is found in “No REFUNDS!”, ``rea`` not in
    “great”. What has no letters or digits, such as an emoji, is looked for as it stands.
    """
    words, signs = _words(sought), _folded(sought).strip()
    return f" {words}" in f" {_words(text)}" if words else bool(signs) and signs in _folded(text)


def _words(text: str) -> str:
    return " ".join(_WORD.findall(_folded(text)))


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _equal(facts: Facts, name: str, value: Value) -> bool:
    if name in facts.numbers:
        return facts.numbers[name] == (value if isinstance(value, Decimal) else _YES_NO.get(value.lower()))
    if name in facts.picks:
        (pick,) = picked if len(picked := facts.picks[name]) == 1 else ("",)
        return is_option(pick, value)
    text = facts.text(name)
    return as_number(text) == value if isinstance(value, Decimal) else text.casefold() == value.strip().casefold() != ""


def is_option(option: str, value: Value) -> bool:
    """Whether the value is the id of this option."""
    return as_number(option) == value if isinstance(value, Decimal) else option == value
