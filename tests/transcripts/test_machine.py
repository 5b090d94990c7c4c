"""The transcripts on the bare machine, and through fieldwork into the database and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest

from tests.fieldwork.office import Office
from tests.transcripts.script import Transcript, answers_of, centre, on_the_machine, slots, transcripts
from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.respondents import Customer
from tonval.store.unit import Unit
from tonval.surveys.questionnaire import Channel
from tonval.surveys.turns import HungUp, OptedOut, Text, TimedOut

KEYPAD = transcripts(Channel.KEYPAD)
SMS = transcripts(Channel.SMS)
LINK = transcripts(Channel.LINK)
CUSTOMER, OURS = "+46701740606", "+46701740605"


@pytest.mark.parametrize("transcript", KEYPAD + SMS + LINK, ids=str)
def test_the_bare_machine_follows_the_transcript(transcript: Transcript) -> None:
    played, interview = on_the_machine(transcript)
    assert played.says == tuple(step.says for step in transcript.steps)
    assert answers_of(interview) == transcript.answers
    assert [comment.text for comment in interview.comments] == transcript.comments
    assert interview.disposition == transcript.disposition


@pytest.mark.parametrize("transcript", KEYPAD, ids=str)
def test_a_call_through_the_database_gives_the_same_events(unit: Unit, transcript: Transcript) -> None:
    office = Office(unit, centre())
    turn = conduct.begin_call(
        office.field, conduct.Call("sip", "call-1", transcript.survey, agent="anna", language="sv")
    )
    says = [slots(turn.says)]
    for step in transcript.steps[1:]:
        if isinstance(step.reply, HungUp):
            conduct.end_leg(office.field, turn.leg, "hangup")
            says.append(())
        else:
            assert step.reply is not None
            turn = conduct.resume(office.field, turn.leg, step.reply, turn.turn_no)
            says.append(slots(turn.says))
    played, _ = on_the_machine(transcript)
    assert tuple(says) == played.says
    assert turn.interview is not None
    assert office.events(turn.interview) == played.events


@pytest.mark.parametrize("transcript", SMS, ids=str)
def test_messages_through_the_database_give_the_same_events(unit: Unit, transcript: Transcript) -> None:
    office = Office(unit, centre())
    interview = _invite(office, transcript)
    for number, step in enumerate(transcript.steps[1:]):
        if isinstance(step.reply, TimedOut):
            office.pass_time(hours=73)
            assert conduct.expire_due(office.field) == 1
            continue
        body = step.reply.text if isinstance(step.reply, Text) else "STOP"
        keyword: Literal["stop"] | None = "stop" if isinstance(step.reply, OptedOut) else None
        conduct.receive_message(
            office.field, conduct.Inbound("twilio", f"SM{number}", CUSTOMER, OURS, body, office.time, keyword)
        )
    played, _ = on_the_machine(transcript)
    assert office.events(interview) == played.events


def _invite(office: Office, transcript: Transcript) -> str:
    queue = next(name for name, queue in office.field.centre.queues.items() if queue.survey == transcript.survey)
    report = invitations.Interaction(
        ref="call-1",
        kind="call",
        queue=queue,
        agent="anna",
        customer=Customer(phone=CUSTOMER, language=transcript.language),
        ended_at=office.time,
        talk=timedelta(seconds=60),
        report={},
    )
    assert invitations.report(office.field, report).created
    assert asking.ask_due(office.field) == 1
    (question,) = messages.claim_due(office.field, 10)
    assert question.interview is not None
    return question.interview
