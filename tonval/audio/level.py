"""Bringing sound to the loudness prompts have: −16 LUFS by ITU-R BS.1770 (EBU R 128), peaks at most −1.5 dBFS.

A plain gain with a limiter for the peaks, measured and corrected until it fits. ffmpeg's ``loudnorm`` was tried and
left: it lands up to 4 LU low on anything shorter than its own window of three seconds, as most prompts are.
"""

from __future__ import annotations

import math
import re
from array import array
from dataclasses import dataclass

from tonval.audio import ffmpeg
from tonval.audio.faults import AudioError
from tonval.audio.wav import RATE
from tonval.surveys.sentences import sentence

TARGET = -16.0
NEAR = 0.4
"""LU from the target that are near enough; BS.1770 meters differ by as much."""
ROUNDS = 5
MOST_GAIN = 50.0
SHORTEST_MEASURED = 0.4
"""Seconds of one block of the meter; a shorter sound is measured as if it were repeated."""
LIMITER = "alimiter=limit=0.84:attack=5:release=50:level=disabled:latency=1"
LOUDNESS = re.compile(r"Integrated loudness:\s+I:\s+(-?[\d.]+) LUFS")


@dataclass(frozen=True, slots=True)
class Levelled:
    """Sound with its samples (type code ``h``), loudness in LUFS, and the gain in dB that was needed."""

    samples: array[int]
    loudness: float
    gain: float


def level(raw: bytes, form: str, rate: int, guess: float = 0.0, to: int = RATE) -> Levelled:
    """Bring ``raw`` mono samples (``form`` s16le or f32le, ``rate`` a second) to ``to`` a second and −16 LUFS ± 0.4.

    ``guess`` is the gain in dB to begin with. Where the limiter cannot reach the target, the nearest try is given.
    Raises AudioError when nothing can be measured.
    """
    seconds = len(raw) / (rate * (4 if form == "f32le" else 2))
    copies = 1 if seconds >= SHORTEST_MEASURED else math.ceil(2 * SHORTEST_MEASURED / seconds)
    tries: list[Levelled] = []
    gain = guess
    for _ in range(ROUNDS):
        tries.append(_at(gain, raw * copies, (form, rate), to, round(seconds * to)))
        short = TARGET - tries[-1].loudness
        if abs(short) <= NEAR or gain >= MOST_GAIN:
            break
        gain = min(gain + short, MOST_GAIN)
    return min(tries, key=lambda made: abs(made.loudness - TARGET))


def _at(gain: float, raw: bytes, came: tuple[str, int], to: int, length: int) -> Levelled:
    form, rate = came
    chain = f"volume={gain:.2f}dB:precision=float,aresample={to},{LIMITER},aresample={to},ebur128=framelog=quiet"
    source = ("-f", form, "-ar", str(rate), "-ac", "1", "-i", "pipe:0")
    ran = ffmpeg.run("-threads", "1", *source, "-af", chain, "-f", "s16le", "pipe:1", data=raw)
    found = LOUDNESS.search(ran.remarks)
    if ran.status or not found or not ran.output:
        raise AudioError(sentence("The sound could not be levelled; check ffmpeg with `tonval doctor`"))
    return Levelled(array("h", ran.output[: 2 * length]), float(found[1]), gain)
