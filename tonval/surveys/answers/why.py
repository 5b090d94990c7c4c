"""Sentences for people: why a reply was read as it was, and why it is no answer."""

from __future__ import annotations

from typing import Final

from tonval.surveys.answers.reading import Rule, Unclear
from tonval.surveys.scales import Scale
from tonval.surveys.sentences import Sentence, sentence

_SENTENCES: Final = {
    Rule.EMPTY: sentence("the message is empty"),
    Rule.STOP: sentence("the message asks for no more messages"),
    Rule.START: sentence("the message asks for messages again"),
    Rule.HELP: sentence("the message asks for help"),
    Rule.NO_NUMBER: sentence("there is no number in the message"),
    Rule.SEVERAL: sentence("there is more than one number in the message: %(about)s", about=""),
    Rule.SPACED: sentence("%(about)s may be one number or several", about=""),
    Rule.RANGE: sentence("%(about)s is a range and no one number", about=""),
    Rule.FRACTION: sentence("%(about)s is out of another number than the highest", about=""),
    Rule.DECIMAL: sentence("“%(about)s” is not a whole number", about=""),
    Rule.NEGATIVE: sentence("“%(about)s” has a minus", about=""),
    Rule.SIGN: sentence("the sign at %(about)s makes it something else", about=""),
    Rule.GLUED: sentence("there are letters at the %(about)s", about=""),
    Rule.ZEROS: sentence("“%(about)s” begins with a nought", about=""),
    Rule.COUNTS: sentence("the %(about)s seems to count something else", about=""),
    Rule.NAMES: sentence("the %(about)s seems to be the number of something", about=""),
    Rule.GRADE: sentence("the %(about)s seems to be on another scale", about=""),
    Rule.NEGATED: sentence("there is a “not” with the %(about)s", about=""),
    Rule.CONDITION: sentence("the %(about)s holds only under a condition", about=""),
    Rule.PART: sentence("the %(about)s seems to have a part of one with it", about=""),
    Rule.BOUND: sentence("the %(about)s is a limit or a guess", about=""),
    Rule.UNPROVEN: sentence("nothing shows that the %(about)s is the answer", about=""),
    Rule.OFF_SCALE: sentence("%(about)s is not on the scale", about=""),
    Rule.BOTH: sentence("there is both a yes and a no in the message"),
    Rule.UNSURE_WORDS: sentence("the message says neither yes nor no"),
    Rule.TWO_OPTIONS: sentence("the message fits more than one option"),
}


def unclear(rule: Rule, *about: object) -> Unclear:
    """No answer, by this rule; ``about`` is what the sentence names."""
    return Unclear(Sentence(_SENTENCES[rule].template, {"about": ", ".join(str(part)[:40] for part in about)}), rule)


def off_scale(said: str, scale: Scale) -> Unclear:
    """A number that the scale has not."""
    ends = f"{scale.lowest}–{scale.highest}"
    return Unclear(sentence("%(said)s is not on the scale %(ends)s", said=said[:40], ends=ends), Rule.OFF_SCALE)


def explain(rule: Rule) -> str:
    """The rule in one plain English sentence, for staff who look at a reply: "The number stands alone."."""
    return _EXPLAINED[rule]


_EXPLAINED: Final = {
    Rule.NUMBER: sentence("The number stands alone."),
    Rule.NUMBER_WORD: sentence("The message is a number in letters."),
    Rule.TOP: sentence("The number is given out of the highest on the scale."),
    Rule.TWICE: sentence("The same number stands in figures and in letters."),
    Rule.POINTS: sentence("The number counts points or stars on this scale."),
    Rule.PLUS: sentence("More than the highest is the highest."),
    Rule.LABEL: sentence("Only words that lead to a score stand around the number."),
    Rule.OPENING: sentence("The message begins with the number, and something new follows."),
    Rule.CLOSING: sentence("The message ends with the number, as a sentence of its own."),
    Rule.COUNTED: sentence("The other numbers count something, and one is left."),
    Rule.SCALE_NAMED: sentence("The message names the scale, and one other number is left."),
    Rule.TYPO: sentence("The word is one typing error away from a number."),
    Rule.AGREED: sentence("The message begins with a yes or a no."),
    Rule.OPTION_WORDS: sentence("The words fit one option and no other."),
    Rule.OPTION_PLACE: sentence("The message gives the place of an option in the list."),
    Rule.TEXT: sentence("The question asked for words, and all of them are kept."),
    Rule.NO_NUMBER: sentence("There is no number in the message."),
    Rule.EMPTY: sentence("The message is empty."),
    Rule.STOP: sentence("The message asks for no more messages."),
    Rule.START: sentence("The message asks for messages again."),
    Rule.HELP: sentence("The message asks who writes, or for help."),
    Rule.SEVERAL: sentence("There are several numbers, and nothing shows which one is meant."),
    Rule.SPACED: sentence("The figures may be one number or several."),
    Rule.RANGE: sentence("Two numbers make a range, and that is not one score."),
    Rule.FRACTION: sentence("The number is out of another number than the highest."),
    Rule.DECIMAL: sentence("The number is not a whole one, and rounding would choose for the customer."),
    Rule.NEGATIVE: sentence("There is a minus or a dash at the number."),
    Rule.SIGN: sentence("A sign at the number makes it something else, such as a percentage."),
    Rule.GLUED: sentence("Letters stand at the number without a space."),
    Rule.ZEROS: sentence("The number begins with a nought."),
    Rule.COUNTS: sentence("The number seems to count something else, such as minutes."),
    Rule.NAMES: sentence("The number seems to be the number of something, such as an order."),
    Rule.GRADE: sentence("The number seems to be on another scale."),
    Rule.NEGATED: sentence("There is a “not” with the number."),
    Rule.CONDITION: sentence("The number holds only under a condition."),
    Rule.PART: sentence("Something is added to the number, such as a half."),
    Rule.BOUND: sentence("The number is a limit or a guess, such as “at least 9”."),
    Rule.UNPROVEN: sentence("Nothing shows that the number is the answer."),
    Rule.OFF_SCALE: sentence("The number is not on the scale."),
    Rule.BOTH: sentence("There is both a yes and a no."),
    Rule.UNSURE_WORDS: sentence("The message says neither yes nor no."),
    Rule.TWO_OPTIONS: sentence("The words fit more than one option."),
}
