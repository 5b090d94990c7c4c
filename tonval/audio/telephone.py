"""What was spoken into a telephone or a browser, in the form it is kept in: nothing but its form is changed."""

from __future__ import annotations

from array import array
from typing import Final

from tonval.audio import ffmpeg, formats
from tonval.audio.faults import AudioError
from tonval.audio.wav import RATE, pack, unpack

LONGEST: Final = 300
"""Seconds that are kept of one recording."""


def telephone_wav(sound: bytes) -> bytes:
    """The sound as WAV, 8 kHz, mono, 16 bit; what is so already stays as it is. Raises AudioError."""
    try:
        unpack(sound)
    except AudioError:
        return _converted(sound)
    return sound


def _converted(sound: bytes) -> bytes:
    form = formats.format_of(sound[: formats.ENOUGH])
    if form is None:
        raise AudioError("what was spoken came in a form Tonval cannot read")
    source = ("-nostdin", "-threads", "1", "-codec_whitelist", formats.CODECS, "-f", form, "-i", "pipe:0")
    limits = ("-t", str(LONGEST), "-map", "0:a:0", "-ac", "1", "-ar", str(RATE))
    ran = ffmpeg.run(*source, *limits, "-f", "s16le", "pipe:1", data=sound)
    if ran.status or not ran.output:
        raise AudioError("what was spoken is damaged")
    return pack(array("h", ran.output[: len(ran.output) // 2 * 2]))
