"""Colours that can be read: the contrast of WCAG 2.2, and the nearest shade that has enough of it. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

Rgb = tuple[int, int, int]

ENOUGH: Final = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3)."""

INK, PAPER = "#1d2430", "#ffffff"
NIGHT_INK, NIGHT_PAPER = "#e8ebf0", "#1b2029"
ACCENT: Final = "#1f5fae"
"""The accent where the survey has none of its own."""

_WRITTEN: Final = re.compile(r"#[0-9a-fA-F]{6}")


def colour(written: str | None) -> str:
    """``#rrggbb`` as it is written, else the usual accent: no text from a survey gets into a style."""
    return written.lower() if written and _WRITTEN.fullmatch(written) else ACCENT


def contrast(one: str, other: str) -> float:
    """The contrast of two colours ``#rrggbb``, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=256)
def on(ground: str) -> str:
    """The colour of text on ``ground``: white or almost black, whichever is read better."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, ground))


@lru_cache(maxsize=256)
def readable(wished: str, ground: str) -> str:
    """``wished``, taken towards black or white in small steps until it can be read on ``ground``."""
    goal = _rgb(on(ground))
    shades = (_mixed(_rgb(wished), goal, step / 20) for step in range(21))
    return next(shade for shade in shades if contrast(shade, ground) >= ENOUGH)


def _rgb(written: str) -> Rgb:
    return int(written[1:3], 16), int(written[3:5], 16), int(written[5:7], 16)


def _mixed(one: Rgb, other: Rgb, share: float) -> str:
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(one, other, strict=True))


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
