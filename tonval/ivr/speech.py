"""Listening to somebody who speaks: how loud it is, her keys and the clock make up one recording.

Pure. Every time is a float in milliseconds on any one clock that runs forwards, as in ``gather``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from tonval.surveys.turns import AskRecording

BREATH: Final = 400.0
"""Milliseconds of silence that are kept after the last word."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One recording in progress. ``voice_at`` is when a voice was last heard, ``ended`` when the recording was over."""

    ask: AskRecording
    began: float
    voice_at: float | None = None
    ended: float | None = None

    @property
    def length(self) -> float:
        """How much of the recording is to be kept, in milliseconds: up to the last word; 0 where it is too short."""
        if self.voice_at is None or self.ended is None:
            return 0.0
        length = min(self.voice_at + BREATH, self.ended) - self.began
        return length if length >= _ms(self.ask.shortest) else 0.0


def begin(ask: AskRecording, at: float) -> Speech:
    """The tone is over and the recording begins."""
    return Speech(ask, at)


def hear(speech: Speech, *, voice_at: float | None, now: float) -> Speech:
    """Let time pass until ``now``; a voice was last heard at ``voice_at``, ``None``: never."""
    speech = tick(speech, now)
    return replace(speech, voice_at=voice_at) if speech.ended is None else speech


def tick(speech: Speech, now: float) -> Speech:
    """It ends after so much silence, and when it is as long as it may be."""
    quiet_since = speech.began if speech.voice_at is None else speech.voice_at
    due = min(speech.began + _ms(speech.ask.longest), quiet_since + _ms(speech.ask.silence))
    return replace(speech, ended=due) if speech.ended is None and now >= due else speech


def end(speech: Speech, at: float) -> Speech:
    """A key was pressed, or the caller is gone; only the first end counts."""
    speech = tick(speech, at)
    return replace(speech, ended=at) if speech.ended is None else speech


def _ms(length: timedelta) -> float:
    return length / timedelta(milliseconds=1)
