"""What was spoken is kept as a telephone carries it, and otherwise as it came."""

from __future__ import annotations

import io
import wave
from array import array

import pytest

from tonval.audio.faults import AudioError
from tonval.audio.telephone import telephone_wav
from tonval.audio.wav import pack, seconds, unpack


def made(rate: int, channels: int, length: float) -> bytes:
    """A saw tooth of this length in seconds."""
    samples = array("h", [(number // channels % 80) * 200 for number in range(round(rate * length) * channels)])
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples.tobytes())
    return target.getvalue()


def test_what_a_telephone_sent_stays_as_it_is() -> None:
    sound = pack(array("h", range(800)))
    assert telephone_wav(sound) == sound


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (44_100, 2), (8_000, 2)])
def test_other_rates_and_channels_are_converted_and_last_as_long(rate: int, channels: int) -> None:
    sound = telephone_wav(made(rate, channels, 1.5))
    assert seconds(sound) == pytest.approx(1.5, abs=0.02)
    assert max(unpack(sound)) > 8000


@pytest.mark.parametrize("sound", [b"", b"<html>", b"RIFF\x00\x00\x00\x00WAVEjunk", made(16_000, 1, 0.5)[:50]])
def test_what_is_no_sound_is_refused_with_a_sentence(sound: bytes) -> None:
    with pytest.raises(AudioError, match="what was spoken"):
        telephone_wav(sound)
