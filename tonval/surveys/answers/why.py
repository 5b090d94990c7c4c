"""Sentences for people: why a reply is no answer."""

from __future__ import annotations

from typing import Final

from tonval.surveys.answers.reading import Rule, Unclear

_SENTENCES: Final = {
    Rule.EMPTY: "the message is empty",
    Rule.STOP: "the message asks for no more messages",
    Rule.START: "the message asks for messages again",
    Rule.HELP: "the message asks for help",
    Rule.NO_NUMBER: "there is no number in the message",
    Rule.SEVERAL: "there is more than one number in the message: {}",
    Rule.SPACED: "{} may be one number or several",
    Rule.RANGE: "{} is a range and no one number",
    Rule.FRACTION: "{} is out of another number than the highest",
    Rule.DECIMAL: "“{}” is not a whole number",
    Rule.NEGATIVE: "“{}” has a minus",
    Rule.SIGN: "the sign at {} makes it something else",
    Rule.GLUED: "there are letters at the {}",
    Rule.ZEROS: "“{}” begins with a nought",
    Rule.COUNTS: "the {} seems to count something else",
    Rule.NAMES: "the {} seems to be the number of something",
    Rule.GRADE: "the {} seems to be on another scale",
    Rule.NEGATED: "there is a “not” with the {}",
    Rule.CONDITION: "the {} holds only under a condition",
    Rule.PART: "the {} seems to have a part of one with it",
    Rule.BOUND: "the {} is a limit or a guess",
    Rule.UNPROVEN: "nothing shows that the {} is the answer",
    Rule.OFF_SCALE: "{} is not on the scale",
    Rule.BOTH: "there is both a yes and a no in the message",
    Rule.UNSURE_WORDS: "the message says neither yes nor no",
    Rule.TWO_OPTIONS: "the message fits more than one option",
}


def unclear(rule: Rule, *about: object) -> Unclear:
    """No answer, by this rule; ``about`` is what the sentence names."""
    return Unclear(_SENTENCES[rule].format(", ".join(str(part)[:40] for part in about)), rule)
