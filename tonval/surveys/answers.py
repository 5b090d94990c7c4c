"""Reading replies like a careful person: a number is taken only when it can be nothing else, never guessed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from tonval.surveys.number_words import NUMBER_WORDS, OF_WORDS, UNIT_WORDS, YES_NO_WORDS
from tonval.surveys.questionnaire import Question
from tonval.surveys.scales import CHOICE, YES_NO, Scale


@dataclass(frozen=True, slots=True)
class Score:
    """A number on the scale, and the rest of the message when it holds more than the number."""

    value: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """An answer in words, to a question that asked for words."""

    text: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """No answer to the question; ``why`` is a sentence for people."""

    why: str


_NUMBER: Final = re.compile(r"(?<![\d.,])[-−]?\d+(?:[.,]\d+)?%?")
_KEYCAP: Final = str.maketrans({"\ufe0f": None, "\u20e3": None, "🔟": " 10 "})
_WORD: Final = re.compile(r"[^\W\d_]+")


def read_keys(question: Question, digits: str) -> Score | Unclear:
    """Read pressed keys: decimal digits that make a number on the question's scale."""
    scale = question.numbers
    if scale is None or not digits.isdecimal():
        return Unclear(f"“{digits}” is not a number")
    return _on_scale(scale, int(digits), "")


def read_text(question: Question, text: str, language: str) -> Score | Words | Unclear:
    """Read a written reply in ``language`` (code); number words are known for the languages of ``NUMBER_WORDS``."""
    said = unicodedata.normalize("NFKC", text.translate(_KEYCAP)).casefold().strip()
    if not said:
        return Unclear("the message is empty")
    scale = question.numbers
    if scale is None:
        return Words(text.strip())
    numbers = _NUMBER.findall(said)
    found = _read_digits(scale, said, numbers, text.strip()) if numbers else _read_number_word(scale, said, language)
    return _chosen(question, found)


def _chosen(question: Question, found: Score | Unclear) -> Score | Unclear:
    """An option is chosen by its place in the list and kept by its code."""
    if question.scale != CHOICE or isinstance(found, Unclear):
        return found
    return Score(question.options[found.value - 1].code, found.words)


def _read_number_word(scale: Scale, said: str, language: str) -> Score | Unclear:
    words = _WORD.findall(said)
    source = YES_NO_WORDS if scale == YES_NO else NUMBER_WORDS
    known = {**source["en"], **source.get(language, {})}
    if len(words) == 1 and words[0] in known:
        return _on_scale(scale, known[words[0]], "")
    return Unclear("there is no number in the message")


def _read_digits(scale: Scale, said: str, numbers: list[str], original: str) -> Score | Unclear:
    if len(numbers) == 2 and _is_out_of(scale, said, numbers):
        numbers = numbers[:1]
    if len(numbers) > 1:
        return Unclear(f"there is more than one number in the message: {', '.join(numbers)}")
    (number,) = numbers
    if not number.isdecimal():
        return Unclear(f"“{number}” is not a whole number")
    if not _stands_for_itself(said, number):
        return Unclear(f"the {number} seems to count something else")
    letters = _WORD.search(re.sub(r"^\W*\d+\W*", "", said))
    return _on_scale(scale, int(number), original if letters and not _is_label(said, number) else "")


def _is_out_of(scale: Scale, said: str, numbers: list[str]) -> bool:
    """``9/10`` and "9 of 10", where the second number is the top of the scale."""
    if numbers[1] != str(scale.highest) or not numbers[0].isdecimal():
        return False
    link = rf"^\W*{numbers[0]}\s*(?:/|\b(?:{'|'.join(OF_WORDS)})\b)\s*{numbers[1]}\W*$"
    return re.search(link, said) is not None


def _stands_for_itself(said: str, number: str) -> bool:
    """A number that opens the message is the answer unless it counts something; one within a sentence must close it."""
    opens = re.match(rf"^\W*{number}\b\W*([^\W\d_]*)", said)
    if opens:
        return opens[1] not in UNIT_WORDS
    return _is_label(said, number)


def _is_label(said: str, number: str) -> bool:
    """ "Score: 8" and "betyg 8": one word and the number."""
    return re.fullmatch(rf"[^\W\d_]+\W+{number}\W*", said) is not None


def _on_scale(scale: Scale, value: int, words: str) -> Score | Unclear:
    if value not in scale:
        return Unclear(f"{value} is not on the scale {scale.lowest}–{scale.highest}")
    return Score(value, words)
