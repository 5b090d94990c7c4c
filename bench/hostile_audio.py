"""S5: hostile files, made by a seed, and valid ones: what is refused, how fast, and that nothing else is touched.

    .venv/bin/python bench/hostile_audio.py --files 1000 --valid 50 --seed 1

Playlists name a recording of ours and a port of ours: a read of the one (inotify) or a call to the other is counted.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import random
import socket
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tonval.audio import ffmpeg, wav
from tonval.audio.faults import AudioError
from tonval.audio.speech import speak
from tonval.audio.take_in import take_in

PATIENCE: Final = 2.0
LIMIT: Final = 300.5
IN_ACCESS, IN_OPEN, IN_NONBLOCK = 0x1, 0x20, 0o4000
HEADS: Final = (
    b"RIFF\xff\xff\x00\x00WAVEfmt \x10\x00\x00\x00", b"fLaC\x00\x00\x00\x22", b"OggS\x00\x02" + bytes(20) + b"\x01\x1e",
    b"\x00\x00\x00\x20ftypM4A ", b"ID3\x04\x00\x00\x00\x00\x00\x00", b"\xff\xfb\x90\x64", b"\xff\xf1\x50\x80",
)  # fmt: skip
OTHERS: Final = (
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"MThd",
    b"\x1a\x45\xdf\xa3",
    b"#!/bin/sh\n",
)
NAMES: Final = (
    "-i.wav",
    "concat:a|b.mp3",
    "%03d.wav",
    "pipe:0",
    "a;b`c`.mp3",
    "file:a.wav",
    "å 音.m4a",
    "a" * 200 + ".wav",
)
PLAYLISTS: Final[tuple[Callable[[str], str], ...]] = (
    lambda to: f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9.0,\n{to}\n#EXT-X-ENDLIST\n",
    lambda to: f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{to}"\n#EXTINF:9.0,\n{to}\n',
    lambda to: f"ffconcat version 1.0\nfile '{to}'\n",
    lambda to: f"<?xml version='1.0'?><MPD><BaseURL>{to}</BaseURL></MPD>",
    lambda to: f"[playlist]\nFile1={to}\nNumberOfEntries=1\n",
    lambda to: f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\na={to}\n",
)  # fmt: skip
FORMS: Final = ("a.wav", "a.mp3", "a.m4a", "a.ogg", "a.flac")


@dataclass
class Seen:
    """What came of the files: kinds that were taken in, the times, sentences that are none, and the slowest."""

    refused: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bait:
    """A recording of ours in every form, and a port of ours, for hostile files to reach for."""

    sounds: dict[str, bytes]
    secret: Path
    port: int

    def target(self, chance: random.Random) -> str:
        """What a playlist names."""
        return chance.choice((f"http://127.0.0.1:{self.port}/a.mp3", f"file://{self.secret}", str(self.secret)))


Maker = Callable[[random.Random, Bait], bytes]


def playlist(chance: random.Random, bait: Bait) -> bytes:
    """A list of other files, bare or dressed up as sound."""
    text = chance.choice(PLAYLISTS)(bait.target(chance)).encode()
    return chance.choice((b"", b"ID3\x04\x00\x00\x00\x00\x00\x00", b"\xff\xfb\x90\x64" + bytes(413))) + text


def noise_behind_a_head(chance: random.Random, bait: Bait) -> bytes:
    """Random bytes behind the first bytes of a sound file."""
    return chance.choice(HEADS) + chance.randbytes(chance.randrange(20_000))


def truncated(chance: random.Random, bait: Bait) -> bytes:
    """A recording whose end is missing: at most four fifths are there."""
    whole = bait.sounds[chance.choice(FORMS)]
    return whole[: int(len(whole) * chance.uniform(0, 0.8))]


def polyglot(chance: random.Random, bait: Bait) -> bytes:
    """Another kind of file with sound behind it."""
    return chance.choice(OTHERS) + bait.sounds[chance.choice(FORMS)]


def nothing_at_all(chance: random.Random, bait: Bait) -> bytes:
    """No bytes, zeros, silence, random bytes."""
    return chance.choice((b"", bytes(chance.randrange(1, 50_000)), wav.silence(2), chance.randbytes(5000)))


def absurd_head(chance: random.Random, bait: Bait) -> bytes:
    """A WAV of impossible rates, channels, widths and lengths."""
    rate = chance.choice((0, 1, 4_000_000_000, 0xFFFFFFFF, 400_000))
    channels, bits = chance.choice((0, 1, 8, 65535)), chance.choice((0, 1, 7, 16, 24, 64, 65535))
    layout = struct.pack("<HHIIHH", chance.choice((0, 1, 3, 85, 0xFFFE)), channels, rate, 0, 0, bits)
    data = chance.randbytes(4000)
    return b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + layout + struct.pack("<4sI", b"data", chance.getrandbits(32)) + data


def bomb(chance: random.Random, bait: Bait) -> bytes:
    """An hour of silence in a few kilobytes."""
    return bait.sounds[chance.choice(("bomb.flac", "bomb.mp3"))]


MAKERS: Final[dict[str, Maker]] = {
    each.__name__: each
    for each in (playlist, noise_behind_a_head, truncated, polyglot, nothing_at_all, absurd_head, bomb)
}  # fmt: skip


def main() -> int:
    """Make the files, send each, print what came of them; 1 where S5 is not met."""
    wanted = argparse.ArgumentParser(description="S5: hostile audio")
    for name, usual in (("files", 1000), ("valid", 50), ("seed", 1)):
        wanted.add_argument(f"--{name}", type=int, default=usual)
    asked = wanted.parse_args()
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        return run(Path(folder), listener, asked.files, asked.valid, random.Random(asked.seed))


def run(folder: Path, listener: socket.socket, files: int, valid: int, chance: random.Random) -> int:
    """The measurement in a folder of its own, with a port that nobody should call."""
    bait = make_bait(folder, listener.getsockname()[1])
    watch = watch_for_reads(bait.secret)
    seen = Seen()
    for number in range(files):
        kind = list(MAKERS)[number % len(MAKERS)]
        send(seen, kind, place(folder, chance, MAKERS[kind](chance, bait)))
    reads, calls = count_reads(watch), count_calls(listener)
    played = sum(playable(folder, bait, chance) for _ in range(valid))
    return tell(seen, files, reads, calls, (played, valid))


def make_bait(folder: Path, port: int) -> Bait:
    """Speech in five forms, and two bombs."""
    (folder / "secret.wav").write_bytes(speak("How well were you helped today?", "en"))
    silence = ("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono,atrim=duration=3600", "-b:a", "8k")
    sources = {name: ("-i", str(folder / "secret.wav")) for name in FORMS}
    sources |= {"bomb.flac": silence, "bomb.mp3": silence}
    return Bait({name: encoded(folder / name, source) for name, source in sources.items()}, folder / "secret.wav", port)


def encoded(path: Path, source: tuple[str, ...]) -> bytes:
    """A source of ffmpeg in the form of the path's ending."""
    import subprocess

    subprocess.run([ffmpeg.binary(), "-y", "-v", "error", *source, path], check=True)
    return path.read_bytes()


def place(folder: Path, chance: random.Random, sound: bytes) -> Path:
    """The bytes under a name that is a trick in itself, one time in three."""
    name = chance.choice(NAMES) if chance.random() < 0.34 else chance.choice(FORMS)
    (folder / "in").mkdir(exist_ok=True)
    path = folder / "in" / name
    path.write_bytes(sound)
    return path


def send(seen: Seen, kind: str, path: Path) -> None:
    """Take the file in, with the time it took."""
    began = time.perf_counter()
    try:
        made = take_in(path)
    except AudioError as refused:
        seen.refused[kind] += 1
        if "\n" in str(refused) or ";" not in str(refused) or "ffmpeg" in str(refused):
            seen.unclear.append(str(refused))
    else:
        seen.taken[kind] += 1
        if not 0 < made.seconds <= LIMIT:
            seen.unclear.append(f"{kind}: a prompt of {made.seconds} s")
    seen.times.append(time.perf_counter() - began)


def playable(folder: Path, bait: Bait, chance: random.Random) -> bool:
    """Whether a recording in one of many rates, widths and numbers of channels becomes a whole prompt."""
    name, rate = chance.choice(FORMS), chance.choice((8000, 16000, 44100, 48000))
    options = ("-ar", str(rate), "-ac", chance.choice(("1", "2")))
    options += ("-c:a", "pcm_s24le", "-ac", chance.choice(("1", "8"))) if name == "a.wav" else ()
    sound = encoded(folder / "in" / f"valid{Path(name).suffix}", ("-i", str(bait.secret), *options))
    path = place(folder, chance, sound)
    made = take_in(path)
    return abs(made.loudness + 16) < 1.5 and wav.seconds(made.wav) > 1


def watch_for_reads(path: Path) -> int:
    """An inotify descriptor that notes every open and read of the file."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch: int = libc.inotify_init1(IN_NONBLOCK)
    if libc.inotify_add_watch(watch, os.fsencode(path), IN_OPEN | IN_ACCESS) < 0:
        raise OSError(ctypes.get_errno(), "the file cannot be watched")
    return watch


def count_reads(watch: int) -> int:
    """How many opens and reads were noted; each note is 16 bytes."""
    try:
        return len(os.read(watch, 65536)) // 16
    except BlockingIOError:
        return 0
    finally:
        os.close(watch)


def count_calls(listener: socket.socket) -> int:
    """How many have called."""
    calls = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return calls
        calls += 1


def tell(seen: Seen, files: int, reads: int, calls: int, valid: tuple[int, int]) -> int:
    """Print the figures; 0 where they are those of S5."""
    times = sorted(seen.times)
    slow = sum(each > PATIENCE for each in times)
    print(f"{files} hostile files: {seen.refused.total()} refused, {seen.taken.total()} taken {dict(seen.taken)}")
    print(f"outside reads {reads}, calls {calls}, unclear sentences {len(seen.unclear)} {seen.unclear[:3]}")
    middle, late = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"median {middle:.2f} s, 99 % within {late:.2f} s, slowest {times[-1]:.2f} s")
    print(f"over {PATIENCE:.0f} s: {slow}; valid files playable: {valid[0]} of {valid[1]}")
    return int(bool(seen.taken or reads or calls or seen.unclear or valid[0] < valid[1]))


if __name__ == "__main__":
    sys.exit(main())
