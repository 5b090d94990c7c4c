"""Sound for the tests: made by ffmpeg, and measured by it in another way than the product does."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tonval.audio.ffmpeg import binary
from tonval.audio.speech import speak

SENTENCE = "How well were you helped today? Press a number from one to five, where five is best."
QUIET, START, END = -9, 0.8, 1.2
"""The test recording: dB under the usual loudness, seconds of silence before and after."""

Encode = Callable[..., Path]


def ffmpeg(*arguments: str | Path, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [binary(), "-y", "-hide_banner", "-nostats", "-v", "info", *map(str, arguments)]
    return subprocess.run(command, input=data, capture_output=True, check=True)


def lufs(wav: bytes) -> float:
    """Loudness by the measuring pass of ``loudnorm``, which works at 192 kHz."""
    remarks = ffmpeg("-i", "pipe:0", "-af", "loudnorm=print_format=json", "-f", "null", "-", data=wav).stderr.decode()
    return float(json.loads(remarks[remarks.rindex("{") : remarks.rindex("}") + 1])["input_i"])


@pytest.fixture(scope="session")
def spoken() -> bytes:
    return speak(SENTENCE, "en")


@pytest.fixture(scope="session")
def recording(spoken: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence as it comes from a computer: 44.1 kHz stereo, too quiet, silence around it."""
    path = tmp_path_factory.mktemp("recording") / "greeting.wav"
    chain = f"volume={QUIET}dB,adelay={round(1000 * START)},apad=pad_dur={END}"
    ffmpeg("-i", "pipe:0", "-af", chain, "-ar", "44100", "-ac", "2", path, data=spoken)
    return path


@pytest.fixture
def encode(recording: Path, tmp_path: Path) -> Encode:
    """``encode(name, *options)``: the recording under that name, encoded by ffmpeg with those options."""

    def encoded(name: str, *options: str | Path) -> Path:
        ffmpeg("-i", recording, *options, tmp_path / name)
        return tmp_path / name

    return encoded
