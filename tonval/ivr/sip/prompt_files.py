"""Prompts as the cells play them: WAV files in a folder, named by digest and written once."""

from __future__ import annotations

import io
import os
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


class PromptFiles:
    """Turns utterances into clips. Safe to use from several threads: the same file twice is the same file."""

    def __init__(self, folder: Path, audio_for: Callable[[str, Utterance], Spoken]) -> None:
        self._folder = folder
        self._audio_for = audio_for
        self._known: dict[tuple[str, Utterance], tuple[float, Clip]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def clip(self, survey: str, utterance: Utterance) -> Clip:
        """The utterance as a file to play; while the database is away, as it was last known. Else ``DatabaseAway``."""
        now = time.monotonic()
        read_at, clip = self._known.get((survey, utterance), (0.0, None))
        if clip is None or now - read_at >= _FRESH:
            try:
                clip = self._write(self._audio_for(survey, utterance))
            except DatabaseAway:
                if clip is None:
                    raise
            self._known[survey, utterance] = (now, clip)
        return clip

    def _write(self, spoken: Spoken) -> Clip:
        path = self._folder / f"{spoken.digest}.wav"
        with wave.open(io.BytesIO(spoken.wav)) as sound:
            length = 1000 * sound.getnframes() / sound.getframerate()
            if not path.exists():
                _write_with_tail(path, sound)
        return Clip(str(path), length)


def _write_with_tail(path: Path, sound: wave.Wave_read) -> None:
    """Write aside and rename, so that a reader sees the whole file or none."""
    descriptor, aside = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(descriptor, "wb") as file, wave.open(file, "wb") as out:
        out.setparams(sound.getparams())
        out.writeframes(sound.readframes(sound.getnframes()))
        out.writeframes(bytes(int(_TAIL * sound.getframerate()) * sound.getsampwidth() * sound.getnchannels()))
    Path(aside).replace(path)
