"""A reply as numbers, words and breaks between them, each number with what stands at it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tonval.surveys.answers.lexicon import OFF_ANY_SCALE, Lexicon, fold
from tonval.surveys.answers.reading import Rule


class Part(StrEnum):
    """What a token is: ``SOFT`` is a break that proves nothing, such as a bracket or a colon."""

    NUMBER = "number"
    WORD = "word"
    BREAK = "break"
    SOFT = "soft"
    SLASH = "slash"
    DASH = "dash"


@dataclass(frozen=True, slots=True)
class Token:
    """``value`` and ``rule`` are a number's: how it was found, or why it is none of the scale's."""

    part: Part
    text: str
    value: int = 0
    rule: Rule = Rule.NUMBER


@dataclass(frozen=True, slots=True)
class _Raw:
    kind: str
    text: str
    apart: bool


_NOTHING: Final = _Raw("", "", True)
_LEXER: Final = re.compile(
    r"(?P<joined>\d+(?:[.,:]\d+)+)|(?P<number>\d+)|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)|(?P<space>[^\S\n]+)|(?P<mark>.)",
    re.DOTALL,
)
_DASHES: Final = frozenset("-‐‑‒–—−")
_SIGNS: Final = frozenset("%‰#№°@&^")
_SENTENCE: Final = frozenset(".,!?;\n")
_LONGEST: Final = 6
"""Digits of a number that are looked at; a longer one is on no scale."""
_KEYCAPS: Final = str.maketrans({"\ufe0f": None, "\u20e3": None, "🔟": " 10 ", "٫": "."})
_RUN: Final = re.compile(r"([^\W\d_])\1{2,}")


def normal(text: str) -> str:
    """The text in NFKC, without case, every decimal digit as 0-9, keycaps as digits, invisible signs left out."""
    if text.isascii():
        return text.lower()
    said = unicodedata.normalize("NFKC", "".join(map(_plain_sign, text.translate(_KEYCAPS)))).casefold()
    return "".join(_digit(sign) for sign in said if unicodedata.category(sign) != "Cf").translate(_KEYCAPS)


def tokens(said: str, known: Lexicon) -> list[Token]:
    """The parts of a normal text, in order. Linear in its length."""
    raw, found = _raw(said), []
    place = 0
    while place < len(raw):
        token, taken = _token(raw, place, known)
        place += taken
        if token is not None:
            found.append(token)
    return found


def _plain_sign(sign: str) -> str:
    """❾ and ⓿, which NFKC leaves as they are, as their number."""
    if sign < "①" or unicodedata.category(sign) != "No" or unicodedata.normalize("NFKC", sign) != sign:
        return sign
    number = unicodedata.numeric(sign)
    return f" {number:.0f} " if number.is_integer() and number <= 100 else sign


def _digit(sign: str) -> str:
    return sign if sign.isascii() else str(unicodedata.decimal(sign, sign))


def _raw(said: str) -> list[_Raw]:
    found: list[_Raw] = []
    apart = True
    for match in _LEXER.finditer(said):
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(_Raw(kind, match[0], apart))
        apart = kind == "space"
    return found


def _at(raw: list[_Raw], place: int) -> _Raw:
    return raw[place] if 0 <= place < len(raw) else _NOTHING


def _token(raw: list[_Raw], place: int, known: Lexicon) -> tuple[Token | None, int]:
    """The token at a place, and how many raw ones it takes up."""
    here = raw[place]
    if here.kind == "mark":
        return _mark(raw, place), 1
    if here.kind == "word":
        return _word(here.text, known), 1
    return _number(raw, place, known)


def _word(text: str, known: Lexicon) -> Token:
    word = fold(text)
    if word not in known.all and _RUN.search(word):  # "teeeen": once or twice, whichever is a word
        word = next((short for short in (_RUN.sub(r"\1\1", word), _RUN.sub(r"\1", word)) if short in known.all), word)
    value = known.numbers.get(word)
    return Token(Part.WORD, word) if value is None else Token(Part.NUMBER, word, value, Rule.NUMBER_WORD)


def _mark(raw: list[_Raw], place: int) -> Token | None:
    sign, before, after = raw[place].text, _at(raw, place - 1), _at(raw, place + 1)
    between = _is_number(before) and _is_number(after)
    inside = not raw[place].apart and not after.apart and before.kind == after.kind == "word"
    if sign == "/":
        return Token(Part.SLASH if between or inside else Part.SOFT, sign)
    if sign in _DASHES:
        if between:
            return Token(Part.DASH, sign)
        return None if inside else Token(Part.BREAK, sign)
    return Token(Part.BREAK if sign in _SENTENCE or unicodedata.category(sign) == "So" else Part.SOFT, sign)


def _number(raw: list[_Raw], place: int, known: Lexicon) -> tuple[Token, int]:
    digits = raw[place].text
    ending = _ending(raw, place + 1, known)
    text = digits + "".join(part.text for part in raw[place + 1 : place + 1 + ending])
    value = int(digits) if digits.isdecimal() and len(digits) <= _LONGEST else OFF_ANY_SCALE
    rule = (
        _named(text, known) or _inside(raw[place]) or _in_front(raw, place) or _behind(raw, place + 1 + ending, known)
    )
    return Token(Part.NUMBER, text, value, rule or Rule.NUMBER), 1 + ending


def _ending(raw: list[_Raw], place: int, known: Lexicon) -> int:
    """How many parts the ending of a number takes: the ``:an`` of 9:an, the ``er`` of 9er, the ``nd`` of 2nd."""
    mark, word = _at(raw, place), _at(raw, place + 1)
    digits = raw[place - 1].text
    if not mark.apart and mark.kind == "word" and _ends(digits, mark.text, known):
        return 1
    joins = not mark.apart and mark.text in ":-'’" and not word.apart and word.kind == "word"
    return 2 if joins and _ends(digits, word.text, known) else 0


def _ends(digits: str, ending: str, known: Lexicon) -> bool:
    return (
        fold(ending) in known["endings"]
        or digits + fold(ending) in known.ordinals
        or f"{digits}:{ending}" in known.ordinals
    )


def _named(text: str, known: Lexicon) -> Rule | None:
    return Rule.NAMES if fold(text) in known.ordinals else None


def _inside(here: _Raw) -> Rule | None:
    if here.kind == "joined":
        return Rule.DECIMAL
    return Rule.ZEROS if len(here.text) > 1 and here.text.startswith("0") else None


def _in_front(raw: list[_Raw], place: int) -> Rule | None:
    here, before, earlier = raw[place], _at(raw, place - 1), _at(raw, place - 2)
    if before.kind != "mark":
        return Rule.GLUED if before.kind and not here.apart else None
    if before.text in _DASHES:
        return None if here.apart or _is_number(earlier) else Rule.NEGATIVE
    if before.text in ".,":
        alone = not here.apart and (before.apart or not earlier.kind) and earlier.kind != "mark"
        return Rule.DECIMAL if alone else None
    if before.text == "+":
        return None if not earlier.kind and not here.apart else Rule.SIGN
    return Rule.SIGN if _is_sign(before.text) and before.text != "=" else None


def _behind(raw: list[_Raw], place: int, known: Lexicon) -> Rule | None:
    after, later = _at(raw, place), _at(raw, place + 1)
    if after.kind != "mark":
        return None if after.apart or _counts(after.text, known) else Rule.GLUED
    if after.text in _DASHES:
        return (
            Rule.NEGATIVE if not after.apart and not _is_number(later) and (not later.kind or not later.apart) else None
        )
    if after.text == "/":
        return None if _is_number(later) or (after.apart and later.kind == "word") else Rule.SIGN
    if after.text == "+":
        return Rule.PLUS if not after.apart and not _is_number(later) else Rule.SIGN
    return Rule.SIGN if _is_sign(after.text) else None


def _counts(word: str, known: Lexicon) -> bool:
    return any(fold(word) in known[part] for part in ("units", "points", "stars"))


def _is_number(raw: _Raw) -> bool:
    return raw.kind in ("number", "joined")


def _is_sign(sign: str) -> bool:
    return sign in _SIGNS or unicodedata.category(sign) in ("Sc", "Sm")
