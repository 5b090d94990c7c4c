"""How fast prompts are spoken and converted, and how hostile files are met. Options: ``--files 1000 --seed 1``."""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tonval.audio.faults import AudioError
from tonval.audio.ffmpeg import binary
from tonval.audio.speech import speak
from tonval.audio.take_in import take_in
from tonval.audio.wav import seconds

SENTENCE = "Hur bra hjälp fick du? Tryck en siffra mellan ett och fem, där fem är bäst."
CODECS = {"wav": "pcm_s16le", "mp3": "libmp3lame", "m4a": "aac", "ogg": "libvorbis", "flac": "flac"}
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9.0,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
DRESSES = (
    b"",
    b"ID3\x04\x00\x00\x00\x00\x00\x00",
    b"\xff\xfb\x90\x64" + bytes(413),
    b"fLaC\x00\x00\x00\x22",
    b"OggS\x00",
)


def main() -> None:
    """Print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--files", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    print(f"seed {options.seed}, Python {sys.version.split()[0]}, {Path(binary()).name}")
    with tempfile.TemporaryDirectory() as folder:
        speaking()
        samples = encoded(Path(folder))
        converting(samples)
        hostile(Path(folder) / "greeting", [path.read_bytes() for path in samples], options.files, options.seed)


def speaking() -> None:
    """Milliseconds to speak one sentence."""
    speak(SENTENCE, "sv")
    taken = [timed(lambda: speak(SENTENCE, "sv")) for _ in range(50)]
    print(f"speak a sentence of {seconds(speak(SENTENCE, 'sv')):.1f} s: {figures(taken)}")


def encoded(folder: Path) -> list[Path]:
    """One spoken sentence in each format."""
    spoken = speak(SENTENCE, "sv")
    for name, codec in CODECS.items():
        command = [
            binary(),
            "-v",
            "error",
            "-i",
            "pipe:0",
            "-ar",
            "44100",
            "-c:a",
            codec,
            str(folder / f"voice.{name}"),
        ]
        subprocess.run(command, input=spoken, check=True)
    return [folder / f"voice.{name}" for name in CODECS]


def converting(samples: list[Path]) -> None:
    """Milliseconds to take in a sentence, by format."""
    for path in samples:
        print(f"take in {path.suffix[1:]:4}: {figures([timed(partial(take_in, path)) for _ in range(10)])}")


def hostile(path: Path, good: list[bytes], count: int, seed: int) -> None:
    """Meet ``count`` bad files made from ``seed``: each is refused in a sentence or comes out as a prompt."""
    chance = random.Random(seed)
    refused, taken = 0, []
    for _ in range(count):
        path.write_bytes(bad(chance, good))
        began = time.perf_counter()
        try:
            take_in(path)
        except AudioError:
            refused += 1
        taken.append(1000 * (time.perf_counter() - began))
    print(f"{count} hostile files: {refused} refused, {count - refused} still playable, 0 crashes; {figures(taken)}")


def bad(chance: random.Random, good: list[bytes]) -> bytes:
    """A playlist in disguise, random bytes behind a true head, a file cut short, or one with bytes changed."""
    sound = chance.choice(good)
    match chance.randrange(4):
        case 0:
            return chance.choice(DRESSES) + PLAYLIST
        case 1:
            return sound[: chance.choice([4, 16, 64])] + chance.randbytes(chance.randrange(100_000))
        case 2:
            return sound[: chance.randrange(len(sound))]
        case _:
            bent = bytearray(sound)
            for _ in range(chance.choice([1, 20, 500])):
                bent[chance.randrange(min(len(bent), chance.choice([100, len(bent)])))] = chance.randrange(256)
            return bytes(bent)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds ``work()`` takes."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def figures(taken: list[float]) -> str:
    """Median and longest, in milliseconds."""
    return f"median {statistics.median(taken):.0f} ms, longest {max(taken):.0f} ms"


if __name__ == "__main__":
    main()
