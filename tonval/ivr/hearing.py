"""Telling a voice from what is always there: the hum of a car, a fan, the noise of a hall.

Pure. Levels are those of the telephone library, 0 to 100: a tone of -8 dBFS is 37, of -30 is 15, of -40 is 8, of -50 is
3, a decibel a step where it is loud. Times are milliseconds on any one clock that runs forwards, as in ``speech``.

What is always there is the quietest twentieth of the last three seconds. Whoever speaks is quiet for that long between
syllables and words; a noise that has come to stay has become the background after three seconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

SLOT: Final = 50.0
"""Milliseconds over which the level is averaged: less than a syllable, more than a lost packet."""

MEMORY: Final = 60
"""Slots that are remembered."""

QUIETEST: Final = 20
"""One slot in so many is quieter than the background."""

VOICE: Final = 6.0
"""What is quieter is nobody who speaks into this telephone."""

ABOVE: Final = 4.0
"""By how much a voice stands out."""


@dataclass(slots=True)
class Ear:
    """Listens to one recording from ``began`` on. ``voice_at`` is when a voice was last heard."""

    began: float
    voice_at: float | None = None
    _slots: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=MEMORY))
    _sum: float = 0.0
    _count: int = 0

    def hear(self, level: float, now: float) -> float | None:
        """Take one level in; gives ``voice_at``, which what comes later may yet move: silence tells what was none."""
        self._sum += level
        self._count += 1
        if now >= self.began + SLOT:
            self._slots.append((now, self._sum / self._count))
            self.began, self._sum, self._count = now, 0.0, 0
            self._look_back()
        return self.voice_at

    def _look_back(self) -> None:
        levels = sorted(level for _, level in self._slots)
        least = max(VOICE, levels[len(levels) // QUIETEST] + ABOVE)
        latest = next((at for at, level in reversed(self._slots) if level >= least), None)
        if latest is not None and (self.voice_at is None or latest > self.voice_at):
            self.voice_at = latest
