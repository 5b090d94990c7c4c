"""Telling sound formats by their first bytes, so that ffmpeg is told what it reads and never guesses."""

from __future__ import annotations

ENOUGH = 16
"""Bytes from the start by which a format is told."""
CODECS = (
    "mp3float,mp3,aac,alac,flac,vorbis,opus,libopus,pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le,"
    "pcm_mulaw,pcm_alaw,adpcm_ms,adpcm_ima_wav,gsm_ms"
)
"""What may be decoded: the codecs of the five formats, and what telephone systems put in WAV files."""
UNKNOWN_SIZE = 0xFFFF_FF00
"""From here on a WAV file's data size means "written as a stream, length not known"."""


def format_of(head: bytes) -> str | None:
    """ffmpeg's name of the format that begins like this; None for anything that is not WAV, MP3, M4A, OGG or FLAC."""
    match head[:4], head[4:8], head[8:12]:
        case b"RIFF", _, b"WAVE":
            return "wav"
        case b"fLaC", _, _:
            return "flac"
        case b"OggS", _, _:
            return "ogg"
        case _, b"ftyp", _:
            return "mov"
        case tag, _, _ if tag.startswith(b"ID3"):
            return "mp3"
        case _:
            return _bare_frames(head)


def _bare_frames(head: bytes) -> str | None:
    """MPEG audio without a tag: eleven or twelve set bits, then the layer (ISO 11172-3 2.4.2.3, ISO 13818-7 6.2)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    match head[1] & 0x06:
        case 0x02:
            return "mp3"
        case 0x00 if head[1] & 0xF0 == 0xF0:
            return "aac"
        case _:
            return None


def cut_short(form: str, sound: bytes) -> bool:
    """Whether the file ends before its own headers say it should. MP3 and M4A are judged by their play time instead."""
    match form:
        case "wav":
            return _wav_cut_short(sound)
        case "ogg":
            return _ogg_cut_short(sound)
        case _:
            return False


def _wav_cut_short(sound: bytes) -> bool:
    at = 12
    while at + 8 <= len(sound):
        size = int.from_bytes(sound[at + 4 : at + 8], "little")
        if sound[at : at + 4] == b"data":
            return size < UNKNOWN_SIZE and at + 8 + size > len(sound)
        at += 8 + size + size % 2
    return True


def _ogg_cut_short(sound: bytes) -> bool:
    """An Ogg page names the sizes of its pieces (RFC 3533 section 6), so the last page tells where the file ends."""
    last = sound.rfind(b"OggS")
    pieces = sound[last + 27 : last + 27 + sound[last + 26]] if last + 27 <= len(sound) else b""
    return not pieces or last + 27 + len(pieces) + sum(pieces) > len(sound) or len(pieces) < sound[last + 26]
