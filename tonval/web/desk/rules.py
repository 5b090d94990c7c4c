"""The rules by which replies are read, as the desk lists them: by what each leads to, with an example."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tonval.surveys.answers import Rule
from tonval.surveys.sentences import sentence

GROUPS: Final[Mapping[str, Mapping[Rule, str]]] = MappingProxyType(
    {
        sentence("Taken as an answer"): {
            Rule.NUMBER: "8!!",
            Rule.NUMBER_WORD: "tio",
            Rule.TOP: "9/10",
            Rule.TWICE: "9 (nio)",
            Rule.POINTS: "8 poäng",
            Rule.PLUS: "10+",
            Rule.LABEL: "Betyg: 8",
            Rule.OPENING: "9, ni är bra",
            Rule.CLOSING: "Sluta vara så långsamma, 2",
            Rule.COUNTED: "3, väntade i 40 minuter",
            Rule.SCALE_NAMED: "På en skala från 0 till 10 säger jag 9",
            Rule.TYPO: "sevven",
            Rule.AGREED: "Ja, tack!",
            Rule.OPTION_WORDS: "väntetiden",
            Rule.OPTION_PLACE: "nr 2",
            Rule.TEXT: "Snabbt och bra",
        },
        sentence("Obeyed as a command"): {Rule.STOP: "STOPP", Rule.START: "börja", Rule.HELP: "Hjälp"},
        sentence("Not taken: asked once more, then kept as a comment"): {
            Rule.SEVERAL: "9 eller 10",
            Rule.SPACED: "1 0",
            Rule.RANGE: "9-10",
            Rule.FRACTION: "5 av 7",
            Rule.DECIMAL: "7,5",
            Rule.NEGATIVE: "-3",
            Rule.SIGN: "50%",
            Rule.GLUED: "9q",
            Rule.ZEROS: "010",
            Rule.COUNTS: "2 timmar",
            Rule.NAMES: "kl. 9",
            Rule.GRADE: "5 stjärnor",
            Rule.NEGATED: "inte en 9",
            Rule.CONDITION: "10 om ni löser det",
            Rule.PART: "sju och en halv",
            Rule.BOUND: "minst 9",
            Rule.UNPROVEN: "vi ses den 9",
            Rule.OFF_SCALE: "11",
            Rule.BOTH: "ja och nej",
            Rule.UNSURE_WORDS: "vet inte",
            Rule.TWO_OPTIONS: "väntetiden och bemötandet",
            Rule.NO_NUMBER: "👍",
            Rule.EMPTY: "",
        },
    }
)
"""Every rule, with a reply that it reads."""


def anchor(rule: str) -> str:
    """Where a rule stands on the page of all of them."""
    return rule.replace(" ", "-")
