"""What callers hear: drafts for every gap, recordings in their place, and never silence."""

from __future__ import annotations

import math
import wave
from array import array
from dataclasses import astuple
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.fieldwork.office import Office
from tonval.audio import take_in, wav
from tonval.audio.faults import AudioError
from tonval.fieldwork import conduct
from tonval.fieldwork.audit import Actor, verify
from tonval.fieldwork.conduct import Call, Conducted
from tonval.fieldwork.voice import prompts, takes
from tonval.fieldwork.voice.prompts import DRAFT, RECORDED
from tonval.fieldwork.voice.takes import Place, UnknownPrompt
from tonval.store.tables import audit
from tonval.store.tables import prompts as shelves
from tonval.surveys.turns import Digits, Utterance

HERE = Place("support-nki", "welcome", "sv")
MARIA = Actor("usr_maria", "Maria")
WELCOME = Utterance("welcome", "sv", "Tack för ditt samtal. Vi vill gärna veta hur det gick.")


@pytest.fixture
def greeting(tmp_path: Path) -> Path:
    """Two seconds of a tone, as a sound file."""
    path = tmp_path / "greeting.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 16000, 0, "NONE", ""))
        sound.writeframes(array("h", (int(9000 * math.sin(n / 9)) for n in range(32000))).tobytes())
    return path


def tone(path: Path, hertz: float, seconds: float = 1.0) -> Path:
    """A sound file that is nobody else's."""
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        samples = (int(9000 * math.sin(6.283 * hertz * n / 8000)) for n in range(int(8000 * seconds)))
        sound.writeframes(array("h", samples).tobytes())
    return path


def test_every_prompt_of_every_keypad_survey_gets_a_draft_once(office: Office) -> None:
    assert takes.draft_missing(office.field) > 10
    assert takes.draft_missing(office.field) == 0
    assert {prompt.kind for prompt in prompts.library(office.field)} == {"draft"}


def test_an_utterance_without_any_prompt_is_spoken_on_the_spot(office: Office) -> None:
    spoken = prompts.audio_for(office.field, "support-nki", WELCOME)
    assert wav.seconds(spoken.wav) > 1


def test_a_recording_takes_the_place_of_the_draft(office: Office, greeting: Path) -> None:
    takes.draft_missing(office.field)
    draft = prompts.digest_for(office.field, "support-nki", WELCOME)
    added = takes.add_recording(office.field, greeting, "support-nki", "welcome", "sv")
    assert added.prompt.version == 2 and added.seconds == pytest.approx(2, abs=0.2)
    assert prompts.digest_for(office.field, "support-nki", WELCOME) == added.prompt.digest != draft
    assert prompts.wav_of(office.field, added.prompt.digest) is not None


def test_a_recording_in_another_language_is_heard_rather_than_nothing(office: Office, greeting: Path) -> None:
    added = takes.add_recording(office.field, greeting, "support-nki", "welcome", "sv")
    english = Utterance("welcome", "en", "Thank you")
    assert prompts.digest_for(office.field, "support-nki", english) == added.prompt.digest


def test_a_file_that_is_no_sound_leaves_the_old_prompt(office: Office, tmp_path: Path) -> None:
    takes.draft_missing(office.field)
    before = prompts.digest_for(office.field, "support-nki", WELCOME)
    bad = tmp_path / "greeting.mp3"
    bad.write_text("this is no sound")
    with pytest.raises(AudioError, match=r"greeting\.mp3"):
        takes.add_recording(office.field, bad, "support-nki", "welcome", "sv")
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
        takes.add_recording(office.field, greeting, survey, slot, language)


def heard(office: Office, turn: Conducted) -> dict[str, str]:
    """By slot the recording that a turn plays, whether it is said or not."""
    return {said.slot: prompts.digest_for(office.field, turn.survey, said, turn.began) for said in turn.says}


def replace_all(office: Office, file: Path) -> None:
    for slot in prompts.spoken_slots(office.field.centre.forms["support-nki"]):
        takes.add_recording(office.field, file, "support-nki", slot, "sv")


def test_a_running_call_keeps_the_recordings_it_began_with_and_the_next_hears_the_new(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_in, "take_in", cache(take_in.take_in))  # one file for all slots
    replace_all(office, tone(tmp_path / "old.wav", 400))
    (old,) = {take.digest for take in takes.in_use(office.field, "support-nki").values() if take.recorded}
    office.pass_time(minutes=1)
    turn = conduct.begin_call(office.field, Call(provider="sip", ref="c-1", dialled="support", language="sv"))
    assert set(heard(office, turn).values()) == {old}
    office.pass_time(seconds=5)
    replace_all(office, tone(tmp_path / "new.wav", 700))
    again = conduct.begin_call(office.field, Call(provider="sip", ref="c-1", dialled="support", language="sv"))
    missed = conduct.resume(office.field, turn.leg, Digits("9"), turn.turn_no)
    following = conduct.resume(office.field, turn.leg, Digits("4"), missed.turn_no)
    repeated = conduct.resume(office.field, turn.leg, Digits("4"), missed.turn_no)
    for each in (again, missed, following, repeated):
        assert set(heard(office, each).values()) == {old}
    fresh = conduct.begin_call(office.field, Call(provider="sip", ref="c-2", dialled="support", language="sv"))
    assert old not in heard(office, fresh).values()


def test_a_call_that_began_before_there_was_any_prompt_hears_the_first(office: Office, greeting: Path) -> None:
    turn = conduct.begin_call(office.field, Call(provider="sip", ref="c-1", dialled="support", language="sv"))
    office.pass_time(seconds=5)
    added = takes.add_recording(office.field, greeting, "support-nki", turn.says[0].slot, "sv")
    assert heard(office, turn)[turn.says[0].slot] == added.prompt.digest


def test_an_older_recording_comes_back_as_a_new_version_and_nothing_is_lost(office: Office, tmp_path: Path) -> None:
    field = office.field
    first = takes.add_recording(field, tone(tmp_path / "a.wav", 400), *astuple(HERE), by=MARIA, name="first.wav")
    takes.add_recording(field, tone(tmp_path / "b.wav", 700), *astuple(HERE), by=MARIA)
    back = takes.use_again(field, HERE, 1, MARIA)
    found = takes.versions(field, HERE)
    assert [(take.version, take.kind, take.source) for take in found] == [
        (3, RECORDED, "first.wav"), (2, RECORDED, "b.wav"), (1, RECORDED, "first.wav"),
    ]  # fmt: skip
    assert back.digest == first.prompt.digest == prompts.digest_for(field, "support-nki", WELCOME)
    assert {take.author for take in found} == {"Maria"}
    with field.unit.read() as tx:
        deeds = tx.execute(select(audit.c.action, audit.c.name, audit.c.ref).order_by(audit.c.id)).all()
    done = ("prompt.added", "prompt.added", "prompt.restored")
    assert [tuple(deed) for deed in deeds] == [(action, "Maria", str(HERE)) for action in done]
    assert verify(field).fault is None


def test_back_to_the_draft_voice_speaks_the_words_of_today(office: Office, greeting: Path) -> None:
    takes.add_recording(office.field, greeting, *astuple(HERE))
    takes.back_to_draft(office.field, HERE, MARIA)
    newest, recorded = takes.versions(office.field, HERE)
    assert (newest.kind, newest.words) == (DRAFT, takes.words_of(office.field, HERE))
    assert recorded.kind == RECORDED


def test_a_draft_used_again_is_spoken_anew(office: Office, greeting: Path) -> None:
    takes.back_to_draft(office.field, HERE, MARIA)
    takes.add_recording(office.field, greeting, *astuple(HERE))
    with office.field.unit.begin() as tx:
        tx.execute(shelves.update().where(shelves.c.version == 1).values(words="andra ord"))
    takes.use_again(office.field, HERE, 1, MARIA)
    assert takes.versions(office.field, HERE)[0].words == takes.words_of(office.field, HERE)


def test_a_version_there_is_not_changes_nothing(office: Office) -> None:
    with pytest.raises(UnknownPrompt, match="no version 7"):
        takes.use_again(office.field, HERE, 7, MARIA)
    assert takes.versions(office.field, HERE) == []


def test_what_was_measured_is_kept_with_the_version(office: Office, tmp_path: Path) -> None:
    takes.add_recording(office.field, tone(tmp_path / "short.wav", 400, 0.3), *astuple(HERE))
    (take,) = takes.versions(office.field, HERE)
    assert take.seconds == pytest.approx(0.3, abs=0.05)
    assert take.peak_db is not None and -6 > take.peak_db > -20
    assert take.loudness == pytest.approx(-16, abs=1)
    assert "very short" in take.warnings[0]


def test_a_draft_never_takes_the_place_of_a_recording_that_came_meanwhile(
    office: Office, greeting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The voice is slow: while it spoke, somebody has sent a recording."""
    sent: list[object] = []

    def slow(utterance: Utterance) -> bytes:
        if utterance.slot == "welcome" and utterance.language == "sv" and not sent:
            sent.append(takes.add_recording(office.field, greeting, *astuple(HERE)))
        return wav.silence(0.5)

    monkeypatch.setattr(takes, "draft_of", slow)
    takes.draft_missing(office.field)
    assert [take.kind for take in takes.versions(office.field, HERE)] == [RECORDED]


def test_the_slots_come_in_the_order_they_are_heard(office: Office) -> None:
    slots = list(prompts.spoken_slots(office.field.centre.forms["support-nki"]))
    assert slots[:3] == ["stay", "welcome", "scale.nki"]
    assert slots[-4:] == ["invalid", "no_input", "closing", "goodbye"]
    assert "scale.nps" not in slots
