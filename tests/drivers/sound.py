"""Sounds for tests: tones as WAV, and what a telephone received, read back as samples and recognised as tones."""

from __future__ import annotations

import bisect
import io
import math
import struct
import wave
from collections.abc import Sequence

RATE = 8000


def tone(hertz: float, seconds: float, level: float = 0.4) -> bytes:
    """A WAV file (8 kHz, mono, 16 bit) with one tone."""
    return wav(sine(hertz, seconds, level))


def wav(samples: Sequence[int]) -> bytes:
    """A WAV file (8 kHz, mono, 16 bit) of these samples."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


def _alaw(code: int) -> int:
    code ^= 0x55
    segment, value = (code & 0x70) >> 4, (code & 0x0F) << 4
    value += 8 if segment == 0 else 0x108
    value <<= max(segment - 1, 0)
    return value if code & 0x80 else -value


def _ulaw(code: int) -> int:
    code = ~code & 0xFF
    value = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return -value if code & 0x80 else value


TABLES = {0: [_ulaw(code) for code in range(256)], 8: [_alaw(code) for code in range(256)]}
"""Payload type to the sample of each byte (ITU-T G.711): 0 is PCMU, 8 is PCMA."""


def decode(payload_type: int, payload: bytes) -> list[int]:
    """G.711 bytes as samples."""
    table = TABLES[payload_type]
    return [table[byte] for byte in payload]


def encode(payload_type: int, samples: Sequence[int]) -> bytes:
    """Samples as G.711 bytes, each the nearest there is."""
    table = TABLES[payload_type]
    order = sorted(range(256), key=table.__getitem__)
    values = [table[code] for code in order]

    def nearest(sample: int) -> int:
        place = min(bisect.bisect_left(values, sample), 255)
        before = max(place - 1, 0)
        return order[place if values[place] - sample < sample - values[before] else before]

    return bytes(map(nearest, samples))


def sine(hertz: float, seconds: float, level: float = 0.4) -> list[int]:
    """The samples of a tone."""
    return [round(32767 * level * math.sin(2 * math.pi * hertz * i / RATE)) for i in range(round(RATE * seconds))]


def samples_of(wav: bytes) -> list[int]:
    """The samples of a WAV file as ``tone`` makes it."""
    with wave.open(io.BytesIO(wav)) as read:
        assert (read.getframerate(), read.getnchannels(), read.getsampwidth()) == (RATE, 1, 2)
        return list(struct.unpack(f"<{read.getnframes()}h", read.readframes(read.getnframes())))


def power(samples: Sequence[int], hertz: float) -> float:
    """The share of the samples' energy at ``hertz``, 0 to about 1 (Goertzel 1958)."""
    energy = sum(sample * sample for sample in samples)
    if energy < 1000 * len(samples):
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hertz / RATE)
    older = newer = 0.0
    for sample in samples:
        older, newer = newer, sample + turn * newer - older
    return 2 * (older * older + newer * newer - turn * older * newer) / (energy * len(samples))


def likeness(heard: Sequence[int], meant: Sequence[int], *, within: int) -> float:
    """The best correlation of ``meant`` with a stretch of ``heard`` that begins within so many samples, at most 1."""
    norm = math.sqrt(sum(sample * sample for sample in meant))
    best = 0.0
    for start in range(min(within, len(heard) - len(meant) + 1)):
        stretch = heard[start : start + len(meant)]
        size = math.sqrt(sum(sample * sample for sample in stretch)) or 1.0
        best = max(best, sum(map(int.__mul__, stretch, meant)) / (size * norm))
    return best
