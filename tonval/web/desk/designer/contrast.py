"""Whether the colours of a page can be read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tonval.surveys.colours import TEXT, colour, contrast
from tonval.surveys.sentences import sentence

USUAL: Final[Mapping[str, str]] = {"accent": "#1f5fae", "paper": "#ffffff", "ink": "#1d2430"}

_PAIRS: Final = (
    ("ink", "paper", sentence("Text on the background")),
    ("accent", "paper", sentence("Buttons on the background")),
)


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two colours that meet on the page; ``ratio`` is 1 to 21."""

    name: str
    ratio: str
    enough: bool


def contrasts_of(colours: Mapping[str, str]) -> list[Contrast]:
    """The contrast of each pair; in place of a colour that is none stands the usual one."""
    given = {name: colour(colours.get(name), usual) for name, usual in USUAL.items()}
    return [_contrast(name, contrast(given[one], given[other])) for one, other, name in _PAIRS]


def _contrast(name: str, ratio: float) -> Contrast:
    return Contrast(name, f"{int(ratio * 10) / 10:g}", ratio >= TEXT)
