"""What the lint of surveys must know of the channels, handed in by those who do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol


class Size(Protocol):
    """How much of a telephone network a text takes."""

    @property
    def encoding(self) -> str:
        """How the characters travel, such as GSM-7."""

    @property
    def units(self) -> int:
        """How many characters, counted as the encoding counts them."""

    @property
    def room(self) -> int:
        """How many of them fit into one SMS."""

    @property
    def segments(self) -> int:
        """How many SMS."""

    @property
    def forcing(self) -> tuple[str, ...]:
        """The characters that make it travel at double cost, once each."""


@dataclass(frozen=True, slots=True)
class Gauges:
    """``measure`` gives a text's size as SMS, ``tells_stop`` whether a text names a word that ends the asking."""

    measure: Callable[[str], Size]
    tells_stop: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _One:
    encoding: str = ""
    units: int = 0
    room: int = 160
    segments: int = 1
    forcing: tuple[str, ...] = ()


NO_GAUGES: Final = Gauges(lambda text: _One(), lambda text: True)
"""Finds nothing."""
