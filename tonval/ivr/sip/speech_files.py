"""What callers have spoken, as files of the node's own: until the database has them, and until the call is over."""

from __future__ import annotations

import contextlib
import io
import os
import time
import wave
from pathlib import Path
from typing import Final

from tonval.ivr.sip.messages import Clip
from tonval.ivr.sip.prompt_files import write_with_tail

_MS: Final = 1000
_REFUSED: Final = "refused-"
_LOOKED_AT: Final = 30 * 86_400
"""Seconds that people have to look at what fieldwork refused."""


class SpeechFiles:
    """A folder nobody else may read. Files are named by call and turn. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)

    def raw(self, leg: str, turn_no: int) -> Path:
        """Where a cell is to record to."""
        return self._folder / f"{leg}.{turn_no}.raw.wav"

    def keep(self, leg: str, turn_no: int, length: float) -> Clip | None:
        """The first ``length`` milliseconds of what the cell recorded, on the disk and ready to be played.

        ``None`` where nothing was recorded.
        """
        raw, kept = self.raw(leg, turn_no), self._folder / f"{leg}.{turn_no}.wav"
        try:
            with wave.open(str(raw), "rb") as sound:
                frames = min(sound.getnframes(), round(length * sound.getframerate() / _MS))
                if frames:
                    write_with_tail(kept, sound, frames, durable=True)
                    self._settle()
                rate = sound.getframerate()
        except (OSError, EOFError, wave.Error):
            return None
        finally:
            raw.unlink(missing_ok=True)
        return Clip(str(kept), _MS * frames / rate) if frames else None

    def sound(self, clip: Clip) -> bytes:
        """The WAV bytes of a kept recording, without the silence that lets it be played. Raises ``OSError``."""
        out = io.BytesIO()
        with wave.open(clip.path, "rb") as kept, wave.open(out, "wb") as sound:
            sound.setparams(kept.getparams())
            sound.writeframes(kept.readframes(round(clip.length * kept.getframerate() / _MS)))
        return out.getvalue()

    def forget(self, leg: str) -> None:
        """The call is over and the database has everything."""
        for file in self._folder.glob(f"{leg}.*"):
            file.unlink(missing_ok=True)

    def forget_all_but(self, legs: set[str]) -> None:
        """Clear away what an earlier life left, but for calls that are still to be handed in."""
        for file in self._folder.iterdir():
            refused = file.name.startswith(_REFUSED) and time.time() - file.stat().st_mtime < _LOOKED_AT
            if file.name.partition(".")[0] not in legs and not refused:
                with contextlib.suppress(OSError):
                    file.unlink()

    def put_aside(self, path: str) -> None:
        """Fieldwork will never take it: for people to look at, a month long."""
        file = Path(path)
        if file.exists():
            file.rename(file.parent / f"{_REFUSED}{file.name}")

    def _settle(self) -> None:
        """The new name is on the disk too."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
