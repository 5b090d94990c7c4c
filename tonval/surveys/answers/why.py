"""Sentences for people: why a reply was read as it was, and why it is no answer."""

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


def explain(rule: Rule) -> str:
    """The rule in one plain English sentence, for staff who look at a reply: "The number stands alone."."""
    return _EXPLAINED[rule]


_EXPLAINED: Final = {
    Rule.NUMBER: "The number stands alone.",
    Rule.NUMBER_WORD: "The message is a number in letters.",
    Rule.TOP: "The number is given out of the highest on the scale.",
    Rule.TWICE: "The same number stands in figures and in letters.",
    Rule.POINTS: "The number counts points or stars on this scale.",
    Rule.PLUS: "More than the highest is the highest.",
    Rule.LABEL: "Only words that lead to a score stand around the number.",
    Rule.OPENING: "The message begins with the number, and something new follows.",
    Rule.CLOSING: "The message ends with the number, as a sentence of its own.",
    Rule.COUNTED: "The other numbers count something, and one is left.",
    Rule.SCALE_NAMED: "The message names the scale, and one other number is left.",
    Rule.TYPO: "The word is one typing error away from a number.",
    Rule.AGREED: "The message begins with a yes or a no.",
    Rule.OPTION_WORDS: "The words fit one option and no other.",
    Rule.OPTION_PLACE: "The message gives the place of an option in the list.",
    Rule.TEXT: "The question asked for words, and all of them are kept.",
    Rule.NO_NUMBER: "There is no number in the message.",
    Rule.EMPTY: "The message is empty.",
    Rule.STOP: "The message asks for no more messages.",
    Rule.START: "The message asks for messages again.",
    Rule.HELP: "The message asks who writes, or for help.",
    Rule.SEVERAL: "There are several numbers, and nothing shows which one is meant.",
    Rule.SPACED: "The figures may be one number or several.",
    Rule.RANGE: "Two numbers make a range, and that is not one score.",
    Rule.FRACTION: "The number is out of another number than the highest.",
    Rule.DECIMAL: "The number is not a whole one, and rounding would choose for the customer.",
    Rule.NEGATIVE: "There is a minus or a dash at the number.",
    Rule.SIGN: "A sign at the number makes it something else, such as a percentage.",
    Rule.GLUED: "Letters stand at the number without a space.",
    Rule.ZEROS: "The number begins with a nought.",
    Rule.COUNTS: "The number seems to count something else, such as minutes.",
    Rule.NAMES: "The number seems to be the number of something, such as an order.",
    Rule.GRADE: "The number seems to be on another scale.",
    Rule.NEGATED: "There is a “not” with the number.",
    Rule.CONDITION: "The number holds only under a condition.",
    Rule.PART: "Something is added to the number, such as a half.",
    Rule.BOUND: "The number is a limit or a guess, such as “at least 9”.",
    Rule.UNPROVEN: "Nothing shows that the number is the answer.",
    Rule.OFF_SCALE: "The number is not on the scale.",
    Rule.BOTH: "There is both a yes and a no.",
    Rule.UNSURE_WORDS: "The message says neither yes nor no.",
    Rule.TWO_OPTIONS: "The words fit more than one option.",
}
