"""The one form in which prompts are kept: WAV, 8,000 samples a second, mono, 16 bits, little-endian."""

from __future__ import annotations

import hashlib
import io
import wave
from array import array
from itertools import pairwise
from typing import Final

from tonval.audio.faults import AudioError

RATE = 8000
"""Samples a second: what a telephone carries (G.711)."""
WIDE: Final = 16_000
"""Samples a second of a wide master: what a wideband channel could carry (G.722)."""
FULL_SCALE = 32767


def pack(samples: array[int], rate: int = RATE) -> bytes:
    """The samples (type code ``h``) as a WAV file."""
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples.tobytes())
    return target.getvalue()


def unpack(wav: bytes) -> array[int]:
    """The samples of a prompt. Raises AudioError when the bytes are not a whole 8 kHz mono 16-bit WAV."""
    try:
        with wave.open(io.BytesIO(wav), "rb") as sound:
            form = (sound.getframerate(), sound.getnchannels(), sound.getsampwidth())
            declared = sound.getnframes()
            frames = sound.readframes(declared)
    except (wave.Error, EOFError) as fault:
        raise AudioError("The prompt is not a WAV file; convert it first") from fault
    if form != (RATE, 1, 2) or len(frames) != 2 * declared:
        raise AudioError("The prompt is not an 8 kHz mono 16-bit WAV file; convert it first")
    return array("h", frames)


def seconds(wav: bytes) -> float:
    """How long the prompt lasts. Raises AudioError as ``unpack`` does."""
    return len(unpack(wav)) / RATE


def silence(length: float) -> bytes:
    """A prompt of ``length`` seconds in which nothing is heard."""
    return pack(array("h", bytes(2 * round(length * RATE))))


def join(*wavs: bytes) -> bytes:
    """The prompts one after the other. Raises AudioError as ``unpack`` does."""
    whole = array("h")
    for wav in wavs:
        whole.extend(unpack(wav))
    return pack(whole)


def digest(wav: bytes) -> str:
    """SHA-256 of the bytes in hexadecimal: the name a prompt is kept under."""
    return hashlib.sha256(wav).hexdigest()


def peaks(wav: bytes, buckets: int) -> list[int]:
    """``buckets`` heights 0–100 for drawing the prompt as a waveform. Raises AudioError as ``unpack`` does."""
    samples = unpack(wav)
    edges = [len(samples) * bucket // buckets for bucket in range(buckets + 1)]
    spans = pairwise(edges)
    return [round(100 * max(map(abs, samples[start:end]), default=0) / (FULL_SCALE + 1)) for start, end in spans]
