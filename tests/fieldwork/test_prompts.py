"""What callers hear: drafts for every gap, recordings in their place, and never silence."""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

import pytest

from tests.fieldwork.office import Office
from tonval.audio import wav
from tonval.audio.faults import AudioError
from tonval.fieldwork import prompts
from tonval.fieldwork.prompts import UnknownPrompt
from tonval.surveys.turns import Utterance

WELCOME = Utterance("welcome", "sv", "Tack för ditt samtal. Vi vill gärna veta hur det gick.")


@pytest.fixture
def greeting(tmp_path: Path) -> Path:
    """Two seconds of a tone, as a sound file."""
    path = tmp_path / "greeting.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 16000, 0, "NONE", ""))
        sound.writeframes(array("h", (int(9000 * math.sin(n / 9)) for n in range(32000))).tobytes())
    return path


def test_every_prompt_of_every_keypad_survey_gets_a_draft_once(office: Office) -> None:
    assert prompts.draft_missing(office.field) > 10
    assert prompts.draft_missing(office.field) == 0
    assert {prompt.kind for prompt in prompts.library(office.field)} == {"draft"}


def test_an_utterance_without_any_prompt_is_spoken_on_the_spot(office: Office) -> None:
    spoken = prompts.audio_for(office.field, "support-nki", WELCOME)
    assert wav.seconds(spoken.wav) > 1


def test_a_recording_takes_the_place_of_the_draft(office: Office, greeting: Path) -> None:
    prompts.draft_missing(office.field)
    draft = prompts.digest_for(office.field, "support-nki", WELCOME)
    added = prompts.add_recording(office.field, greeting, "support-nki", "welcome", "sv")
    assert added.prompt.version == 2 and added.seconds == pytest.approx(2, abs=0.2)
    assert prompts.digest_for(office.field, "support-nki", WELCOME) == added.prompt.digest != draft
    assert prompts.wav_of(office.field, added.prompt.digest) is not None


def test_a_recording_in_another_language_is_heard_rather_than_nothing(office: Office, greeting: Path) -> None:
    added = prompts.add_recording(office.field, greeting, "support-nki", "welcome", "sv")
    english = Utterance("welcome", "en", "Thank you")
    assert prompts.digest_for(office.field, "support-nki", english) == added.prompt.digest


def test_a_file_that_is_no_sound_leaves_the_old_prompt(office: Office, tmp_path: Path) -> None:
    prompts.draft_missing(office.field)
    before = prompts.digest_for(office.field, "support-nki", WELCOME)
    bad = tmp_path / "greeting.mp3"
    bad.write_text("this is no sound")
    with pytest.raises(AudioError, match=r"greeting\.mp3"):
        prompts.add_recording(office.field, bad, "support-nki", "welcome", "sv")
    assert prompts.digest_for(office.field, "support-nki", WELCOME) == before


@pytest.mark.parametrize(
    ("survey", "slot", "language", "known"),
    [
        ("nobody", "welcome", "sv", "support-nki"),
        ("support-nki", "question.x", "sv", "question.helped"),
        ("support-nki", "welcome", "fi", "sv"),
    ],
)
def test_a_wrong_name_is_answered_with_those_there_are(
    office: Office, greeting: Path, survey: str, slot: str, language: str, known: str
) -> None:
    with pytest.raises(UnknownPrompt, match=known):
        prompts.add_recording(office.field, greeting, survey, slot, language)
