"""Scales: which numbers a question may be answered with, and what the numbers are called."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Scale:
    """Whole numbers ``lowest`` to ``highest``, both included."""

    name: str
    lowest: int
    highest: int

    def __contains__(self, value: int) -> bool:
        return self.lowest <= value <= self.highest

    @property
    def max_digits(self) -> int:
        """How many keys the longest answer takes."""
        return len(str(self.highest))


NKI: Final = Scale("nki", 1, 5)
NPS: Final = Scale("nps", 0, 10)
LABELLED: Final = Scale("labelled", 0, 10)
NKI10: Final = Scale("nki10", 1, 10)
"""The scale of the three-question NKI: its index is 100·(mean − 1)/9."""
CES: Final = Scale("ces", 1, 7)
YES_NO: Final = Scale("yes_no", 0, 1)

SCALES: Final = {scale.name: scale for scale in (NKI, NPS, LABELLED, NKI10, CES, YES_NO)}

FREE_TEXT: Final = "text"
"""The kind of a question answered in words."""
CHOICE: Final = "choice"
"""The kind of a question answered with one of its options; the answer is the option's code."""
CHOICES: Final = "choices"
"""The kind of a question answered with any of its options."""
CALL_BACK: Final = "call_back"
"""The kind of a question that offers times to be called back."""

SPOKEN: Final = "spoken"
"""The kind of a question answered by speaking on the telephone."""

KINDS: Final = (*SCALES, CHOICE, CHOICES, FREE_TEXT, CALL_BACK, SPOKEN)
"""Everything a question may be."""

ANSWERED: Final = 0
"""The code that says a multiple choice was answered, whichever options: the denominator of their shares."""


class Group(StrEnum):
    """The three groups of the Net Promoter Score (Reichheld 2003)."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"


def nps_group(score: int) -> Group:
    """The group of a 0-10 score: 9-10 promoter, 7-8 passive, 0-6 detractor."""
    if score not in NPS:
        raise ValueError(f"{score} is not on the scale 0-10")
    if score >= 9:
        return Group.PROMOTER
    return Group.PASSIVE if score >= 7 else Group.DETRACTOR
