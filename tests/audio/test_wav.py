"""The one form of a prompt: made, read, joined, drawn."""

from __future__ import annotations

import io
import wave
from array import array

import pytest

from tonval.audio.faults import AudioError
from tonval.audio.wav import digest, join, pack, peaks, seconds, silence, unpack


def other(rate: int, channels: int, width: int) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setframerate(rate)
        sound.setnchannels(channels)
        sound.setsampwidth(width)
        sound.writeframes(bytes(480))
    return target.getvalue()


def test_samples_come_back_as_they_went_in() -> None:
    samples = array("h", [0, 1, -1, 32767, -32768])
    assert unpack(pack(samples)) == samples


def test_silence_lasts_as_long_as_asked() -> None:
    assert seconds(silence(0.25)) == 0.25
    assert not any(unpack(silence(0.25)))


def test_joined_prompts_last_as_long_as_their_parts() -> None:
    parts = [pack(array("h", [1, 2])), silence(0.5), pack(array("h", [3]))]
    assert list(unpack(join(*parts)))[:2] == [1, 2]
    assert seconds(join(*parts)) == sum(map(seconds, parts))


@pytest.mark.parametrize(
    "wav",
    [b"", b"RIFF", b"text", other(44100, 1, 2), other(8000, 2, 2), other(8000, 1, 1), silence(1)[:-100]],
    ids=["empty", "head", "text", "44.1 kHz", "stereo", "8 bits", "cut short"],
)
def test_anything_but_a_whole_telephone_wav_is_refused(wav: bytes) -> None:
    with pytest.raises(AudioError, match="convert it first"):
        unpack(wav)


def test_peaks_follow_the_sound() -> None:
    wav = pack(array("h", [0] * 100 + [-32768] * 100 + [16384] * 100))
    assert peaks(wav, 3) == [0, 100, 50]
    assert len(peaks(wav, 1000)) == 1000
    assert peaks(silence(0), 4) == [0, 0, 0, 0]


def test_a_digest_names_the_bytes() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
