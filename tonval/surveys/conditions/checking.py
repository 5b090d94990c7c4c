"""Whether a condition fits the questions it asks about, and whether it says anything at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from itertools import chain, combinations, product
from math import prod
from typing import Final, assert_never

from tonval.surveys.conditions.facts import Facts, is_option, so
from tonval.surveys.conditions.kinds import Kind, Moment, OneOf, Problem, Range, SomeOf, Words, YesNo
from tonval.surveys.conditions.syntax import (
    Among,
    Answered,
    Comparison,
    Condition,
    Has,
    Is,
    IsNot,
    Measures,
    Mentions,
    Value,
    Within,
    comparisons,
    shown,
    truth,
)
from tonval.surveys.sentences import sentence

ATTRIBUTES: Final = frozenset({"tier", "language", "queue", "channel"})
"""The attributes every interview has a place for; none of them is taken for a misspelt question."""

MAX_WORLDS: Final = 20_000
"""How many combinations of answers are tried to learn whether a condition can fail and can hold."""


def check(condition: Condition, known: Mapping[str, Kind]) -> tuple[Problem, ...]:
    """What is wrong with the condition where the questions are ``known``; any other name is an attribute.

    A condition that holds always, or never, is told of only where all comparisons make sense and no more than
    ``MAX_WORLDS`` combinations of answers have to be tried; what a text or an attribute may be is not thought through.
    """
    found = [problem for comparison in comparisons(condition) for problem in _problems(comparison, known)]
    if all(problem.warning for problem in found):
        found.extend(_constant(condition, known))
    return tuple(dict.fromkeys(found))


def _problems(comparison: Comparison, known: Mapping[str, Kind]) -> Iterator[Problem]:
    kind = known.get(comparison.name)
    if kind is None and comparison.name not in ATTRIBUTES:
        yield from _perhaps_misspelt(comparison.name, known)
    if not isinstance(comparison, Answered):
        yield from (Problem(sentence) for sentence in _faults(comparison, kind))


def _perhaps_misspelt(name: str, known: Iterable[str]) -> Iterator[Problem]:
    folded = {question.casefold(): question for question in known}
    for near in get_close_matches(name.casefold(), folded, n=1, cutoff=0.8):
        yield Problem(
            sentence(
                "no question is called “%(name)s”, so it is an attribute; or is “%(near)s” meant?",
                name=name,
                near=folded[near],
            ),
            warning=True,
        )


def _faults(comparison: Comparison, kind: Kind | None) -> Iterator[str]:
    match kind:
        case None:
            return _on_attribute(comparison)
        case Range():
            return _on_range(comparison, kind)
        case YesNo():
            return _on_yes_no(comparison)
        case OneOf(options):
            return _on_one(comparison, options)
        case SomeOf(options):
            return _on_some(comparison, options)
        case Words():
            return _on_words(comparison)
        case Moment():
            return iter(
                [sentence("%(name)s is a call-back: only “%(name)s is answered” makes sense", name=comparison.name)]
            )
        case _ as other:
            assert_never(other)


def _on_attribute(comparison: Comparison) -> Iterator[str]:
    if isinstance(comparison, Has):
        yield sentence(
            "%(name)s is an attribute: write “%(name)s is %(option)s”",
            name=comparison.name,
            option=shown(comparison.option),
        )


def _on_range(comparison: Comparison, kind: Range) -> Iterator[str]:
    name, numbers = comparison.name, f"{kind.lowest}–{kind.highest}"
    if isinstance(comparison, Has | Mentions):
        yield sentence(
            "%(name)s is a number, %(numbers)s: write “%(name)s is %(highest)s” or “%(name)s <= %(highest)s”",
            name=name,
            numbers=numbers,
            highest=kind.highest,
        )
    for value in _values(comparison):
        if not isinstance(value, Decimal):
            yield sentence(
                "%(name)s is a number, %(numbers)s, and never “%(value)s”", name=name, numbers=numbers, value=value
            )
        elif not kind.lowest <= value <= kind.highest or _between(comparison, value):
            yield sentence(
                "%(name)s is %(numbers)s and is never %(value)s", name=name, numbers=numbers, value=shown(value)
            )


def _between(comparison: Comparison, value: Decimal) -> bool:
    """Whether the comparison asks for a number that is not whole."""
    return isinstance(comparison, Is | IsNot | Among) and value != value.to_integral_value()


def _on_yes_no(comparison: Comparison) -> Iterator[str]:
    fits = isinstance(comparison, Is | IsNot | Among) and all(
        value in (0, 1) if isinstance(value, Decimal) else value.lower() in ("yes", "no")
        for value in _values(comparison)
    )
    if not fits:
        yield sentence("%(name)s is yes or no: write “%(name)s is yes”", name=comparison.name)


def _on_one(comparison: Comparison, options: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(comparison, Is | IsNot | Among):
        yield sentence(
            "%(name)s has one answer: write “%(name)s is %(options)s”",
            name=comparison.name,
            options=shown(_first(options)),
        )
    for value in _values(comparison):
        yield from _unknown(comparison.name, value, options)


def _on_some(comparison: Comparison, options: tuple[str, ...]) -> Iterator[str]:
    if isinstance(comparison, Has):
        yield from _unknown(comparison.name, comparison.option, options)
    else:
        yield sentence(
            "%(name)s may have several answers: write “%(name)s has %(options)s”",
            name=comparison.name,
            options=shown(_first(options)),
        )


def _unknown(name: str, value: Value, options: tuple[str, ...]) -> Iterator[str]:
    if not any(is_option(option, value) for option in options):
        asked = value if isinstance(value, str) else shown(value)
        yield sentence(
            "%(name)s has no option “%(asked)s”; it has %(or_)s",
            name=name,
            asked=asked,
            or_=", ".join(options) or "none",
        )


def _first(options: tuple[str, ...]) -> str:
    return options[0] if options else "…"


def _on_words(comparison: Comparison) -> Iterator[str]:
    if not isinstance(comparison, Mentions):
        yield sentence("%(name)s is answered in words: write “%(name)s mentions …”", name=comparison.name)


def _values(comparison: Comparison) -> tuple[Value, ...]:
    """What the name is compared with, but for options and texts that are looked for."""
    match comparison:
        case Is(_, value) | IsNot(_, value) | Measures(_, _, value):
            return (value,)
        case Within(_, lowest, highest):
            return (lowest, highest)
        case Among(_, values):
            return values
        case Has() | Mentions() | Answered():
            return ()
        case _ as other:
            assert_never(other)


World = frozenset[Comparison]
"""The comparisons that hold together under some answers."""


def _constant(condition: Condition, known: Mapping[str, Kind]) -> Iterator[Problem]:
    """Whether the condition comes out the same under all answers."""
    about: dict[str, set[Comparison]] = {}
    for comparison in comparisons(condition):
        about.setdefault(comparison.name, set()).add(comparison)
    if any(len(asked) > MAX_WORLDS.bit_length() for asked in about.values()):
        return
    worlds = [_worlds(name, asked, known.get(name)) for name, asked in about.items()]
    if prod(map(len, worlds)) > MAX_WORLDS:
        return
    outcomes = (truth(condition, frozenset().union(*world).__contains__) for world in product(*worlds))
    first = next(outcomes)
    if all(outcome == first for outcome in outcomes):
        yield (
            Problem(sentence("this always holds"), warning=True) if first else Problem(sentence("this can never hold"))
        )


def _worlds(name: str, asked: set[Comparison], kind: Kind | None) -> set[World]:
    """Every set of the comparisons of one name that may hold together; the empty one where nothing is known."""
    match kind:
        case Range(lowest, highest):
            return _tried(asked, [Facts(numbers={name: number}) for number in range(lowest, highest + 1)])
        case YesNo():
            return _tried(asked, [Facts(numbers={name: number}) for number in (0, 1)])
        case OneOf(options):
            return _tried(asked, [Facts(picks={name: frozenset({option})}) for option in options])
        case SomeOf() | Words() | Moment() | None:
            return {frozenset(), *_free(name, asked)}
        case _ as other:
            assert_never(other)


def _tried(asked: set[Comparison], answers: Iterable[Facts]) -> set[World]:
    return {frozenset(), *(frozenset(comparison for comparison in asked if so(comparison, facts)) for facts in answers)}


def _free(name: str, asked: set[Comparison]) -> Iterator[World]:
    """Of texts, attributes and several options any may hold beside any; more than can be, never less."""
    others = asked - {Answered(name)}
    subsets = chain.from_iterable(combinations(others, size) for size in range(len(others) + 1))
    return (frozenset({Answered(name), *subset}) for subset in subsets)
