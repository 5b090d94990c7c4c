"""Taking in a recording someone made: read behind white-lists and limits, trimmed, levelled, kept as an 8 kHz WAV."""

from __future__ import annotations

import errno
import os
import re
import stat
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import log10
from pathlib import Path

from tonval.audio import ffmpeg, formats
from tonval.audio.faults import AudioError
from tonval.audio.level import TARGET, level
from tonval.audio.wav import FULL_SCALE, RATE, WIDE, pack
from tonval.surveys.sentences import sentence

LARGEST = 20_000_000
LONGEST = 300.0
SHORT = 0.5
FASTEST = 192_000
"""Samples a second above which a file is no recording of a voice, only work for the decoder."""
QUIETEST = -30.0
"""LUFS below which a recording is called quiet: it needs 14 dB of gain, and its noise comes along."""
CLIPPED = 0.98
FLOOR_DB = -60.0
"""A file whose loudest sample is below this has no sound in it."""
WINDOW = 80
"""Samples, 10 ms: the grain of trimming and of the noise measure."""
LEAD, TAIL = 5, 12
"""Windows kept before the first sound and after the last, for soft consonants."""

ALLOWED = ("-protocol_whitelist", "file,pipe", "-format_whitelist", "mp3,wav,ogg,flac,mov,aac")
DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d\.\d+),", re.MULTILINE)
SAMPLING = re.compile(r"^  Stream #0:\d+.*?: Audio: .*?, (\d+) Hz,", re.MULTILINE)
ESTIMATED = "Estimating duration from bitrate"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording made ready for the telephone.

    ``wav`` is 8 kHz mono 16-bit, ``wide`` the same at 16 kHz where the file had as much. ``seconds`` is its length,
    ``peak_db`` its loudest sample and ``noise_db`` the quietest tenth of it in dBFS, ``loudness`` in LUFS.
    ``warnings`` are sentences about the file as it came.
    """

    wav: bytes
    wide: bytes | None
    seconds: float
    peak_db: float
    loudness: float
    noise_db: float
    warnings: tuple[str, ...]


def take_in(path: Path, name: str | None = None) -> Recorded:
    """Convert the recording at ``path``: WAV, MP3, M4A, OGG or FLAC, at most 20 MB and 5 minutes.

    Messages call it ``name``, or by its file name. Raises AudioError with a sentence for the sender; nothing is
    written to disk and nothing but the file itself is read.
    """
    called = _printable(name or path.name)
    sound = _read(path, called)
    raw, sampling = _decode(sound, called, RATE)
    heights = _heights(raw)
    loudest = max(heights, default=0.0)
    if _decibels(loudest) < FLOOR_DB:
        raise AudioError(sentence("%(called)s has no sound in it; record it again", called=called))
    begins, ends = _heard(heights)
    voice = raw[begins:ends]
    made = level(voice.tobytes(), "f32le", RATE)
    peak, noise = levels(made.samples)
    return Recorded(
        wav=pack(made.samples),
        wide=_wide(sound, called, (2 * begins, 2 * ends), made.gain) if sampling >= WIDE else None,
        seconds=len(made.samples) / RATE,
        peak_db=peak,
        loudness=made.loudness,
        noise_db=noise,
        warnings=tuple(_warnings(called, voice, TARGET - made.gain, made.loudness)),
    )


def levels(samples: array[int]) -> tuple[float, float]:
    """The loudest of the samples (type code ``h``), and the quietest tenth of their windows, in dBFS."""
    heights = [_decibels(height / FULL_SCALE) for height in _heights(samples)] or [_decibels(0)]
    return max(heights), sorted(heights)[len(heights) // 10]


def _printable(name: str) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in name) or sentence("The file")
    return shown if len(shown) <= 80 else f"{shown[:60]}…{shown[-16:]}"


def _read(path: Path, called: str) -> bytes:
    """The bytes of a plain file, read once, so that it cannot change between the checks and the decoder."""
    try:
        with open(path, "rb", opener=_opener) as file:
            plain = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            sound = file.read(LARGEST + 1) if plain else b""
    except (OSError, ValueError) as fault:
        raise AudioError(f"{called} {_unopened(fault)}") from fault
    if not plain:
        raise AudioError(sentence("%(called)s is not a file; give the sound file itself", called=called))
    if not sound:
        raise AudioError(sentence("%(called)s is empty; export it again", called=called))
    if len(sound) > LARGEST:
        raise AudioError(sentence("%(called)s is larger than 20 MB; send it as MP3, or make it shorter", called=called))
    return sound


def _opener(path: str, flags: int) -> int:
    """Follows no link, and does not wait for anyone at the other end of a pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _unopened(fault: OSError | ValueError) -> str:
    match getattr(fault, "errno", None):
        case errno.ENOENT | errno.ENOTDIR:
            return sentence("does not exist; check the name")
        case errno.EISDIR:
            return sentence("is not a file; give the sound file itself")
        case errno.ELOOP:
            return sentence("is a link; give the sound file itself")
        case errno.EACCES | errno.EPERM:
            return sentence("may not be read; check its permissions")
        case _:
            return sentence("cannot be opened; check the name")


def _wide(sound: bytes, called: str, heard: tuple[int, int], gain: float) -> bytes:
    """The part from ``heard[0]`` to ``heard[1]`` at 16 kHz, levelled from ``gain`` on, where it nearly is."""
    raw, _ = _decode(sound, called, WIDE)
    voice = raw[heard[0] : heard[1]]
    return pack(level(voice.tobytes(), "f32le", WIDE, gain, WIDE).samples, WIDE)


def _decode(sound: bytes, called: str, rate: int) -> tuple[array[float], int]:
    """Samples at ``rate`` mono, full scale 1.0 (type code ``f``), and how many a second the file had."""
    form = formats.format_of(sound[: formats.ENOUGH])
    if form is None:
        raise AudioError(
            sentence("%(called)s is not a sound file Tonval can read; send WAV, MP3, M4A, OGG or FLAC", called=called)
        )
    if formats.cut_short(form, sound):
        raise _cut_short(called)
    with _lent(sound) as place:
        # The file is named by a descriptor in memory: no path of the sender's ever reaches ffmpeg.
        source = (*ALLOWED, "-codec_whitelist", formats.CODECS, "-f", form, "-i", f"file:/proc/self/fd/{place}")
        promised, sampling = _promised(ffmpeg.run("-nostdin", *source, lend=(place,)).remarks, called)
        chain = ("-map", "0:a:0", "-af", f"aformat=channel_layouts=mono,aresample={rate}")
        limits = ("-nostdin", "-threads", "1", "-max_error_rate", "0.1", "-t", str(LONGEST + 1))
        ran = ffmpeg.run(*limits, *source, *chain, "-f", "f32le", "pipe:1", lend=(place,))
    if ran.status or not ran.output:
        raise AudioError(sentence("%(called)s is damaged; export it again as WAV or MP3", called=called))
    if len(ran.output) > 4 * rate * (LONGEST + 0.5):
        raise _too_long(called)
    if len(ran.output) < 4 * rate * (0.95 * promised - 0.3):
        raise _cut_short(called)
    return array("f", ran.output[: len(ran.output) // 4 * 4]), sampling


@contextmanager
def _lent(sound: bytes) -> Iterator[int]:
    """A file in memory with these bytes, for ffmpeg to seek in; it vanishes with us, however we end."""
    place = os.memfd_create("recording")
    try:
        with open(place, "wb", closefd=False) as file:
            file.write(sound)
        yield place
    finally:
        os.close(place)


def _promised(remarks: str, called: str) -> tuple[float, int]:
    """The seconds the file's headers promise, 0 where they do not say, and its samples a second.

    Refuses what is not worth decoding.
    """
    sampling = SAMPLING.search(remarks)
    if not sampling:
        raise AudioError(
            sentence("%(called)s is damaged or holds no sound; export it again as WAV or MP3", called=called)
        )
    if int(sampling[1]) > FASTEST:
        raise AudioError(
            sentence(
                "%(called)s has %(sampling)s samples a second; export it with 48,000",
                called=called,
                sampling=sampling[1],
            )
        )
    found = DURATION.search(remarks)
    if not found or ESTIMATED in remarks:
        return 0.0, int(sampling[1])
    hours, minutes, seconds = found.groups()
    promised = 3600 * int(hours) + 60 * int(minutes) + float(seconds)
    if promised > LONGEST + 0.5:
        raise _too_long(called)
    return promised, int(sampling[1])


def _too_long(called: str) -> AudioError:
    return AudioError(sentence("%(called)s is longer than 5 minutes; make it shorter", called=called))


def _cut_short(called: str) -> AudioError:
    return AudioError(
        sentence("%(called)s is cut short: the end of the file is missing; export or upload it again", called=called)
    )


def _heights(samples: array[float] | array[int]) -> list[float]:
    """The loudest sample of each window."""
    return [float(max(map(abs, samples[at : at + WINDOW]))) for at in range(0, len(samples), WINDOW)]


def _heard(heights: list[float]) -> tuple[int, int]:
    """The samples between which something is heard: not 40 dB under the loudest, nor little over the noise."""
    loudest = max(heights)
    noise = sorted(heights)[len(heights) // 10]
    heard = max(loudest * 0.01, min(noise * 2, loudest * 0.1))
    sounding = [at for at, height in enumerate(heights) if height >= heard]
    return max(0, sounding[0] - LEAD) * WINDOW, (sounding[-1] + 1 + TAIL) * WINDOW


def _decibels(height: float) -> float:
    return 20 * log10(max(height, 1e-6))


def _warnings(called: str, voice: array[float], came: float, reached: float) -> Iterator[str]:
    if len(voice) < SHORT * RATE:
        yield sentence(
            "%(called)s is very short (%(RATE)s s); check that nothing is missing",
            called=called,
            RATE=f"{len(voice) / RATE:.1f}",
        )
    if came < QUIETEST:
        yield sentence(
            "%(called)s is quiet and was made %(came)s dB louder; noise may be heard, so record it closer",
            called=called,
            came=f"{TARGET - came:.0f}",
        )
    if sum(abs(sample) >= CLIPPED for sample in voice) > len(voice) // 1000:
        yield sentence(
            "%(called)s is distorted: the recording level was too high; record it again with a lower one", called=called
        )
    if abs(reached - TARGET) > 1:
        yield sentence(
            "%(called)s could not be brought to the usual loudness; listen to it before you use it", called=called
        )
