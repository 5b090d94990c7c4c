"""A prompt recorded over Twilio, webhooks repeated and out of order; PINs cannot be guessed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drivers.twilio_voice import TwilioCall
from tests.ivr.twilio.line import Line, line_to
from tonval.audio.wav import silence, unpack
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.colleagues import people
from tonval.fieldwork.voice import dictating, dictations, prompts, takes
from tonval.fieldwork.voice.takes import Place
from tonval.store import tables as t
from tonval.store.unit import Unit

HERE = Place("care", "welcome", "sv")


@pytest.fixture(params=[1, 3], ids=["each webhook once", "each webhook three times"])
def line(unit: Unit, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Line]:
    monkeypatch.setattr(prompts, "draft_of", lambda said: silence(0.1))
    with line_to(unit) as line:
        line.times = request.param
        yield line


def colleague(line: Line) -> Actor:
    maria = people.add_user(line.office.field, "maria", "correct horse battery")
    return Actor(maria.id, maria.name)


def admitted(line: Line, sid: str = "CA1") -> TwilioCall:
    """A colleague who has called and whose PIN was good."""
    pin, call = dictating.give_pin(line.office.field, HERE, colleague(line)), line.call(sid)
    call.ring("?queue=record")
    call.press(pin)
    assert call.recording.longest == 120
    return call


def recordings(line: Line) -> list[takes.Take]:
    """What people have recorded of the prompt, newest first, once the workers have had their turn."""
    line.fetch()
    dictations.take_in_due(line.office.field)
    return [take for take in takes.versions(line.office.field, HERE) if take.recorded]


def test_what_is_spoken_heard_and_kept_becomes_the_prompt(line: Line) -> None:
    line.api.recordings.unready = 1
    call = admitted(line)
    dropped = line.keep(call)
    call.speak(4)
    assert "/twilio/spoken/rec_" in call.heard[-2]
    call.press("2")
    line.keep(call)
    call.speak(2)
    assert call.press("1").hangs_up
    call.hang_up()
    (take,) = recordings(line)
    assert (take.author, take.seconds) == ("maria", pytest.approx(2.0, abs=0.2))
    assert unpack(prompts.wav_of(line.office.field, take.digest) or b"")
    assert dropped in line.api.recordings.deleted
    assert {row.state for row in line.rows(t.dictations)} == {dictating.TAKEN}


def test_a_recording_is_told_of_before_its_action_and_after_it(line: Line) -> None:
    call = admitted(line)
    told = call.recording.told
    name = line.keep(call)
    form = {"RecordingSid": name, "RecordingDuration": "2", "RecordingStatus": "completed"}
    assert [call.send(told, form)[0] for _ in range(line.times)] == [204] * line.times
    call.ask(call.recording.action, form | {"Digits": "#"})
    assert call.send(told, form)[0] == 204
    assert call.press("1").hangs_up
    assert len(recordings(line)) == 1


def test_a_call_that_ends_before_she_keeps_it_has_recorded_nothing(line: Line) -> None:
    call = admitted(line)
    line.keep(call)
    call.speak(2)
    verdict = call.document.gather
    assert verdict
    call.hang_up()
    line.office.pass_time(minutes=2)
    assert recordings(line) == []
    assert {row.wav for row in line.rows(t.speeches)} == {None}


def test_a_late_key_of_a_turn_that_is_over_changes_nothing(line: Line) -> None:
    call = admitted(line)
    line.keep(call)
    call.speak(2)
    verdict = call.document.gather
    assert verdict
    call.press("1")
    before = call.answers[-1]
    assert call.send(verdict.action, {"Digits": "2"}) == (200, before)
    assert len(recordings(line)) == 1


def test_three_wrong_pins_end_the_call_and_five_of_a_number_its_hour(line: Line) -> None:
    maria, office = colleague(line), line.office.field
    good = dictating.give_pin(office, HERE, maria)
    wrong = f"{(int(good) + 1) % 1_000_000:06d}"
    first, second, third = line.call("CA1"), line.call("CA2"), line.call("CA3")
    for call, tries in ((first, 3), (second, 2)):
        call.ring("?queue=record")
        for _ in range(tries):
            call.press(wrong)
        assert call.over
    third.ring("?queue=record")
    assert third.press(good).hangs_up
    line.office.pass_time(hours=1, seconds=1)
    fresh, fourth = dictating.give_pin(office, HERE, maria), line.call("CA4")
    fourth.ring("?queue=record")
    assert not fourth.press(fresh).hangs_up


def test_a_pin_is_good_once(line: Line) -> None:
    pin, first, second = (
        dictating.give_pin(line.office.field, HERE, colleague(line)),
        line.call("CA1"),
        line.call("CA2"),
    )
    first.ring("?queue=record")
    first.press(pin)
    second.ring("?queue=record")
    assert second.press(pin).record is None
    assert first.recording
