"""Recordings, talks with agents and queues, as the webhooks read Twilio's forms."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.drivers.twilio_voice import TwilioCall, recording_sid
from tests.ivr.twilio.stage import NINE, OUTSIDE, WAV, Stage
from tonval.fieldwork.calls.taking import Taken
from tonval.fieldwork.centre import Queue
from tonval.surveys.questionnaire import Channel
from tonval.surveys.reception import Terms
from tonval.surveys.turns import AskRecording, Dial, DialEnded, Digits, Line, Recording, TimedOut

ANNA, BO = Line("+46701740610", "anna"), Line("sip:bo@pbx.example", "bo")
SID = recording_sid("CA1", 1)
SECOND = timedelta(seconds=1)


def recording() -> tuple[Stage, TwilioCall]:
    stage = Stage()
    stage.carrier.waits[1] = AskRecording()
    call = stage.call()
    call.ring()
    return stage, call


def dialling(*lines: Line, queue: str = "") -> tuple[Stage, TwilioCall]:
    stage = Stage()
    stage.carrier.waits[1] = Dial(lines, queue)
    call = stage.call()
    call.ring()
    return stage, call


def replies(stage: Stage) -> list[object]:
    return [reply for _, _, reply in stage.carrier.replies]


def test_what_is_spoken_is_stored_wanted_and_played_back() -> None:
    stage, call = recording()
    document = call.speak(9)
    assert stage.carrier.spoken == [("leg_1", 1, 9 * SECOND, SID)]
    assert stage.carrier.wanted == [(SID, "rec_leg_1_1")]
    assert replies(stage) == [Recording("rec_leg_1_1", 9 * SECOND)]
    assert document.plays[0] == stage.sounds.url("rec_leg_1_1")


def test_the_key_that_ends_a_recording_is_no_answer() -> None:
    stage, call = recording()
    call.speak(9, key="5")
    assert replies(stage) == [Recording("rec_leg_1_1", 9 * SECOND)]


def test_an_empty_recording_comes_by_the_redirect_and_is_silence() -> None:
    stage, call = recording()
    call.wait()
    assert (replies(stage), stage.carrier.wanted) == ([TimedOut()], [])


def test_what_is_too_short_is_silence_and_deleted_at_twilio() -> None:
    stage, call = recording()
    call.speak(0)
    assert (replies(stage), stage.carrier.wanted, stage.carrier.spoken) == ([TimedOut()], [(SID, None)], [])


def test_who_hangs_up_while_she_speaks_has_spoken() -> None:
    stage, call = recording()
    assert call.hang_up_speaking(12).hangs_up
    assert replies(stage) == [Recording("rec_leg_1_1", 12 * SECOND)]
    assert stage.carrier.ended == [("leg_1", "hangup")]


def test_the_name_of_a_recording_is_taken_from_its_address_where_it_is_not_told() -> None:
    stage, call = recording()
    form = {"RecordingUrl": f"https://evil.example/Recordings/{SID}", "RecordingDuration": "7"}
    call.send(call.recording.action, form)
    assert stage.carrier.spoken == [("leg_1", 1, 7 * SECOND, SID)]


@pytest.mark.parametrize("sid", ["RE1", "CA" + "1" * 32, "RE" + "g" * 32, "../" + "a" * 31, "RE" + "1" * 32 + "\n"])
def test_what_is_no_recordings_name_is_no_recording(sid: str) -> None:
    stage, call = recording()
    call.send(call.recording.action, {"RecordingUrl": f"https://evil.example/{sid}", "RecordingDuration": "7"})
    assert (replies(stage), stage.carrier.wanted) == ([TimedOut()], [])


def test_news_of_a_recording_alone_are_the_reply_where_the_action_was_lost() -> None:
    stage, call = recording()
    told = call.recorded(9) | {"RecordingStatus": "completed"}
    assert call.send(call.recording.told, told)[0] == 204
    first = call.send(call.recording.action, told | {"Digits": "#"})
    assert replies(stage) == [Recording("rec_leg_1_1", 9 * SECOND)]
    assert call.send(call.recording.action, told | {"Digits": "#"}) == first


def test_news_of_a_recording_of_an_unknown_call_are_taken_quietly() -> None:
    _, call = recording()
    told = call.recorded(9) | {"RecordingStatus": "completed"}
    assert call.send(f"{OUTSIDE}/twilio/voice/leg_77/1/sound", told) == (204, b"")


def test_what_was_spoken_is_heard_by_its_own_address_only() -> None:
    stage = Stage()
    path = stage.sounds.url("rec_1_1").removeprefix(OUTSIDE)
    answer = stage.client.get(path)
    assert (answer.status_code, answer.data) == (200, WAV + b"rec_1_1")
    assert answer.headers["Cache-Control"] == "private, no-store"
    for other in (path.replace("rec_1_1", "rec_1_2"), "/twilio/spoken/rec_1_1/0.wav", "/twilio/spoken/rec_1_1/å.wav"):
        assert stage.client.get(other).status_code == 404


def test_the_agent_of_one_line_is_known_without_further_news() -> None:
    stage, call = dialling(ANNA)
    call.talk(184)
    assert replies(stage) == [DialEnded(184 * SECOND, "anna")]


def test_of_several_lines_the_one_that_answered_is_the_agents() -> None:
    stage, call = dialling(ANNA, BO)
    told = call.dial.called[1].told
    assert told
    assert call.send(told, {"CallSid": "CA" + "d" * 32, "CallStatus": "in-progress"})[0] == 204
    call.talk(30)
    assert replies(stage) == [DialEnded(30 * SECOND, "bo")]
    assert stage.carrier.takers == {}


def test_a_talk_of_less_than_a_second_is_a_talk() -> None:
    stage, call = dialling(ANNA)
    call.talk(0)
    assert replies(stage) == [DialEnded(SECOND, "anna")]


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_nobody_who_took_the_call_is_no_talk_and_no_agent(status: str) -> None:
    stage, call = dialling(ANNA)
    call.unanswered(status)
    assert replies(stage) == [DialEnded(timedelta(0))]


def test_an_agent_who_answered_and_was_never_connected_has_not_talked() -> None:
    stage, call = dialling(ANNA)
    call.talk(12, DialBridged="false")
    assert replies(stage) == [DialEnded(timedelta(0))]


def test_a_caller_who_left_first_is_told_of_with_the_talk() -> None:
    stage, call = dialling(ANNA)
    call.talk(45, CallStatus="completed")
    assert replies(stage) == [DialEnded(45 * SECOND, "anna", left=True)]
    assert stage.carrier.ended == [("leg_1", "hangup")]


def test_keys_after_a_talk_are_keys_even_where_the_talk_is_told_of_once_more() -> None:
    stage, call = dialling(ANNA)
    call.talk(45)
    call.send(f"{OUTSIDE}/twilio/voice/leg_1/2", {"Digits": "4", "DialCallStatus": "completed"})
    assert replies(stage)[1] == Digits("4")


@pytest.mark.parametrize(
    ("caller", "dialled", "shown"),
    [
        ("+46701740606", "+46701740605", "+46701740606"),
        ("+266696687", "+46701740605", "+46701740605"),  # ANONYMOUS
        ("sip:eva@example.com", "+46701740605", "+46701740605"),
        ("sip:eva@example.com", "sip:support@example.com", None),
    ],
)
def test_agents_see_the_callers_number_or_ours(caller: str, dialled: str, shown: str | None) -> None:
    stage = Stage()
    stage.carrier.waits[1] = Dial((ANNA,))
    call = stage.call(caller=caller, dialled=dialled)
    call.ring()
    assert call.dial.caller_id == shown


QUEUES = {
    "support": Queue("support", "support-nki", Channel.KEYPAD, reception=Terms(lines=(ANNA, BO), queue="Support")),
    "sales": Queue("sales", "support-nki", Channel.KEYPAD, reception=Terms(lines=(ANNA,))),
    "billing": Queue("billing", "support-nki", Channel.KEYPAD),
}


def queueing() -> tuple[Stage, TwilioCall]:
    stage, call = dialling(ANNA, BO, queue="Support")
    stage.carrier.queues = dict(QUEUES)
    return stage, call


def test_a_waiting_caller_hears_that_she_is_not_forgotten() -> None:
    _, call = queueing()
    document = call.look(call.enqueue.waiting, {"QueueTime": "0", "QueuePosition": "1"})
    assert (len(document.plays), document.pause) == (1, 20)
    assert call.enqueue.waiting == f"{OUTSIDE}/twilio/voice/waiting?queue=support&language=sv"


@pytest.mark.parametrize(
    ("line", "agent"),
    [("+46701740610", "anna"), ("sip:bo@pbx.example", "bo"), ("sip:BO@pbx.example;transport=tls", "bo")],
)
def test_an_agent_takes_a_caller_from_her_own_line(line: str, agent: str) -> None:
    stage, call = queueing()
    hers = stage.call("CA2", caller=line)
    took = hers.ask(f"{OUTSIDE}/twilio/voice/take/support", {})
    assert took.dial
    assert took.dial.queue == "Support"
    call.look(took.dial.queue_told or "", {"QueueTime": "40", "DequeingCallSid": "CA2"})
    assert stage.carrier.takers == {"leg_1": Taken(agent, NINE - timedelta(seconds=90))}
    call.ask(call.enqueue.action, {"QueueResult": "bridged", "QueueTime": "40"})
    assert replies(stage) == [DialEnded(timedelta(seconds=90), agent)]


@pytest.mark.parametrize(
    ("line", "queue"),
    [
        ("+46701740699", "support"),
        ("anonymous", "support"),
        ("sip:bo@evil.example", "support"),
        ("+46701740610", "sales"),
        ("+46701740610", "billing"),
        ("+46701740610", "nowhere"),
    ],
)
def test_nobody_else_takes_callers_and_only_out_of_queues(line: str, queue: str) -> None:
    stage, _ = queueing()
    assert stage.call("CA2", caller=line).ask(f"{OUTSIDE}/twilio/voice/take/{queue}", {}).hangs_up


@pytest.mark.parametrize(
    ("result", "reply"),
    [
        ("bridged", DialEnded(SECOND)),
        ("redirected-from-bridged", DialEnded(SECOND)),
        ("hangup", DialEnded(timedelta(0), left=True)),
        ("queue-full", DialEnded(timedelta(0))),
        ("system-error", DialEnded(timedelta(0))),
        ("error", DialEnded(timedelta(0))),
        ("leave", DialEnded(timedelta(0))),
    ],
)
def test_how_a_stay_in_the_queue_ended(result: str, reply: DialEnded) -> None:
    stage, call = queueing()
    call.ask(call.enqueue.action, {"QueueResult": result})
    assert replies(stage) == [reply]


def test_a_caller_who_left_while_she_talked_out_of_a_queue_is_told_of() -> None:
    stage, call = queueing()
    stage.carrier.took("leg_1", "anna")
    call.ask(call.enqueue.action, {"QueueResult": "bridged", "CallStatus": "completed"})
    assert replies(stage) == [DialEnded(timedelta(seconds=90), "anna", left=True)]


def test_a_customer_we_called_is_told_by_the_dial_she_answered() -> None:
    stage = Stage()
    call = replace(stage.call(caller="+46701740605", dialled="+46701740606"), direction="outbound-api")
    call.ring("?dial=dial_7")
    (arrived,) = stage.carrier.calls
    assert (arrived.dial, arrived.caller) == ("dial_7", "+46701740606")
    call.send(f"{OUTSIDE}/twilio/voice/status?dial=dial_7", {"CallStatus": "completed"})
    assert stage.carrier.dials == [("dial_7", "CA1", "in-progress"), ("dial_7", "CA1", "completed")]
