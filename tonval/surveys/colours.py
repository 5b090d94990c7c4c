"""Colours that can be read: the contrast of WCAG 2.2, and the nearest shade that has enough of it. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

Rgb = tuple[int, int, int]

TEXT: Final = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3)."""

SHAPE: Final = 3.0
"""The least contrast of what shows where a control is (WCAG 2.2, success criterion 1.4.11)."""

_WRITTEN: Final = re.compile(r"#[0-9a-fA-F]{6}")


def colour(written: str | None, usual: str) -> str:
    """``#rrggbb`` as it is written, else the usual one: no other text gets into a style."""
    return written.lower() if written and _WRITTEN.fullmatch(written) else usual


def contrast(one: str, other: str) -> float:
    """The contrast of two colours ``#rrggbb``, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=1024)
def on(ground: str) -> str:
    """The colour of text on ``ground``: white or black, whichever is read better; never under 4.5."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, ground))


@lru_cache(maxsize=1024)
def readable(wished: str, ground: str, enough: float = TEXT) -> str:
    """``wished``, taken towards black or white in small steps until its contrast with ``ground`` is ``enough``."""
    goal = on(ground)
    shades = (mixed(wished, goal, step / 20) for step in range(21))
    return next(shade for shade in shades if contrast(shade, ground) >= enough)


@lru_cache(maxsize=1024)
def mixed(one: str, other: str, share: float) -> str:
    """``one`` with so much of ``other`` in it."""
    pairs = zip(_rgb(one), _rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _rgb(written: str) -> Rgb:
    return int(written[1:3], 16), int(written[3:5], 16), int(written[5:7], 16)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
