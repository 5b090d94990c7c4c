"""What a reply was read as, by which rule, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a reply is."""

    VALUE = "value"
    AMBIGUOUS = "ambiguous"
    COMMENT = "comment"
    OPT_OUT = "opt-out"
    HELP = "help"
    START = "start"
    EMPTY = "empty"


class Confidence(StrEnum):
    """``sure``: it can be nothing else. ``likely``: read through the words around it. ``none``: nothing was taken."""

    SURE = "sure"
    LIKELY = "likely"
    NONE = "none"


class Rule(StrEnum):
    """Why a reply was read as it was. docs/replies.md has an example of each, the corpus its source."""

    NUMBER = "number"
    NUMBER_WORD = "number word"
    TOP = "of the highest"
    TWICE = "the same twice"
    POINTS = "points"
    PLUS = "plus at the top"
    LABEL = "label"
    OPENING = "opening"
    CLOSING = "closing"
    COUNTED = "counts beside"
    SCALE_NAMED = "scale named"
    TYPO = "typing error"
    AGREED = "yes or no"
    OPTION_WORDS = "words of an option"
    OPTION_PLACE = "place of an option"

    TEXT = "free text"
    NO_NUMBER = "no number"

    EMPTY = "nothing written"
    STOP = "stop"
    START = "start"
    HELP = "help"

    SEVERAL = "several numbers"
    SPACED = "apart"
    RANGE = "range"
    FRACTION = "of another number"
    DECIMAL = "not whole"
    NEGATIVE = "minus"
    SIGN = "sign"
    GLUED = "letters at it"
    ZEROS = "leading zeros"
    COUNTS = "counts something"
    NAMES = "names something"
    GRADE = "another scale"
    NEGATED = "negated"
    CONDITION = "condition"
    PART = "part of one"
    BOUND = "bound"
    UNPROVEN = "unproven"
    OFF_SCALE = "off the scale"
    BOTH = "yes and no"
    UNSURE_WORDS = "neither yes nor no"
    TWO_OPTIONS = "two options"


_LIKELY: Final = frozenset({Rule.OPENING, Rule.CLOSING, Rule.COUNTED, Rule.SCALE_NAMED, Rule.TYPO, Rule.LABEL})

_KINDS: Final = {
    Rule.EMPTY: Kind.EMPTY,
    Rule.STOP: Kind.OPT_OUT,
    Rule.START: Kind.START,
    Rule.HELP: Kind.HELP,
    Rule.NO_NUMBER: Kind.COMMENT,
}


@dataclass(frozen=True, slots=True)
class Score:
    """A number on the scale, and the whole message in ``words`` when it says more than the number."""

    value: int
    words: str = ""
    rule: Rule = field(default=Rule.NUMBER, compare=False)

    @property
    def kind(self) -> Kind:
        """Always a value."""
        return Kind.VALUE

    @property
    def confidence(self) -> Confidence:
        """How sure the number is."""
        return Confidence.LIKELY if self.rule in _LIKELY else Confidence.SURE


@dataclass(frozen=True, slots=True)
class Words:
    """An answer in words, to a question that asked for words."""

    text: str
    rule: Rule = field(default=Rule.TEXT, compare=False)

    @property
    def kind(self) -> Kind:
        """Always a comment."""
        return Kind.COMMENT

    @property
    def confidence(self) -> Confidence:
        """Words are what they are."""
        return Confidence.SURE


@dataclass(frozen=True, slots=True)
class Unclear:
    """No answer to the question; ``why`` is a sentence for people."""

    why: str
    rule: Rule = field(default=Rule.UNPROVEN, compare=False)

    @property
    def kind(self) -> Kind:
        """A command, nothing, a comment, or what may mean this or that."""
        return _KINDS.get(self.rule, Kind.AMBIGUOUS)

    @property
    def confidence(self) -> Confidence:
        """No number was taken."""
        return Confidence.NONE


Reading = Score | Words | Unclear
