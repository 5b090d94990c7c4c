"""Drafts spoken by the synthetic voice."""

from __future__ import annotations

import io
import os
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import espeakng_loader
import pytest

from tests.audio.conftest import lufs
from tonval.audio import espeak
from tonval.audio.faults import AudioError, NoVoice
from tonval.audio.speech import speak, voices
from tonval.audio.wav import digest, seconds

SENTENCES = {
    "sv": "Hur bra hjälp fick du? Tryck en siffra mellan ett och fem, där fem är bäst.",
    "en": "How well were you helped? Press a number from one to five, where five is best.",
    "es": "¿Qué tal le atendieron? Pulse un número del uno al cinco.",
    "et": "Kui hästi teid aidati? Vajutage numbrit ühest viieni, õ, ä, ö ja ü.",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_is_spoken_at_the_usual_loudness(language: str) -> None:
    wav = speak(SENTENCES[language], language)
    with wave.open(io.BytesIO(wav)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
    assert lufs(wav) == pytest.approx(-16, abs=1)
    assert 2 < seconds(wav) < 9


def test_the_languages_promised_have_a_voice() -> None:
    assert set(voices()) >= {"sv", "en", "es", "et"}
    assert list(voices()) == sorted(voices())


def test_languages_sound_different() -> None:
    assert len({speak("1 2 3", language) for language in voices()}) == len(voices())


@pytest.mark.parametrize("code", ["sv-SE", "SV", "sv_SE"])
def test_a_country_is_no_other_language(code: str) -> None:
    assert speak("Tack!", code) == speak("Tack!", "sv")


def test_swedish_letters_are_heard() -> None:
    assert len({digest(speak(word, "sv")) for word in ("har", "här", "hår", "hör")}) == 4


@pytest.mark.parametrize("language", ["xx", "", "sv+../../x", "tlh", "../sv"])
def test_a_language_without_a_voice_is_refused(language: str) -> None:
    with pytest.raises(NoVoice, match="no synthetic voice"):
        speak("Tack!", language)


def test_a_voice_espeak_does_not_know_is_not_replaced_by_the_last_one() -> None:
    espeak.synthesise("Tack!", "sv", 150, 45)
    with pytest.raises(NoVoice):
        espeak.synthesise("Tack!", "no-such-voice", 150, 45)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Svara 0–10.", "Svara 0 till 10."),
        ("Svara 0-10.", "Svara 0 till 10."),
        ("Avsluta med #", "Avsluta med fyrkant"),
        ("Tryck *", "Tryck stjärna"),
        ("Hej\x00\ndå", "Hej då"),
    ],
)
def test_keys_and_ranges_are_read_as_words(written: str, read: str) -> None:
    assert speak(written, "sv") == speak(read, "sv")


def test_markup_and_odd_signs_are_read_as_text() -> None:
    for text in ("<break time='60s'/> Nordlys & Co [[h@l'oU]]", "Betyg 9 av 10 🙂", "50 % av 1 200 kr"):
        assert 0.3 < seconds(speak(text, "sv")) < 20


def test_a_long_text_is_spoken_to_the_end_and_a_longer_one_refused() -> None:
    assert seconds(speak("ett två tre fyra fem " * 40, "sv")) > 40
    with pytest.raises(AudioError, match="at most 1000"):
        speak("ett två tre fyra fem " * 60, "sv")


@pytest.mark.parametrize("text", ["", "   ", "\n\x00", "..."])
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(AudioError, match="nothing to say"):
        speak(text, "sv")


@pytest.mark.parametrize("words", ["å, å", "Ja, tack!", "Nej tack", "Tryck ett"])
def test_a_word_or_two_are_as_loud_as_a_sentence(words: str) -> None:
    assert lufs(speak(words, "sv")) == pytest.approx(-16, abs=1)


def test_the_same_text_gives_the_same_bytes_whatever_was_said_before() -> None:
    first = speak(SENTENCES["sv"], "sv")
    for language in ("en", "et"):
        speak(SENTENCES[language], language)
        assert speak(SENTENCES["sv"], "sv") == first


def test_threads_take_turns() -> None:
    alone = {language: speak(text, language) for language, text in SENTENCES.items()}
    with ThreadPoolExecutor(4) as pool:
        asked = list(SENTENCES) * 3
        heard = list(pool.map(lambda language: speak(SENTENCES[language], language), asked))
    assert all(wav == alone[language] for language, wav in zip(asked, heard, strict=True))


def test_the_voice_is_found_under_a_long_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = tmp_path / ("x" * 150)
    far.mkdir()
    expected = speak("Tack!", "sv")
    (far / "data").symlink_to(espeakng_loader.get_data_path())
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(far / "data"))
    assert speak("Tack!", "sv") == expected


def test_a_missing_library_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: "/nowhere/libespeak-ng.so")
    with pytest.raises(AudioError, match="espeak-ng is missing"):
        speak("Tack!", "sv")


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_child_speaks_as_well() -> None:
    expected = digest(speak("Tack för hjälpen!", "sv"))
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, digest(speak("Tack för hjälpen!", "sv")).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as heard:
        assert heard.read() == expected
    assert os.waitpid(child, 0)[1] == 0
