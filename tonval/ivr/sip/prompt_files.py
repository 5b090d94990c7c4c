"""Prompts as the cells play them: WAV files in a folder, named by digest and written once."""

from __future__ import annotations

import io
import math
import os
import struct
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tonval.ivr.sip.carrier import DatabaseAway, Spoken
from tonval.ivr.sip.messages import Clip
from tonval.surveys.turns import Utterance

_FRESH: Final = 10.0
"""Seconds until a prompt is looked up anew: a new recording is heard that soon."""

_TAIL: Final = 5.0
"""Seconds of silence after each prompt, so that its player is gone before the file ends (see ``cell``)."""

_RATE: Final = 8000
_TONE_SECONDS: Final = 0.3
_SOFT: Final = 160


class PromptFiles:
    """Turns utterances into clips. Safe to use from several threads: the same file twice is the same file."""

    def __init__(self, folder: Path, audio_for: Callable[[str, Utterance, str], Spoken]) -> None:
        self._folder = folder
        self._audio_for = audio_for
        self._known: dict[tuple[str, Utterance, str], tuple[float, Clip]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def clip(self, survey: str, utterance: Utterance, queue: str = "") -> Clip:
        """The utterance as a file to play; while the database is away, as it was last known. Else ``DatabaseAway``."""
        now, key = time.monotonic(), (survey, utterance, queue)
        read_at, clip = self._known.get(key, (0.0, None))
        if clip is None or now - read_at >= _FRESH:
            try:
                clip = self._write(self._audio_for(survey, utterance, queue))
            except DatabaseAway:
                if clip is None:
                    raise
            self._known[key] = (now, clip)
        return clip

    def tone(self) -> Clip:
        """What is heard before somebody speaks: speak now."""
        path = self._folder / "tone.wav"
        if not path.exists():
            with wave.open(io.BytesIO(_tone())) as sound:
                write_with_tail(path, sound, sound.getnframes())
        return Clip(str(path), 1000 * _TONE_SECONDS)

    def _write(self, spoken: Spoken) -> Clip:
        path = self._folder / f"{spoken.digest}.wav"
        with wave.open(io.BytesIO(spoken.wav)) as sound:
            length = 1000 * sound.getnframes() / sound.getframerate()
            if not path.exists():
                write_with_tail(path, sound, sound.getnframes())
        return Clip(str(path), length)


def write_with_tail(path: Path, sound: wave.Wave_read, frames: int, *, durable: bool = False) -> None:
    """The first ``frames`` of a sound, aside and renamed, so that a reader sees the whole file or none.

    ``durable``: it is on the disk when this returns.
    """
    descriptor, aside = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(descriptor, "wb") as file:
        with wave.open(file, "wb") as out:
            out.setparams(sound.getparams())
            out.writeframes(sound.readframes(frames))
            out.writeframes(bytes(int(_TAIL * sound.getframerate()) * sound.getsampwidth() * sound.getnchannels()))
        file.flush()
        if durable:
            os.fsync(file.fileno())
    Path(aside).replace(path)


def _tone() -> bytes:
    """A kilohertz, as loud as a voice, that begins and ends softly."""
    count = round(_TONE_SECONDS * _RATE)
    swell = [min(1.0, i / _SOFT, (count - i) / _SOFT) for i in range(count)]
    samples = [round(6000 * soft * math.sin(2 * math.pi * 1000 * i / _RATE)) for i, soft in enumerate(swell)]
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE)
        out.writeframes(struct.pack(f"<{count}h", *samples))
    return file.getvalue()
