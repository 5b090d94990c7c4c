"""The short names that stand in files, tables and addresses, as pages tell them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tonval.surveys.sentences import Sentence, sentence

CODES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "complete": sentence("complete"),
        "partial": sentence("partial"),
        "break-off": sentence("break-off"),
        "refused": sentence("refused"),
        "no-answer": sentence("no answer"),
        "busy": sentence("busy"),
        "expired": sentence("expired"),
        "suppressed": sentence("suppressed"),
        "not-offered": sentence("not offered"),
        "pending": sentence("pending"),
        "keypad": sentence("keypad"),
        "sms": sentence("SMS"),
        "link": sentence("SMS link"),
        "email": sentence("e-mail"),
        "call": sentence("call"),
        "ticket": sentence("ticket"),
        "chat": sentence("chat"),
        "visit": sentence("visit"),
        "wave": sentence("wave"),
        "waiting": sentence("waiting"),
        "asked": sentence("asked"),
        "dropped": sentence("dropped"),
        "held": sentence("held"),
        "answered": sentence("answered"),
        "command line": sentence("command line"),
        "drop folder": sentence("drop folder"),
    }
)
"""A code that is not among them stands for itself."""

RULES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "another scale": sentence("another scale"),
        "apart": sentence("apart"),
        "bound": sentence("bound"),
        "closing": sentence("closing"),
        "condition": sentence("condition"),
        "counts beside": sentence("counts beside"),
        "counts something": sentence("counts something"),
        "free text": sentence("free text"),
        "help": sentence("help"),
        "label": sentence("label"),
        "leading zeros": sentence("leading zeros"),
        "letters at it": sentence("letters at it"),
        "minus": sentence("minus"),
        "names something": sentence("names something"),
        "negated": sentence("negated"),
        "neither yes nor no": sentence("neither yes nor no"),
        "no number": sentence("no number"),
        "not whole": sentence("not whole"),
        "nothing written": sentence("nothing written"),
        "number": sentence("number"),
        "number word": sentence("number word"),
        "of another number": sentence("of another number"),
        "of the highest": sentence("of the highest"),
        "off the scale": sentence("off the scale"),
        "opening": sentence("opening"),
        "part of one": sentence("part of one"),
        "place of an option": sentence("place of an option"),
        "plus at the top": sentence("plus at the top"),
        "points": sentence("points"),
        "range": sentence("range"),
        "scale named": sentence("scale named"),
        "several numbers": sentence("several numbers"),
        "sign": sentence("sign"),
        "start": sentence("start"),
        "stop": sentence("stop"),
        "the same twice": sentence("the same twice"),
        "two options": sentence("two options"),
        "typing error": sentence("typing error"),
        "unproven": sentence("unproven"),
        "words of an option": sentence("words of an option"),
        "yes and no": sentence("yes and no"),
        "yes or no": sentence("yes or no"),
    }
)
"""The rules by which replies are read."""


def named(code: str) -> str:
    """The code in words."""
    return CODES.get(code, RULES.get(code, code))
