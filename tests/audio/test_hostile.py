"""Files that are no recordings: each is refused in one sentence, and nothing else is read or called."""

from __future__ import annotations

import os
import random
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.audio.conftest import Encode, ffmpeg
from tonval.audio import ffmpeg as leash
from tonval.audio import take_in as taking
from tonval.audio.faults import AudioError
from tonval.audio.take_in import take_in

NOT_SOUND = "is not a sound file Tonval can read; send WAV, MP3, M4A, OGG or FLAC"


def refusal(path: Path) -> str:
    with pytest.raises(AudioError) as refused:
        take_in(path)
    return str(refused.value)


def plain(message: str, name: str) -> bool:
    """One line for people: the file's name, what to do, and none of ffmpeg's own words."""
    noise = ("ffmpeg", "Error", "Invalid", "0x", "/proc", "[", "Traceback")
    return message.startswith(name) and "\n" not in message and ";" in message and not any(n in message for n in noise)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def calls(listening: socket.socket) -> int:
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return 0
    return 1


PLAYLISTS: dict[str, Callable[[str], str]] = {
    "hls": lambda to: f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9.0,\n{to}\n#EXT-X-ENDLIST\n",
    "hls variant": lambda to: f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{to}\n",
    "hls key": lambda to: f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{to}"\n#EXTINF:9.0,\n{to}\n',
    "concat": lambda to: f"ffconcat version 1.0\nfile '{to}'\n",
    "dash": lambda to: f"<?xml version='1.0'?><MPD><BaseURL>{to}</BaseURL></MPD>",
    "pls": lambda to: f"[playlist]\nFile1={to}\nNumberOfEntries=1\n",
    "sdp": lambda to: f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\na={to}\n",
}
DRESSES = {"bare": b"", "tagged": b"ID3\x04\x00\x00\x00\x00\x00\x00", "after a frame": b"\xff\xfb\x90\x64" + bytes(413)}


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_playlist_dressed_as_mp3_reads_no_file_and_calls_nobody(
    kind: str, dress: str, recording: Path, listener: socket.socket, tmp_path: Path
) -> None:
    path = tmp_path / "greeting.mp3"
    for target in (f"http://127.0.0.1:{listener.getsockname()[1]}/a.mp3", f"file://{recording}", str(recording)):
        path.write_bytes(DRESSES[dress] + PLAYLISTS[kind](target).encode())
        assert plain(refusal(path), "greeting.mp3")
    assert calls(listener) == 0


NO_SOUND = {
    "text": b"Welcome to Nordlys\n" * 100,
    "html": b"<html><audio src='a.mp3'></html>",
    "png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "pdf with sound behind": b"%PDF-1.7\n\xff\xfb\x90\x64" + bytes(413),
    "zip": b"PK\x03\x04" + bytes(64),
    "avi": b"RIFF\x00\x01\x00\x00AVI LIST" + bytes(64),
    "midi": b"MThd\x00\x00\x00\x06" + bytes(64),
    "matroska": b"\x1a\x45\xdf\xa3" + bytes(64),
    "one byte": b"R",
    "zeros": bytes(5000),
}


@pytest.mark.parametrize("kind", NO_SOUND)
def test_what_is_no_sound_is_refused_by_its_first_bytes(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "greeting.mp3"
    path.write_bytes(NO_SOUND[kind])
    assert refusal(path) == f"greeting.mp3 {NOT_SOUND}"


HEADS = {
    "wav": b"RIFF\xff\x00\x00\x00WAVEfmt \x10\x00\x00\x00",
    "flac": b"fLaC\x00\x00\x00\x22",
    "ogg": b"OggS\x00\x02" + bytes(20) + b"\x01\x1e",
    "m4a": b"\x00\x00\x00\x20ftypM4A ",
    "mp3": b"ID3\x04\x00\x00\x00\x00\x00\x00",
    "bare mp3": b"\xff\xfb\x90\x64",
    "adts": b"\xff\xf1\x50\x80",
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("head", HEADS)
def test_a_true_head_on_random_bytes_is_refused(head: str, seed: int, tmp_path: Path) -> None:
    path = tmp_path / "greeting"
    path.write_bytes(HEADS[head] + random.Random(f"{head} {seed}").randbytes(20_000))
    assert plain(refusal(path), "greeting")


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.m4a", "a.ogg", "a.flac"])
@pytest.mark.parametrize("part", [0.002, 0.3, 0.6])
def test_a_file_cut_short_is_refused(name: str, part: float, encode: Encode) -> None:
    path = encode(name)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    assert plain(refusal(path), name)


@pytest.mark.parametrize("seed", range(20))
def test_a_file_with_bytes_changed_is_refused_or_still_a_prompt(seed: int, encode: Encode) -> None:
    chance = random.Random(seed)
    path = encode(chance.choice(["a.wav", "a.mp3", "a.m4a", "a.ogg", "a.flac"]))
    bent = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 10, 200])):
        bent[chance.randrange(min(len(bent), chance.choice([100, len(bent)])))] = chance.randrange(256)
    path.write_bytes(bent)
    assert outcome(path) == "a prompt" or plain(outcome(path), path.name)


def outcome(path: Path) -> str:
    try:
        return "a prompt" if 0 < take_in(path).seconds <= 300.5 else "a prompt of no length"
    except AudioError as refused:
        return str(refused)


NOTHING = "anullsrc=r=8000:cl=mono"
BOMBS = {
    "an hour of flac": ("a.flac", 3600),
    "an hour of mp3": ("a.mp3", 3600),
    "six minutes of ogg": ("a.ogg", 360),
    "an hour of m4a": ("a.m4a", 3600),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_too_many_minutes_in_a_small_file_are_refused(kind: str, tmp_path: Path) -> None:
    name, seconds = BOMBS[kind]
    ffmpeg("-f", "lavfi", "-i", f"{NOTHING},atrim=duration={seconds}", "-b:a", "8k", tmp_path / name)
    assert refusal(tmp_path / name) == f"{name} is longer than 5 minutes; make it shorter"


def test_an_hour_that_keeps_its_length_secret_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    ffmpeg("-f", "lavfi", "-i", f"{NOTHING},atrim=duration=3600", path)
    bent = bytearray(path.read_bytes())
    bent[21:26] = bytes([bent[21] & 0xF0, 0, 0, 0, 0])  # STREAMINFO: total samples, 36 bits, 0 is unknown
    path.write_bytes(bent)
    assert refusal(path) == "a.flac is longer than 5 minutes; make it shorter"


def pcm(rate: int, channels: int, data: bytes, size: int | None = None) -> bytes:
    layout = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2 & 0xFFFFFFFF, channels * 2 & 0xFFFF, 16)
    length = len(data) if size is None else size
    return b"RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + layout + struct.pack("<4sI", b"data", length) + data


@pytest.mark.parametrize(
    "sound",
    [
        pcm(8000, 1, b""),
        pcm(8000, 1, bytes(100), size=4000),
        pcm(0, 1, bytes(4000)),
        pcm(8000, 0, bytes(4000)),
        pcm(8000, 65535, bytes(200_000)),
        pcm(4_000_000_000, 1, bytes(4000)),
        pcm(1, 1, bytes(4000)),
        pcm(8000, 1, bytes(16_000)),
    ],
    ids=["no data", "lying size", "no rate", "no channel", "65535 channels", "4 GHz", "1 Hz", "digital silence"],
)
def test_an_impossible_or_silent_wav_is_refused(sound: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(sound)
    assert plain(refusal(tmp_path / "a.wav"), "a.wav")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    assert refusal(tmp_path / "a.wav") == "a.wav is empty; export it again"


def test_a_file_over_20_mb_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "a.wav").open("wb") as file:
        file.truncate(20_000_001)
    assert "is larger than 20 MB" in refusal(tmp_path / "a.wav")


def test_only_a_plain_file_is_opened(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "link.wav").symlink_to(recording)
    os.mkfifo(tmp_path / "pipe.wav")
    assert "is a link" in refusal(tmp_path / "link.wav")
    assert "is not a file" in refusal(tmp_path / "pipe.wav")
    assert "is not a file" in refusal(tmp_path)
    assert "is not a file" in refusal(Path("/dev/zero"))
    assert "does not exist" in refusal(tmp_path / "none.wav")
    assert "does not exist" in refusal(recording / "x.wav")
    assert "cannot be opened" in refusal(Path("a\0.wav"))


@pytest.mark.parametrize(
    "name", ["-i.wav", "http:a.wav", "concat:a|b.wav", "%03d.wav", "pipe:0", "a'b;c.wav", "å ä.wav"]
)
def test_a_name_is_only_a_name(name: str, recording: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(recording.read_bytes())
    assert take_in(path).seconds > 1


def test_a_name_cannot_break_the_message(tmp_path: Path) -> None:
    path = tmp_path / ("evil\n\x1b[31m" + "x" * 150 + ".mp3")
    path.write_bytes(b"text")
    message = refusal(path)
    assert message.isprintable()
    assert len(message) < 160


def test_a_decoder_that_does_not_end_is_stopped(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leash, "PATIENCE", 0.0)
    with pytest.raises(AudioError, match="took too long"):
        take_in(recording)


def test_the_decoder_may_write_no_file(recording: Path, tmp_path: Path) -> None:
    ran = leash.run("-nostdin", "-i", str(recording), "-f", "wav", str(tmp_path / "out.wav"))
    assert ran.status != 0
    assert not (tmp_path / "out.wav").exists() or (tmp_path / "out.wav").stat().st_size == 0


def test_the_decoder_knows_nothing_of_our_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FFREPORT", f"file={tmp_path}/report.log:level=48")
    leash.run("-version")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_ffmpeg_is_said_so(monkeypatch: pytest.MonkeyPatch, recording: Path) -> None:
    monkeypatch.setattr(leash, "binary", lambda: "/nowhere/ffmpeg")
    with pytest.raises(AudioError, match="ffmpeg could not be started"):
        take_in(recording)


def test_the_white_lists_are_those_decided() -> None:
    assert taking.ALLOWED == (
        "-protocol_whitelist", "file,pipe", "-format_whitelist", "mp3,wav,ogg,flac,mov,aac",
    )  # fmt: skip
