"""A queue's own prompts: which there are, and when they are heard before its survey's."""

from __future__ import annotations

import math
import wave
from array import array
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fieldwork.office import Office
from tonval.audio import wav
from tonval.fieldwork.routing import read_centre
from tonval.fieldwork.voice import prompts, takes
from tonval.fieldwork.voice.libraries import libraries, library_of
from tonval.fieldwork.voice.prompts import DRAFT, RECORDED, Prompt, Shelf, first_heard
from tonval.fieldwork.voice.takes import Place, UnknownPrompt
from tonval.store.unit import Unit
from tonval.surveys.turns import Utterance

CENTRE = read_centre("""
brand: Nordlys
defaults: {languages: [sv, en]}
queues:
  support:
    survey: nki
    channel: keypad
    reception: {languages: [sv, en], opt_in: true, connect: [{to: "+46846500001"}]}
  plain: {survey: nki, channel: keypad}
  sales: {survey: nki, channel: email}
surveys:
  nki: {questions: [{id: helped, scale: nki, text: {sv: "Hur bra?", en: "How well?"}}]}
""")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
STAY = Utterance("stay", "sv", "Stanna kvar.")
OFFERED = Utterance(prompts.OFFER, "en", "For English, press 2.")


def _words(owner: str, slot: str) -> dict[str, str]:
    found = library_of(CENTRE, owner)
    assert found is not None
    return dict(found.words[slot])


def test_every_queue_that_a_telephone_reaches_has_prompts_of_its_own() -> None:
    assert [each.owner for each in libraries(CENTRE)] == ["nki", "queue:support", "queue:plain"]
    support, plain = library_of(CENTRE, "queue:support"), library_of(CENTRE, "queue:plain")
    assert support is not None
    assert plain is not None
    received = ["greeting", "language", "opt_in", "connecting", "unavailable", "goodbye"]
    assert list(support.words)[:6] == [f"reception.{slot}" for slot in received]
    assert set(support.words) - set(plain.words) == {f"reception.{slot}" for slot in received}
    assert plain.lent == frozenset(plain.words) == support.lent
    assert library_of(CENTRE, "queue:sales") is None


def test_the_words_are_those_that_callers_hear() -> None:
    assert _words("queue:support", "reception.greeting")["en"] == "Hello and welcome to Nordlys."
    assert _words("queue:support", "reception.language")["en"] == "For English, press 2."
    assert _words("queue:support", "stay") == _words("nki", "stay")


def _shelf(owner: str, *versions: tuple[str, str, str]) -> Shelf:
    made = [
        Prompt(owner, "stay", language, number, f"{owner} {kind} {language}", kind, words)
        for number, (language, kind, words) in enumerate(versions, 1)
    ]
    return Shelf(NOW, tuple((NOW - timedelta(days=1), prompt) for prompt in made))


VOICE_SV, VOICE_EN = ("sv", RECORDED, "x"), ("en", RECORDED, "x")
DRAFT_SV = ("sv", DRAFT, STAY.text)
HEARD = [
    # the queue's versions, the survey's, and what is heard
    ((), (), None),
    ((VOICE_SV,), (VOICE_SV,), "queue recorded sv"),
    ((VOICE_SV,), (DRAFT_SV,), "queue recorded sv"),
    ((), (VOICE_SV,), "survey recorded sv"),
    ((DRAFT_SV,), (VOICE_SV,), "survey recorded sv"),  # went back to the draft: the survey's voice is better
    ((VOICE_EN,), (VOICE_SV,), "survey recorded sv"),
    ((VOICE_EN,), (DRAFT_SV,), "survey draft sv"),
    ((VOICE_EN,), (), "queue recorded en"),
    ((), (VOICE_EN,), "survey recorded en"),
]


@pytest.mark.parametrize(("queue", "survey", "digest"), HEARD)
def test_a_queue_is_heard_before_its_survey(
    queue: tuple[tuple[str, str, str], ...], survey: tuple[tuple[str, str, str], ...], digest: str | None
) -> None:
    assert first_heard([_shelf("queue", *queue), _shelf("survey", *survey)], STAY) == digest


def test_no_other_language_stands_in_where_each_offers_itself() -> None:
    assert first_heard([_shelf("queue", VOICE_SV)], OFFERED) is None
    assert first_heard([_shelf("queue", VOICE_EN)], OFFERED) == "queue recorded en"


@pytest.fixture
def office(unit: Unit) -> Office:
    """An office with a reception."""
    return Office(unit, CENTRE)


def _tone(path: Path, rate: int) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(array("h", (int(9000 * math.sin(3000 * n / rate)) for n in range(rate))).tobytes())
    return path


def test_a_recording_for_a_queue_is_heard_in_its_calls_alone(office: Office, tmp_path: Path) -> None:
    added = takes.add_recording(office.field, _tone(tmp_path / "stay.wav", 8000), "queue:support", "stay", "sv")
    assert prompts.digest_for(office.field, "nki", STAY, queue="support") == added.prompt.digest
    assert prompts.audio_for(office.field, "nki", STAY, "support").digest == added.prompt.digest
    assert prompts.digest_for(office.field, "nki", STAY, queue="plain") != added.prompt.digest
    assert prompts.digest_for(office.field, "nki", STAY) != added.prompt.digest


@pytest.mark.parametrize(
    "place",
    [Place("queue:sales", "stay", "sv"), Place("queue:plain", "reception.greeting", "sv"), Place("x", "y", "z")],
)
def test_there_is_no_prompt_where_nothing_is_said(office: Office, place: Place) -> None:
    with pytest.raises(UnknownPrompt):
        takes.words_of(office.field, place)


@pytest.mark.parametrize(("rate", "wide"), [(48_000, True), (16_000, True), (8_000, False)])
def test_a_master_of_16_khz_is_kept_of_what_was_sent_with_as_much(
    office: Office, tmp_path: Path, rate: int, wide: bool
) -> None:
    added = takes.add_recording(office.field, _tone(tmp_path / "a.wav", rate), "nki", "stay", "sv")
    kept = prompts.wide_of(office.field, added.prompt.digest)
    (take, *_) = takes.versions(office.field, Place("nki", "stay", "sv"))
    assert take.wide is (kept is not None) is wide
    if kept is not None:
        (tmp_path / "wide.wav").write_bytes(kept)
        with wave.open(str(tmp_path / "wide.wav")) as sound:
            assert (sound.getframerate(), sound.getnchannels()) == (wav.WIDE, 1)
            assert sound.getnframes() / wav.WIDE == pytest.approx(added.seconds, abs=0.01)
