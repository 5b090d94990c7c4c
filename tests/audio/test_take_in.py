"""Valid recordings of every format become prompts of one form, length and loudness."""

from __future__ import annotations

import io
import wave
from itertools import pairwise
from math import log10
from pathlib import Path

import pytest

from tests.audio.conftest import Encode, ffmpeg, lufs
from tonval.audio.take_in import Recorded, take_in
from tonval.audio.wav import seconds, unpack

OPEN_FILES = Path("/proc/self/fd")
TELEPHONE = ("-ar", "8000", "-ac", "1")

FORMATS = {
    "wav": ("greeting.wav", "-c:a", "pcm_s16le"),
    "wav, 24 bits": ("greeting.wav", "-c:a", "pcm_s24le"),
    "wav, floats at 96 kHz": ("greeting.wav", "-c:a", "pcm_f32le", "-ar", "96000"),
    "wav, A-law from a PBX": ("greeting.wav", *TELEPHONE, "-c:a", "pcm_alaw"),
    "wav, µ-law from a PBX": ("greeting.wav", *TELEPHONE, "-c:a", "pcm_mulaw"),
    "wav, written as a stream": ("greeting.wav", "-f", "wav", "-seekable", "0"),
    "mp3": ("greeting.mp3", "-b:a", "96k"),
    "mp3 without any tag": ("greeting.mp3", "-write_xing", "0", "-id3v2_version", "0"),
    "m4a": ("greeting.m4a", "-c:a", "aac"),
    "m4a, lossless": ("greeting.m4a", "-c:a", "alac"),
    "m4a, bare frames": ("greeting.m4a", "-c:a", "aac", "-f", "adts"),
    "ogg, vorbis": ("greeting.ogg", "-c:a", "libvorbis"),
    "ogg, opus": ("greeting.ogg", "-c:a", "libopus"),
    "flac": ("greeting.flac", "-c:a", "flac"),
    "mp3 named wav": ("greeting.wav", "-c:a", "libmp3lame", "-f", "mp3"),
}


def form(wav: bytes) -> tuple[int, int, int]:
    with wave.open(io.BytesIO(wav)) as sound:
        return sound.getframerate(), sound.getnchannels(), 8 * sound.getsampwidth()


@pytest.mark.parametrize("case", FORMATS)
def test_every_format_becomes_a_trimmed_prompt_at_the_usual_loudness(case: str, encode: Encode, spoken: bytes) -> None:
    made = take_in(encode(*FORMATS[case]))
    assert form(made.wav) == (8000, 1, 16)
    assert lufs(made.wav) == pytest.approx(-16, abs=1)
    assert made.loudness == pytest.approx(-16, abs=0.5)
    assert made.seconds == pytest.approx(seconds(spoken), rel=0.1)
    assert made.seconds == pytest.approx(seconds(made.wav))
    assert made.peak_db <= -0.5
    assert made.warnings == ()


def test_a_picture_in_the_file_is_left_alone(encode: Encode, tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64:d=0.1", "-frames:v", "1", tmp_path / "cover.png")
    cover = ("-i", tmp_path / "cover.png", "-map", "0", "-map", "1", "-c:v", "png")
    attached = ("-disposition:v", "attached_pic")
    for made in (encode("a.mp3", *cover), encode("a.m4a", *cover, *attached), encode("a.flac", *cover, *attached)):
        assert take_in(made).warnings == ()


def test_the_same_recording_gives_the_same_bytes(recording: Path) -> None:
    assert take_in(recording).wav == take_in(recording).wav


@pytest.mark.parametrize("length", [0.25, 0.45, 0.8, 1.5, 2.5])
def test_a_prompt_shorter_than_the_meter_expects_is_level_too(length: float, encode: Encode) -> None:
    made = take_in(encode("short.wav", "-ss", "1.1", "-t", str(length)))
    assert made.seconds == pytest.approx(length, abs=0.2)
    heard = made.wav if length > 0.6 else repeated(made.wav)
    assert lufs(heard) == pytest.approx(-16, abs=1)


def repeated(wav: bytes) -> bytes:
    return ffmpeg("-stream_loop", "-1", "-i", "pipe:0", "-t", "3", "-f", "wav", "pipe:1", data=wav).stdout


def warned(made: Recorded, word: str) -> bool:
    return any(word in warning for warning in made.warnings)


def test_a_quiet_recording_is_raised_with_a_warning(encode: Encode) -> None:
    made = take_in(encode("far.wav", "-af", "volume=-20dB"))
    assert warned(made, "far.wav is quiet")
    assert lufs(made.wav) == pytest.approx(-16, abs=1)


def test_a_distorted_recording_is_told_apart(encode: Encode) -> None:
    assert warned(take_in(encode("loud.wav", "-af", "volume=26dB")), "loud.wav is distorted")


def test_a_very_short_recording_is_told_apart(encode: Encode) -> None:
    assert warned(take_in(encode("blip.wav", "-ss", "1.1", "-t", "0.2")), "blip.wav is very short")


def test_noise_is_measured_in_what_is_kept(encode: Encode, recording: Path) -> None:
    hiss = "anoisesrc=a=0.02:seed=7:r=44100:d=8[n];[0:a][n]amix=inputs=2:duration=first:normalize=0"
    noisy = take_in(encode("hiss.wav", "-filter_complex", hiss))
    assert noisy.noise_db > take_in(recording).noise_db + 20


def test_a_tone_keeps_its_pitch(tmp_path: Path) -> None:
    path = tmp_path / "tone.flac"
    ffmpeg("-f", "lavfi", "-i", "sine=f=440:r=48000:d=3", path)
    made = take_in(path)
    samples = unpack(made.wav)
    crossings = sum(a < 0 <= b for a, b in pairwise(samples))
    assert crossings / made.seconds == pytest.approx(440, rel=0.01)
    assert 20 * log10(max(samples) / 32768) == pytest.approx(made.peak_db, abs=0.5)


def test_messages_use_the_name_the_sender_knows(recording: Path) -> None:
    assert "välkommen.wav" in take_in(quieter(recording), name="välkommen.wav").warnings[0]


def quieter(recording: Path) -> Path:
    path = recording.with_name("upload-1")
    ffmpeg("-i", recording, "-af", "volume=-20dB", "-f", "wav", path)
    return path


def test_nothing_is_left_open_or_on_disk(recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = len(list(OPEN_FILES.iterdir()))
    take_in(recording)
    assert len(list(OPEN_FILES.iterdir())) == before
    assert list(tmp_path.iterdir()) == []
