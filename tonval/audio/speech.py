"""Speaking prompts nobody has recorded yet, by a synthetic voice: drafts, good enough to try a survey with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tonval.audio import espeak
from tonval.audio.faults import AudioError, NoVoice
from tonval.audio.level import level
from tonval.audio.wav import pack
from tonval.surveys.sentences import sentence

LONGEST_TEXT = 1000
"""Letters: about a minute of speech."""
USUAL_GAIN = 5.0
"""dB from espeak-ng's own level to that of the prompts, within one: the first try usually fits."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice of espeak-ng: its name, words a minute, pitch 0–99, and how keys and ranges are read aloud."""

    name: str
    pace: int
    pitch: int
    words: Mapping[str, str]


VOICES: Mapping[str, Voice] = {
    "en": Voice("en", 150, 45, {"#": "hash", "*": "star", "–": "to"}),
    "es": Voice("es", 155, 45, {"#": "almohadilla", "*": "asterisco", "–": "a"}),
    "et": Voice("et", 145, 45, {"#": "trellid", "*": "tärn", "–": "kuni"}),
    "sv": Voice("sv", 145, 45, {"#": "fyrkant", "*": "stjärna", "–": "till"}),
}
RANGE = re.compile(r"(?<=\d)\s*[–-]\s*(?=\d)")
KEY = re.compile(r"[#*]")
UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def voices() -> tuple[str, ...]:
    """The languages that can be spoken, as language codes in alphabetical order."""
    return tuple(sorted(VOICES))


def speak(text: str, language: str) -> bytes:
    """``text`` as an 8 kHz mono 16-bit WAV at −16 LUFS; a language such as ``sv-SE`` is spoken as ``sv``.

    The same words give the same bytes. Raises NoVoice for a language not in ``voices()``, and AudioError for a text
    that is empty or longer than 1,000 letters. Safe from several threads and after a fork.
    """
    voice = VOICES.get(language.lower().replace("_", "-").partition("-")[0])
    if voice is None:
        raise NoVoice(
            sentence(
                "There is no synthetic voice for %(language)s; there is one for %(voices)s",
                language=language,
                voices=", ".join(voices()),
            )
        )
    words = _as_read(text, voice)
    if len(words) > LONGEST_TEXT:
        raise AudioError(
            sentence(
                "The text is %(n)s letters long; at most %(LONGEST_TEXT)s can be spoken",
                n=len(words),
                LONGEST_TEXT=LONGEST_TEXT,
            )
        )
    samples, rate = espeak.synthesise(words, voice.name, voice.pace, voice.pitch)
    if not any(samples):
        raise AudioError(sentence("There is nothing to say in the text"))
    return pack(level(samples, "s16le", rate, USUAL_GAIN).samples)


def _as_read(text: str, voice: Voice) -> str:
    """The text with keys and ranges of numbers as words: "0–10" is read "0 to 10", "#" as the key's name."""
    plain = UNSPEAKABLE.sub(" ", text)
    ranges = RANGE.sub(f" {voice.words['–']} ", plain)
    return KEY.sub(lambda key: f" {voice.words[key[0]]} ", ranges).strip()
