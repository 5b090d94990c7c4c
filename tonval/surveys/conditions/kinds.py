"""What a question may be answered with, as far as conditions care, and what can be wrong with a condition."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """A whole number, both ends included."""

    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class YesNo:
    """Yes or no."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these options, by id."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SomeOf:
    """Any of these options, by id; also none."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Free text."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time to be called back."""


Kind = Range | YesNo | OneOf | SomeOf | Words | Moment


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a condition, in a sentence; a warning does not hinder its use."""

    sentence: str
    warning: bool = False
