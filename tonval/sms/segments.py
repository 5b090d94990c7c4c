"""How much of a telephone network a text takes: encoding, units and segments. Pure.

Source: 3GPP TS 23.038 section 6.2.1 (the 7-bit alphabet and its extension) and TS 23.040 section 9.2.3.24.1 (the six
octets of header that each part of a long message carries).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

ALPHABET: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The 128 places of the 7-bit alphabet in order; the escape stands at its own."""

ESCAPED: Final = dict(zip(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", "\f^{}\\[~]|€", strict=True))
"""The characters behind an escape, by their place."""

BASIC: Final = frozenset(ALPHABET) - {"\x1b"}
EXTENSION: Final = frozenset(ESCAPED.values())
"""Characters that take two septets: an escape and the character."""


class Encoding(StrEnum):
    """How the characters travel."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


ALONE: Final = {Encoding.GSM7: 160, Encoding.UCS2: 70}
"""Units a message may have that travels in one piece."""

PART: Final = {Encoding.GSM7: 153, Encoding.UCS2: 67}
"""Units each piece of a longer message may have."""


@dataclass(frozen=True, slots=True)
class Size:
    """``units`` are septets in GSM-7, 16-bit units in UCS-2; ``forcing`` are the characters GSM-7 lacks, once each."""

    encoding: Encoding
    units: int
    segments: int
    forcing: tuple[str, ...]

    @property
    def room(self) -> int:
        """How many units one SMS alone may have."""
        return ALONE[self.encoding]


@lru_cache(maxsize=256)  # a thank-you goes out word for word to thousands
def measure(text: str) -> Size:
    """The size of ``text`` as an SMS. An empty text is one segment: it is sent all the same."""
    forcing = tuple(dict.fromkeys(letter for letter in text if letter not in BASIC and letter not in EXTENSION))
    encoding = Encoding.UCS2 if forcing else Encoding.GSM7
    return Size(encoding, _units(text, encoding), len(split(text, encoding)), forcing)


def split(text: str, encoding: Encoding) -> tuple[str, ...]:
    """``text`` as the parts that travel: one where it fits; neither an escape nor a surrogate pair is cut in two."""
    if _units(text, encoding) <= ALONE[encoding]:
        return (text,)
    parts, begun, used = [], 0, 0
    for place, letter in enumerate(text):
        width = _width(letter, encoding)
        if used + width > PART[encoding]:
            parts.append(text[begun:place])
            begun, used = place, 0
        used += width
    return (*parts, text[begun:])


def _units(text: str, encoding: Encoding) -> int:
    return sum(_width(letter, encoding) for letter in text)


def _width(letter: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return 2 if letter in EXTENSION else 1
    return 2 if ord(letter) > 0xFFFF else 1
