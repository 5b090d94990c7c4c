"""What a recording looks like and how it sounds, in a drawing and in words."""

from __future__ import annotations

from typing import Final

from tonval.audio import wav
from tonval.audio.faults import AudioError
from tonval.fieldwork.voice.takes import Take
from tonval.surveys.sentences import sentence
from tonval.web import numerals

WIDTH: Final = 240
HALF: Final = 50
LOUD_NOISE: Final = -45.0
"""dBFS above which what is heard in the pauses is heard by callers too; a telephone line has about −60."""
PAUSE: Final = 24.0
"""dB under the peak at which something is a pause; without one there is no background to measure."""
NEAR: Final = 1.0
"""LU from the usual −16 that nobody hears."""


def number(value: float) -> str:
    """A level as people write it: no decimals, a true minus."""
    return numerals.number(value)


def length(seconds: float) -> str:
    """``4.2 s``, ``1 min 5 s``."""
    if seconds < 60:
        return sentence("%(n)s s", n=numerals.decimal(seconds))
    minutes, rest = divmod(int(seconds), 60)
    return sentence("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=rest)


def drawing(sound: bytes | None) -> str:
    """The path of a waveform on a field ``WIDTH`` by twice ``HALF``; empty where there is nothing to draw."""
    try:
        heights = wav.peaks(sound or b"", WIDTH)
    except AudioError:
        return ""
    bars = (max(1, height * (HALF - 2) // 100) for height in heights)
    return "".join(f"M{at}.5 {HALF - bar}v{2 * bar}" for at, bar in enumerate(bars))


def level(take: Take) -> str:
    """What a table says of the level: nothing where it is that of all prompts, or was not measured."""
    if take.loudness is None or abs(take.loudness + 16) <= NEAR:
        return ""
    return sentence("louder than others") if take.loudness > -16 else sentence("quieter than others")


def in_words(take: Take) -> tuple[str, ...]:
    """Loudness, peak and noise, each with what it means; nothing of what was not measured."""
    return tuple(filter(None, (_loudness(take.loudness), _peak(take.peak_db), _noise(take))))


def _loudness(value: float | None) -> str:
    if value is None:
        return ""
    if abs(value + 16) <= NEAR:
        return sentence("Loudness %(value)s LUFS: as loud as all prompts", value=number(value))
    if value > -16:
        return sentence("Loudness %(value)s LUFS: louder than other prompts", value=number(value))
    return sentence(
        "Loudness %(value)s LUFS: quieter than other prompts; come closer to the microphone", value=number(value)
    )


def _peak(value: float | None) -> str:
    if value is None:
        return ""
    if value < -0.5:
        return sentence("Peak %(value)s dB: the line cuts nothing off", value=number(value))
    return sentence("Peak %(value)s dB: the line cuts it off; record it with a lower level", value=number(value))


def _noise(take: Take) -> str:
    value = take.noise_db
    if value is None or not take.recorded or (take.peak_db is not None and take.peak_db - value < PAUSE):
        return ""
    heard = sentence("callers may hear it; record in a quieter room") if value > LOUD_NOISE else "quiet"
    return sentence("Background %(value)s dB: %(heard)s", value=number(value), heard=heard)
