"""Reading replies like a careful person: a number is taken only when it can be nothing else, never guessed.

What is read, and by which rule, stands in docs/replies.md.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tonval.surveys.answers.agreeing import agree
from tonval.surveys.answers.choosing import choose
from tonval.surveys.answers.commands import Keyword, keyword
from tonval.surveys.answers.lexicon import lexicon
from tonval.surveys.answers.rating import rate
from tonval.surveys.answers.reading import Confidence, Kind, Reading, Rule, Score, Unclear, Words
from tonval.surveys.answers.tokens import normal
from tonval.surveys.answers.why import off_scale, unclear
from tonval.surveys.questionnaire import Question
from tonval.surveys.scales import CHOICE, YES_NO
from tonval.surveys.sentences import sentence

__all__ = ["Confidence", "Kind", "Reading", "Rule", "Score", "Unclear", "Words", "read_keys", "read_text"]

_COMMANDS: Final = {Keyword.STOP: Rule.STOP, Keyword.START: Rule.START, Keyword.HELP: Rule.HELP}


def read_keys(question: Question, digits: str) -> Score | Unclear:
    """Read pressed keys: decimal digits that make a number on the question's scale."""
    scale = question.numbers
    if scale is None or not digits.isdecimal() or len(digits) > 2 * scale.max_digits:
        return Unclear(sentence("“%(said)s” is not a number", said=digits[:40]), Rule.NO_NUMBER)
    value = int(digits)
    if value not in scale:
        return off_scale(str(value), scale)
    return _coded(question, Score(value))


def read_text(question: Question, text: str, language: str) -> Reading:
    """Read a written reply in ``language`` (``sv``, ``sv-SE``); English is understood in every language.

    Any text is read, in time linear in its length. The reading says by which rule it was made.
    """
    said = normal(text).strip()
    if not said:
        return unclear(Rule.EMPTY)
    command = keyword(text)
    if command is not None:
        return unclear(_COMMANDS[command])
    if question.numbers is None:
        return Words(text.strip())
    reading = _read(question, said, language)
    return replace(reading, words=text.strip()) if isinstance(reading, Score) and reading.words else reading


def _read(question: Question, said: str, language: str) -> Score | Unclear:
    known, scale = lexicon(language), question.numbers
    assert scale is not None
    if question.scale == CHOICE:
        return choose(question, said, known)
    return agree(said, known) if scale == YES_NO else rate(scale, said, known)


def _coded(question: Question, found: Score) -> Score:
    """An option is chosen by its place in the list and kept by its code."""
    return replace(found, value=question.options[found.value - 1].code) if question.scale == CHOICE else found
