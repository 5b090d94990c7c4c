"""The words of a language that reading needs, from the files in words/; English is known with each."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

LANGUAGES: Final = ("sv", "en", "es", "et", "no", "da", "fi", "de", "fr")
_ALIASES: Final = {"nb": "no", "nn": "no"}
OFF_ANY_SCALE: Final = 10**6
"""The value of number words that no scale reaches: they are known so that they are never mistaken for others."""

WordSet = frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded words by the part they play; see words/en.yaml.

    ``weak`` are numbers that are also an article or the like; ``of_top`` is one word for "of ten".
    """

    numbers: Mapping[str, int]
    weak: Mapping[str, int]
    ordinals: Mapping[str, int]
    agreeing: Mapping[str, int]
    sets: Mapping[str, WordSet]
    of_top: Mapping[str, int]
    all: WordSet

    def __getitem__(self, part: str) -> WordSet:
        return self.sets[part]


def fold(text: str) -> str:
    """Case and accents dropped: Åtta, ÅTTA and atta are one word."""
    if text.isascii():
        return text.lower()
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return bare.translate(_LETTERS)


_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "’": "'"})
_MAPPED: Final = ("numbers", "weak", "ordinals")
_LISTED: Final = (
    *(
        "endings",
        "of",
        "scale",
        "range",
        "lead",
        "follow",
        "praise",
        "praised",
        "points",
        "stars",
        "units",
        "negations",
    ),
    *(
        "parts",
        "conditions",
        "bounds",
        "names",
        "grades",
        "abbreviations",
        "dates",
        "agreed",
        "refused",
        "places",
        "near",
        "between",
        "joins",
        "closers",
        "never",
        "again",
        "so",
        "we",
        "are",
        "stops",
        "because",
    ),
)


@cache
def lexicon(language: str) -> Lexicon:
    """The words known in ``language`` (``sv``, ``sv-SE``); those of English alone where there is no list."""
    code = language.replace("_", "-").partition("-")[0].lower()
    code = _ALIASES.get(code, code)
    english = _file("en")
    return _merged(_file(code), english) if code in LANGUAGES and code != "en" else _merged(english, {})


def _merged(own: Mapping[str, Any], english: Mapping[str, Any]) -> Lexicon:
    numbers, weak, ordinals = ({**_numbers(english.get(part)), **_numbers(own.get(part))} for part in _MAPPED)
    numbers |= dict.fromkeys((*_words(english.get("beyond")), *_words(own.get("beyond"))), OFF_ANY_SCALE)
    unlike = frozenset(_words(own.get("unlike")))  # "i" is English for "jag", and Swedish for "in"
    sets = {part: (frozenset(_words(english.get(part))) - unlike) | {*_words(own.get(part))} for part in _LISTED}
    # A negation of English that is a plain word of the own language is none: Finnish and Estonian "no" is "well".
    sets["negations"] = frozenset(_words(own["negations"])) | (sets["negations"] - set(_words(own["lead"])))
    sets["so"] = frozenset(_words(own.get("so")))  # English "so" is German for "some"
    agreeing = {word: value for source in (english, own) for word, value in _agreeing(source)}
    weak = {word: value for word, value in weak.items() if word not in numbers}
    every = frozenset().union(numbers, weak, ordinals, agreeing, *sets.values())
    return Lexicon(numbers, weak, ordinals, agreeing, sets, _numbers(own.get("of_top")), every)


def _agreeing(source: Mapping[str, Any]) -> Iterable[tuple[str, int]]:
    yield from ((word, 1) for word in _words(source.get("agree")))
    yield from ((word, 0) for word in _words(source.get("refuse")))


def _numbers(source: Mapping[int, str] | None) -> dict[str, int]:
    return {word: value for value, words in (source or {}).items() for word in _words(words)}


def _words(text: str | None) -> list[str]:
    return [fold(word) for word in (text or "").split()]


@cache
def _file(language: str) -> Mapping[str, Any]:
    text = files(__package__).joinpath("words", f"{language}.yaml").read_text(encoding="utf-8")
    content: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)  # our own file, safe loader
    return content
