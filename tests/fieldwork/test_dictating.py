"""A prompt recorded by telephone, through the database: PINs, guessers, what is kept, and what it becomes."""

from __future__ import annotations

import io
import math
import wave
from array import array
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.fieldwork.office import Office
from tonval.fieldwork import conduct
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.calls import speeches
from tonval.fieldwork.colleagues import people, staff
from tonval.fieldwork.conduct import Call, Conducted
from tonval.fieldwork.voice import dictating, dictations, takes
from tonval.fieldwork.voice.dictating import KEPT, LINE, REFUSED, TAKEN, WRONG
from tonval.fieldwork.voice.takes import Place, UnknownPrompt
from tonval.store.tables import audit, recordings
from tonval.store.tables import speeches as rows
from tonval.surveys.turns import AskRecording, Digits, Recording, Reply, TimedOut

HERE = Place("support-nki", "welcome", "sv")
PASSWORD = "correct horse battery"
CALLER = "+46701740607"


@pytest.fixture
def maria(office: Office) -> Actor:
    """A colleague who may change prompts."""
    found = people.add_user(office.field, "maria", PASSWORD)
    return Actor(found.id, found.name)


def _call(office: Office, ref: str = "call-1", caller: str | None = CALLER, line: str = LINE) -> Conducted:
    return conduct.begin_call(office.field, Call("sip", ref, line, caller=caller))


def _press(office: Office, turn: Conducted, reply: Reply) -> Conducted:
    return conduct.resume(office.field, turn.leg, reply, turn.turn_no)


def _slots(turn: Conducted) -> list[str]:
    return [said.slot.removeprefix("dictation.").split(".")[0] for said in turn.says]


def _speak(office: Office, turn: Conducted, wav: bytes | None) -> Recording:
    length = timedelta(seconds=2)
    return speeches.take_in(office.field, turn.leg, turn.turn_no, length, wav=wav, ref=None if wav else "RE1")


def _voice(loud: int = 9000, seconds: float = 2.0) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        samples = (int(loud * math.sin(n / 3)) for n in range(int(8000 * seconds)))
        sound.writeframes(array("h", samples).tobytes())
    return file.getvalue()


def _record(office: Office, maria: Actor, wav: bytes | None, verdict: str = "1") -> Conducted:
    pin = dictating.give_pin(office.field, HERE, maria)
    asked = _press(office, _call(office), Digits(pin))
    assert isinstance(asked.wait, AskRecording)
    heard = _press(office, asked, _speak(office, asked, wav))
    assert _slots(heard) == ["played", "verdict"]
    return _press(office, heard, Digits(verdict))


def _state(office: Office) -> str:
    found = dictating.progress(office.field, HERE)
    assert found is not None
    return found.state


def test_what_is_kept_becomes_a_take_by_the_colleague_whose_pin_it_was(office: Office, maria: Actor) -> None:
    last = _record(office, maria, _voice())
    assert (_slots(last), last.wait, _state(office)) == (["kept"], None, KEPT)
    assert dictations.take_in_due(office.field) == 1
    (take, *_) = takes.versions(office.field, HERE)
    assert (take.recorded, take.author, take.source) == (True, "maria", dictations.SOURCE)
    assert take.wide is False  # a telephone has no more than 8 kHz
    assert _state(office) == TAKEN
    with office.field.unit.read() as tx:
        deeds = tx.execute(select(audit.c.action, audit.c.actor).order_by(audit.c.id.desc())).all()
        assert deeds[0] == ("prompt.added", maria.id)
        assert "prompt.pin" in {deed.action for deed in deeds}
        assert tx.execute(select(rows.c.wav)).scalars().all() == [None]
    assert dictations.take_in_due(office.field) == 0


def test_what_is_said_again_replaces_what_was_said_first(office: Office, maria: Actor) -> None:
    asked = _record(office, maria, _voice(), verdict="2")
    assert isinstance(asked.wait, AskRecording)
    heard = _press(office, asked, _speak(office, asked, _voice(seconds=1.0)))
    _press(office, heard, Digits("1"))
    dictations.take_in_due(office.field)
    (take, *_) = takes.versions(office.field, HERE)
    assert take.seconds == pytest.approx(1.0, abs=0.2)


def test_a_quiet_telephone_is_told_what_to_do(office: Office, maria: Actor) -> None:
    _record(office, maria, _voice(loud=60))
    dictations.take_in_due(office.field)
    (take, *_) = takes.versions(office.field, HERE)
    assert any(f"{dictations.SOURCE} is quiet" in warning for warning in take.warnings)


def test_silence_is_refused_and_the_page_learns_why(office: Office, maria: Actor) -> None:
    _record(office, maria, _voice(loud=0))
    dictations.take_in_due(office.field)
    found = dictating.progress(office.field, HERE)
    assert found is not None
    assert (found.state, found.fault) == (REFUSED, f"{dictations.SOURCE} has no sound in it; record it again")
    assert takes.versions(office.field, HERE) == []


def test_a_sound_that_the_provider_still_holds_is_waited_for(office: Office, maria: Actor) -> None:
    _record(office, maria, None)
    dictations.take_in_due(office.field)
    assert _state(office) == KEPT
    with office.field.unit.read() as tx:
        speech = tx.execute(select(rows.c.id)).scalar_one()
    speeches.fetched(office.field, speech, _voice())
    office.pass_time(minutes=1)
    dictations.take_in_due(office.field)
    assert _state(office) == TAKEN


def test_who_hangs_up_before_the_verdict_has_recorded_nothing(office: Office, maria: Actor) -> None:
    asked = _press(office, _call(office), Digits(dictating.give_pin(office.field, HERE, maria)))
    heard = _press(office, asked, _speak(office, asked, _voice()))
    conduct.end_leg(office.field, heard.leg, "hangup")
    assert dictations.take_in_due(office.field) == 0
    with office.field.unit.read() as tx:
        assert tx.execute(select(rows.c.wav)).scalars().all() == [None]
        assert tx.execute(select(recordings)).all() == []


def test_a_pin_is_good_once(office: Office, maria: Actor) -> None:
    pin = dictating.give_pin(office.field, HERE, maria)
    assert _slots(_press(office, _call(office), Digits(pin))) == ["speak"]
    assert _slots(_press(office, _call(office, "call-2"), Digits(pin))) == ["wrong", "pin"]


def test_a_pin_is_good_for_a_quarter_of_an_hour(office: Office, maria: Actor) -> None:
    pin = dictating.give_pin(office.field, HERE, maria)
    office.pass_time(minutes=15)
    assert _slots(_press(office, _call(office), Digits(pin))) == ["wrong", "pin"]


def test_somebody_whose_access_has_ended_has_no_pin_any_more(office: Office, maria: Actor) -> None:
    people.add_user(office.field, "other", PASSWORD)
    pin = dictating.give_pin(office.field, HERE, maria)
    staff.end(office.field, maria.id)
    assert _slots(_press(office, _call(office), Digits(pin))) == ["wrong", "pin"]


@pytest.mark.parametrize("caller", [CALLER, None])
def test_a_guesser_is_let_go_after_a_few_tries_over_all_calls(office: Office, maria: Actor, caller: str | None) -> None:
    pin = dictating.give_pin(office.field, HERE, maria)
    wrong = "000000" if pin != "000000" else "111111"
    calls = (_call(office, f"call-{number}", caller) for number in range(WRONG + 1))
    heard = [_slots(_press(office, call, Digits(wrong))) for call in calls]
    assert heard == [["wrong", "pin"]] * (WRONG - 1) + [["wrong", "goodbye"]] * 2
    assert _slots(_press(office, _call(office, "late", caller), Digits(pin))) == ["wrong", "goodbye"]
    assert _slots(_press(office, _call(office, "else", "+46701740608"), Digits(pin))) == ["speak"]


def test_a_repeated_turn_gives_the_same_words_and_counts_no_try_twice(office: Office, maria: Actor) -> None:
    turn = _call(office)
    assert _call(office) == turn
    first = _press(office, turn, Digits("123"))
    assert _press(office, turn, Digits("123")) == first
    assert _slots(_press(office, first, TimedOut())) == ["pin"]


def test_there_is_no_pin_for_a_prompt_there_is_not(office: Office, maria: Actor) -> None:
    with pytest.raises(UnknownPrompt):
        dictating.give_pin(office.field, Place("support-nki", "nothing", "sv"), maria)


def test_any_other_name_is_a_survey_as_ever(office: Office) -> None:
    assert _call(office, line="support").interview is not None
