"""Whole calls over real HTTP: received, connected with an agent, asked, heard, and called back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.drivers.twilio_api import Behaviour, refuse
from tests.drivers.twilio_voice import TwilioCall
from tests.ivr.twilio.line import ANNA, EVA, OURS, SPOKEN, Line, line_to
from tonval.audio.wav import silence
from tonval.fieldwork import conduct
from tonval.fieldwork.calls import dialling, hang_ups, sounds, speeches
from tonval.fieldwork.voice import prompts
from tonval.ivr.twilio.dialler import dial_due, resolve
from tonval.ivr.twilio.errors import ERRORS
from tonval.store import tables as t
from tonval.store.unit import Unit
from tonval.surveys.events import AnswerGiven, CommentSpoken, SpeechDropped


@pytest.fixture
def line(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Its prompts are quickly made: what is heard is known by its address."""
    monkeypatch.setattr(prompts, "draft_of", lambda said: silence(0.1))
    with line_to(unit) as line:
        yield line


def connected(line: Line, opt_in: str = "1", sid: str = "CA1") -> TwilioCall:
    """A caller who chose English and pressed ``opt_in``: the agents' telephones ring."""
    call = line.call(sid)
    call.ring()
    call.press("2")
    if opt_in:
        call.press(opt_in)
    else:
        call.wait()
    return call


@pytest.mark.parametrize("times", [1, 3])
def test_a_call_from_the_greeting_to_a_spoken_comment_that_is_kept(line: Line, times: int) -> None:
    line.times, line.api.recordings.unready = times, 1
    call = connected(line)
    assert [called.address for called in call.dial.called] == [ANNA, "+46701740611"]
    told = call.dial.called[1].told
    assert told
    for _ in range(times):
        assert call.send(told, {"CallSid": "CA" + "d" * 32})[0] == 204
    call.talk(184)
    call.press("5")
    first = line.keep(call)
    call.speak(9)
    assert call.heard[-2].startswith(f"{line.url}/twilio/spoken/rec_")
    call.press("2")
    second = line.keep(call)
    call.speak(4)
    assert call.press("1").hangs_up
    assert call.hang_up() == 204
    while line.fetch():
        line.office.pass_time(minutes=1)
    interview, spoken = line.row(t.interviews), {row.id: row for row in line.rows(t.speeches)}
    assert (interview.agent, interview.language, interview.disposition) == ("bo", "en", "complete")
    told_of = [each for each in line.office.events(interview.id) if not isinstance(each, AnswerGiven)]
    (kept,) = [each for each in told_of if isinstance(each, CommentSpoken)]
    (dropped,) = [each for each in told_of if isinstance(each, SpeechDropped)]
    assert speeches.wav_of(line.office.field, kept.recording) == SPOKEN
    assert (spoken[kept.recording].state, spoken[dropped.recording].wav) == ("kept", None)
    assert {row.ref for row in spoken.values()} == {None}
    assert (sorted(set(line.api.recordings.deleted)), line.api.recordings.sounds) == ([first, second], {})
    assert line.rows(t.taken_calls) == []


def test_who_did_not_opt_in_is_connected_and_thanked_and_not_asked(line: Line) -> None:
    call = connected(line, opt_in="")
    document = call.talk(184)
    assert (document.hangs_up, len(document.plays)) == (True, 1)
    assert (line.rows(t.interviews), line.row(t.interactions).disposition) == ([], "refused")


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
def test_who_reaches_nobody_is_told_so(line: Line, status: str) -> None:
    call = connected(line)
    document = call.unanswered(status)
    assert (document.hangs_up, len(document.plays)) == (True, 1)
    assert (line.rows(t.interviews), line.row(t.interactions).disposition) == ([], "not-offered")


@pytest.mark.parametrize("status_first", [False, True])
def test_who_leaves_the_agent_first_is_called_and_asked(line: Line, status_first: bool) -> None:
    call = connected(line)
    if status_first:
        call.hang_up()
    call.talk(184, CallStatus="completed")
    if not status_first:
        call.hang_up()
    line.office.pass_time(minutes=10)
    assert dial_due(line.office.field, line.calls(), 10) == 1
    (placed,) = line.api.calls
    assert (placed.to, placed.sender, placed.form["Timeout"]) == (EVA, OURS, ["30"])
    assert placed.form["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]
    assert "MachineDetection" not in placed.form
    line.times = 2
    ours = line.answered(placed)
    ours.press("1")
    ours.press("5")
    ours.wait()
    for status in ("completed", "ringing", "completed"):
        assert ours.send(placed.told, {"CallStatus": status})[0] == 204
    assert line.row(t.dials).state == "talked"
    assert line.row(t.interviews).disposition in ("complete", "partial")


@pytest.mark.parametrize("status_first", [False, True])
def test_what_was_spoken_before_the_hang_up_is_kept_in_any_order_of_the_news(line: Line, status_first: bool) -> None:
    call = connected(line)
    call.talk(184)
    call.press("5")
    sid = line.keep(call)
    if status_first:
        call.hang_up()
        assert hang_ups.end_due(line.office.field) == 0
    call.hang_up_speaking(7)
    call.hang_up()
    line.office.pass_time(minutes=1)
    hang_ups.end_due(line.office.field)
    line.fetch()
    assert line.row(t.interviews).disposition is not None
    row = line.row(t.speeches)
    assert (row.state, row.wav, line.api.recordings.deleted) == ("kept", SPOKEN, [sid])


def test_a_caller_who_left_while_nothing_was_said_is_let_go_after_a_while(line: Line) -> None:
    call = connected(line)
    call.talk(184)
    call.press("5")
    call.hang_up()
    assert line.row(t.interviews).disposition is None
    line.office.pass_time(minutes=1)
    assert hang_ups.end_due(line.office.field) == 1
    assert line.row(t.interviews).disposition is not None
    assert hang_ups.end_due(line.office.field) == 0


def test_an_agent_takes_a_caller_out_of_the_queue_and_is_known(line: Line) -> None:
    call = line.call()
    call.ring("?queue=waiting")
    call.look(call.enqueue.waiting, {"QueueTime": "0"})
    hers = line.call("CA2")
    hers.caller = ANNA
    took = hers.ask(f"{line.url}/twilio/voice/take/waiting", {}).dial
    assert took
    assert took.queue == "Waiting"
    call.look(took.queue_told or "", {"DequeingCallSid": "CA2"})
    line.office.pass_time(minutes=3)
    line.times = 2
    call.ask(call.enqueue.action, {"QueueResult": "bridged", "QueueTime": "20"})
    call.press("5")
    interview = line.row(t.interviews)
    assert (interview.agent, line.rows(t.taken_calls)) == ("anna", [])


def test_a_talk_of_an_hour_is_not_taken_for_a_call_that_was_lost(line: Line) -> None:
    call = line.call()
    call.ring("?queue=waiting")
    line.office.pass_time(hours=1)
    conduct.end_idle_legs(line.office.field, line.office.time - timedelta(minutes=15))
    assert line.row(t.legs).ended_at is None


def test_a_sound_that_cannot_be_deleted_yet_is_deleted_later_and_fetched_once(line: Line) -> None:
    call = connected(line)
    call.talk(184)
    call.press("5")
    sid = line.keep(call)
    line.api.recordings.refuses = 500
    call.hang_up_speaking(7)
    line.fetch()
    assert (line.row(t.speeches).wav, line.api.recordings.deleted) == (SPOKEN, [])
    line.api.recordings.refuses = 0
    line.office.pass_time(minutes=1)
    line.fetch()
    assert (line.api.recordings.deleted, line.api.recordings.fetched) == ([sid], [sid])
    assert [row for row in line.rows(t.outbox) if row.kind == sounds.KIND] == []


def test_a_sound_that_never_comes_is_given_up_and_left_for_the_admin_to_see(line: Line) -> None:
    call = connected(line)
    call.talk(184)
    call.press("5")
    call.hang_up_speaking(7)
    for _ in range(len(sounds.LADDER) + 1):
        line.fetch()
        line.office.pass_time(hours=2)
    row = next(row for row in line.rows(t.outbox) if row.kind == sounds.KIND)
    assert (row.state, row.detail) == ("dead", "Twilio answered 404 when asked for the recording.")


def test_a_worker_killed_before_the_recording_was_wanted_loses_nothing(line: Line) -> None:
    call = connected(line)
    call.talk(184)
    call.press("5")
    sid = line.keep(call)
    leg, turn = call.recording.action.partition("#")[0].split("/")[-2:]
    sounds.take_in(line.office.field, leg, int(turn), timedelta(seconds=7), sid)
    assert (line.fetch(), sounds.want_forgotten(line.office.field)) == (0, 1)
    assert line.fetch() == 1
    assert (line.row(t.speeches).wav, line.row(t.speeches).ref, line.api.recordings.deleted) == (SPOKEN, None, [sid])
    assert sounds.want_forgotten(line.office.field) == 0


def test_a_recording_that_comes_when_nobody_waits_for_one_is_deleted_and_not_fetched(line: Line) -> None:
    call = connected(line)
    call.talk(184)
    sid = line.keep(call)
    for leg in (line.row(t.legs).id, "leg_unknown"):
        assert call.send(f"{line.url}/twilio/voice/{leg}/4", call.recorded(7))[0] == 200
        call.recordings = 0
    line.fetch()
    assert (line.api.recordings.deleted, line.api.recordings.fetched) == ([sid], [])


def test_what_was_spoken_is_heard_in_its_call_only(line: Line) -> None:
    call = connected(line)
    call.talk(184)
    call.press("5")
    line.keep(call)
    call.speak(9)
    path = call.heard[-2].removeprefix(line.url)
    assert call.get(path) == (200, SPOKEN)
    call.hang_up()
    assert call.get(path)[1] != SPOKEN


def due(line: Line) -> None:
    call = connected(line)
    call.talk(184, CallStatus="completed")
    line.office.pass_time(minutes=10)


def test_a_call_that_may_have_been_placed_is_looked_for_and_never_placed_again(line: Line) -> None:
    due(line)
    line.api.behave(Behaviour(accept=True, then="reset"))
    dial_due(line.office.field, line.calls(), 10)
    assert line.row(t.dials).state == "unknown"
    line.office.pass_time(minutes=3)
    assert dial_due(line.office.field, line.calls(), 10) == 0
    assert resolve(line.office.field, line.calls()) == 1
    row = line.row(t.dials)
    assert (row.state, row.ref, len(line.api.calls)) == ("placed", line.api.calls[0].sid, 1)


def test_another_call_that_bears_the_name_of_ours_hears_goodbye(line: Line) -> None:
    due(line)
    assert dial_due(line.office.field, line.calls(), 10) == 1
    (placed,) = line.api.calls
    ours = line.answered(placed)
    assert line.call("CA" + "e" * 32).ask(placed.url, {"Direction": "outbound-api"}).hangs_up
    ours.press("1")
    ours.press("5")
    assert len(line.rows(t.interviews)) == 1


def test_a_call_in_doubt_is_resolved_by_its_own_news(line: Line) -> None:
    due(line)
    line.api.behave(Behaviour(accept=True, then="500"))
    dial_due(line.office.field, line.calls(), 10)
    (placed,) = line.api.calls
    line.call(placed.sid).send(placed.told, {"CallStatus": "no-answer"})
    assert [row.state for row in sorted(line.rows(t.dials), key=lambda row: row.attempt)] == ["no-answer", "waiting"]


def test_a_list_that_cannot_be_read_changes_nothing(line: Line) -> None:
    due(line)
    line.api.behave(Behaviour(accept=True, then="reset"))
    dial_due(line.office.field, line.calls(), 10)
    line.api.list_status = 500
    assert resolve(line.office.field, line.calls()) == 0
    assert line.row(t.dials).state == "unknown"


REFUSALS = {
    "429": (refuse(20429, 429), "waiting", "The provider takes no more calls just now. (Twilio 20429)"),
    "concurrency": (refuse(10004, 400), "waiting", "The provider takes no more calls just now. (Twilio 10004)"),
    "credentials": (
        refuse(20003, 401),
        "waiting",
        "The provider did not accept our credentials; run tonval doctor. (Twilio 20003)",
    ),
    "no such number": (refuse(21211), "failed", "The number cannot be called. (Twilio 21211)"),
    "unreachable": (refuse(21214), "failed", "The number cannot be called. (Twilio 21214)"),
    "geography": (refuse(21215), "failed", "Calls to this country are not enabled at the provider. (Twilio 21215)"),
    "blocked": (refuse(21216), "failed", "The provider does not let this number be called. (Twilio 21216)"),
    "our number": (
        refuse(21210),
        "failed",
        "The calling number may not be used: see that it is yours at the provider. (Twilio 21210)",
    ),
    "anything else": (refuse(99999), "failed", "The provider refused the call. (Twilio 99999)"),
}


@pytest.mark.parametrize(("behaviour", "state", "why"), REFUSALS.values(), ids=REFUSALS)
def test_what_twilio_refuses_is_tried_later_or_given_up_with_a_sentence(
    line: Line, behaviour: Behaviour, state: str, why: str
) -> None:
    due(line)
    line.api.behave(behaviour)
    dial_due(line.office.field, line.calls(), 10)
    row = line.row(t.dials)
    assert (row.state, row.why, line.api.calls) == (state, why, [])


def test_nobody_there_means_nobody_was_called(line: Line) -> None:
    due(line)
    away = line.calls()
    line.api.__exit__()
    dialling.place_due(line.office.field, "twilio", away.place, 10)
    row = line.row(t.dials)
    assert (row.state, row.why) == ("waiting", "The provider could not be reached. (ConnectionError)")


def test_every_code_of_the_table_is_a_fault_with_a_sentence() -> None:
    assert all(code.isdecimal() and fault.value.sentence.endswith(".") for code, fault in ERRORS.items())
