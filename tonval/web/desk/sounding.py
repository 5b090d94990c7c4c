"""What a recording looks like and how it sounds, in a drawing and in words."""

from __future__ import annotations

from typing import Final

from tonval.audio import wav
from tonval.audio.faults import AudioError
from tonval.fieldwork.takes import Take

WIDTH: Final = 240
HALF: Final = 50
LOUD_NOISE: Final = -45.0
"""dBFS above which what is heard in the pauses is heard by callers too; a telephone line has about −60."""
PAUSE: Final = 30.0
"""dB under the peak at which something is a pause; without one there is no background to measure."""
NEAR: Final = 1.0
"""LU from the usual −16 that nobody hears."""


def number(value: float) -> str:
    """A level as people write it: no decimals, a true minus."""
    return f"{value:.0f}".replace("-", "−")


def length(seconds: float) -> str:
    """``4.2 s``, ``1 min 5 s``."""
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds) // 60} min {int(seconds) % 60} s"


def drawing(sound: bytes | None) -> str:
    """The path of a waveform on a field ``WIDTH`` by twice ``HALF``; empty where there is nothing to draw."""
    try:
        heights = wav.peaks(sound or b"", WIDTH)
    except AudioError:
        return ""
    bars = (max(1, height * (HALF - 2) // 100) for height in heights)
    return "".join(f"M{at}.5 {HALF - bar}v{2 * bar}" for at, bar in enumerate(bars))


def level(take: Take) -> str:
    """The level for a table: loudness where it was measured, else the peak."""
    if take.loudness is not None:
        return f"{number(take.loudness)} LUFS"
    return f"peak {number(take.peak_db)} dB" if take.peak_db is not None else ""


def in_words(take: Take) -> tuple[str, ...]:
    """Loudness, peak and noise, each with what it means; nothing of what was not measured."""
    return tuple(filter(None, (_loudness(take.loudness), _peak(take.peak_db), _noise(take))))


def _loudness(value: float | None) -> str:
    if value is None:
        return ""
    if abs(value + 16) <= NEAR:
        return f"Loudness {number(value)} LUFS: as loud as all prompts"
    return f"Loudness {number(value)} LUFS: {'louder' if value > -16 else 'quieter'} than other prompts"


def _peak(value: float | None) -> str:
    return "" if value is None else f"Peak {number(value)} dB: {'nothing is cut off' if value < -0.5 else 'cut off'}"


def _noise(take: Take) -> str:
    value = take.noise_db
    if value is None or not take.recorded or (take.peak_db is not None and take.peak_db - value < PAUSE):
        return ""
    heard = "callers may hear it; record in a quieter room" if value > LOUD_NOISE else "quiet"
    return f"Background {number(value)} dB: {heard}"
