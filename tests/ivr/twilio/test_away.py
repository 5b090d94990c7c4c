"""While the database is really gone, who calls for an agent is connected with one; both databases, real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drivers.outage import away
from tests.drivers.twilio_voice import TwilioCall
from tests.ivr.twilio.line import ANNA, EVA, Line, line_to
from tonval.audio.wav import silence
from tonval.fieldwork.voice import prompts
from tonval.store import tables as t
from tonval.store.unit import Unit
from tonval.surveys.reception_words import WORDS

BO = "+46701740611"
SORRY, THANKS, LANGUAGE = WORDS["unavailable"], WORDS["goodbye"], WORDS["language"]


@pytest.fixture
def line(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Twilio asks for each turn three times."""
    monkeypatch.setattr(prompts, "draft_of", lambda said: silence(0.1))
    with line_to(unit) as line:
        line.times = 3
        yield line


def rung(call: TwilioCall) -> list[str]:
    return [called.address for called in call.dial.called]


def test_a_new_caller_is_connected_at_once(line: Line) -> None:
    call = line.call()
    with away(line.office.field.unit):
        call.ring()
        assert (rung(call), call.dial.caller_id) == ([ANNA, BO], EVA)
        assert call.talk(184).said == THANKS["sv"]
    assert line.rows(t.legs) == []


def test_a_caller_whom_nobody_takes_is_told_so(line: Line) -> None:
    call = line.call()
    with away(line.office.field.unit):
        call.ring()
        assert call.unanswered().said == SORRY["sv"]


def test_a_caller_who_hangs_up_on_the_agent_hears_nothing(line: Line) -> None:
    call = line.call()
    with away(line.office.field.unit):
        call.ring()
        assert call.talk(9, CallStatus="completed").said == ""


def test_a_caller_in_the_middle_of_her_reception_is_connected(line: Line) -> None:
    call = line.call()
    call.ring()
    call.press("2")
    with away(line.office.field.unit):
        call.press("1")
        assert rung(call) == [ANNA, BO]
        assert call.unanswered().said == SORRY["en"]


def test_a_caller_who_was_connected_before_hears_what_came_of_it(line: Line) -> None:
    calls = [line.call("CA1"), line.call("CA2")]
    for call in calls:
        call.ring()
        call.press("2")
        call.press("1")
    with away(line.office.field.unit):
        assert calls[0].unanswered().said == SORRY["en"]
        assert calls[1].talk(184).said == THANKS["en"]


def asked(line: Line) -> list[tuple[str, str]]:
    """Agent and language of each interview."""
    return [(row.agent, row.language) for row in line.rows(t.interviews)]


def test_keys_pressed_in_an_outage_are_kept_and_she_is_asked_after_the_agent(line: Line) -> None:
    call = line.call()
    call.ring()
    with away(line.office.field.unit):
        assert call.press("2").said == WORDS["opt_in"]["en"]
        call.press("1")
        assert rung(call) == [ANNA, BO]
    call.send(call.dial.called[1].told or "", {})
    assert call.talk(184).gather
    call.press("4")
    assert asked(line) == [("bo", "en")]
    assert [row.kind for row in line.rows(t.events) if row.kind == "AnswerGiven"] == ["AnswerGiven"]


@pytest.mark.parametrize("pressed", ["2", ""])
def test_who_did_not_want_to_be_asked_in_an_outage_is_not_asked(line: Line, pressed: str) -> None:
    call = line.call()
    call.ring()
    call.press("1")
    with away(line.office.field.unit):
        call.press(pressed) if pressed else call.wait()
        assert rung(call) == [ANNA, BO]
    assert call.talk(184).hangs_up
    assert asked(line) == []
    assert [row.disposition for row in line.rows(t.interactions)] == ["refused"]


def test_a_wrong_key_in_an_outage_is_asked_for_again_and_in_step_when_the_database_is_back(line: Line) -> None:
    call = line.call()
    call.ring()
    with away(line.office.field.unit):
        assert call.press("7").said == f"{LANGUAGE['sv'].format(key=1)} {LANGUAGE['en'].format(key=2)}"
        assert call.press("7").said == WORDS["opt_in"]["sv"]
    call.press("1")
    assert rung(call) == [ANNA, BO]
    assert call.talk(184).gather
    assert asked(line) == [("unknown", "sv")]


def test_who_hangs_up_on_the_agent_while_the_database_is_away_is_told_of_again(line: Line) -> None:
    call = line.call()
    call.ring()
    call.press("2")
    with away(line.office.field.unit):
        call.press("1")
        over = {"DialCallStatus": "completed", "DialCallDuration": "184", "CallStatus": "completed"}
        assert call.send(call.dial.action or "", over)[0] == 503
    assert call.send(call.dial.action or "", over)[0] == 200
    assert [row.report["ended_by"] for row in line.rows(t.interactions)] == ["customer"]


def test_a_queue_of_twilios_is_waited_in_with_its_own_music_and_agents_still_take_callers(line: Line) -> None:
    before, call = line.call("CA1"), line.call("CA2")
    before.ring("?queue=waiting")
    about, agent = before.enqueue.waiting or "", line.call("CA3")
    agent.caller = ANNA
    with away(line.office.field.unit):
        call.ring("?queue=waiting")
        assert (call.enqueue.queue, call.enqueue.waiting) == ("Waiting", None)
        assert before.look(about, {}).pause == 20
        taking = agent.ask(f"{line.url}/twilio/voice/take/waiting", {})
        assert taking.dial
        assert not before.look(taking.dial.queue_told or "", {}).hangs_up
        assert call.ask(call.enqueue.action, {"QueueResult": "bridged"}).said == THANKS["sv"]


def test_who_comes_for_the_survey_hears_a_goodbye(line: Line) -> None:
    call = line.call()
    with away(line.office.field.unit):
        assert call.ring("?queue=support&agent=anna&language=en", DialCallStatus="completed").said == THANKS["en"]
    assert line.rows(t.legs) == []


def test_an_answer_is_asked_for_again_rather_than_lost(line: Line) -> None:
    call = line.call()
    call.ring("?queue=support&agent=anna&language=en")
    assert call.document.gather
    action = call.document.gather.action
    with away(line.office.field.unit):
        assert call.send(action, {"Digits": "4"})[0] == 503
    call.press("4")
    assert [row.kind for row in line.rows(t.events) if row.kind == "AnswerGiven"] == ["AnswerGiven"]


def test_a_customer_whom_we_called_is_let_go(line: Line) -> None:
    call = line.call()
    with away(line.office.field.unit):
        assert call.ring("?dial=dial_000001").hangs_up
