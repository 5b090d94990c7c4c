"""A condition as it was read: comparisons of one name each, joined by and, or, not; and how one is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, assert_never

RESERVED: Final = frozenset({"and", "or", "not", "is", "in", "has", "mentions", "answered"})
"""The words of the language, in lower case; one that is meant as a name or a text stands in quotes."""

NUMBER: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
BARE: Final = re.compile(r"\w[\w-]*")
"""What needs no quotes."""

Value = Decimal | str


class Sign(StrEnum):
    """How two numbers are compared."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Measures:
    """``recommend <= 6``"""

    name: str
    sign: Sign
    number: Decimal


@dataclass(frozen=True, slots=True)
class Is:
    """``site is Madrid``"""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class IsNot:
    """``site is not Madrid``"""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Within:
    """``helped in 1..3``, both ends included."""

    name: str
    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, slots=True)
class Among:
    """``helped in (1, 2)``"""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """``reasons has price``"""

    name: str
    option: str


@dataclass(frozen=True, slots=True)
class Mentions:
    """``why mentions "refund"``"""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Answered:
    """``why is answered``"""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class And:
    """Every part holds; two parts or more."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds; two parts or more."""

    parts: tuple[Condition, ...]


Comparison = Measures | Is | IsNot | Within | Among | Has | Mentions | Answered
Condition = Comparison | Not | And | Or


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Every comparison in the condition, in the order of the text."""
    match condition:
        case Not(inner):
            yield from comparisons(inner)
        case And(parts) | Or(parts):
            for part in parts:
                yield from comparisons(part)
        case _:
            yield condition


def names(condition: Condition) -> frozenset[str]:
    """The questions and attributes the condition asks about."""
    return frozenset(comparison.name for comparison in comparisons(condition))


def truth(condition: Condition, so: Callable[[Comparison], bool]) -> bool:
    """Whether the condition holds when ``so`` says which comparisons do."""
    match condition:
        case Not(inner):
            return not truth(inner, so)
        case And(parts):
            return all(truth(part, so) for part in parts)
        case Or(parts):
            return any(truth(part, so) for part in parts)
        case _:
            return so(condition)


def written(condition: Condition) -> str:
    """The one way to write the condition, with no brackets but the needed ones: ``parse(written(c)) == c``."""
    match condition:
        case And(parts):
            return " and ".join(_closed(part) if isinstance(part, And | Or) else written(part) for part in parts)
        case Or(parts):
            return " or ".join(_closed(part) if isinstance(part, Or) else written(part) for part in parts)
        case Not(Answered(name)):
            return f"{_name(name)} is not answered"
        case Not(inner):
            return f"not {_closed(inner) if isinstance(inner, And | Or) else written(inner)}"
        case _:
            return f"{_name(condition.name)} {_said(condition)}"


def shown(value: Value) -> str:
    """A value as it is written: a plain number, a bare word, or a text in quotes."""
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    bare = BARE.fullmatch(value) and not NUMBER.fullmatch(value) and value.lower() not in RESERVED
    return value if bare else _quoted(value)


def _said(comparison: Comparison) -> str:
    """All but the name."""
    match comparison:
        case Measures(_, sign, number):
            return f"{sign} {shown(number)}"
        case Is(_, value):
            return f"is {shown(value)}"
        case IsNot(_, value):
            return f"is not {shown(value)}"
        case Within(_, lowest, highest):
            return f"in {shown(lowest)}..{shown(highest)}"
        case Among(_, values):
            return f"in ({', '.join(shown(value) for value in values)})"
        case Has(_, option):
            return f"has {shown(option)}"
        case Mentions(_, words):
            return f"mentions {_quoted(words)}"
        case Answered():
            return "is answered"
        case _ as other:
            assert_never(other)


def _closed(condition: Condition) -> str:
    return f"({written(condition)})"


def _name(name: str) -> str:
    return name if BARE.fullmatch(name) and name.lower() not in RESERVED else _quoted(name)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
