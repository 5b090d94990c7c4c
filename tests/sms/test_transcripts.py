"""The SMS transcripts over signed webhooks and the sender: the bare machine's events, and each text sent once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.drivers.twilio_api import TwilioApi
from tests.fieldwork.office import Office
from tests.sms.stage import CUSTOMER, OURS
from tests.sms.test_webhooks import MESSAGE, Twilio
from tests.transcripts.script import Transcript, centre, on_the_machine, transcripts
from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer
from tonval.sms.sender import send_batch
from tonval.sms.twilio.provider import TwilioMessages
from tonval.store.tables import interviews
from tonval.store.unit import open_unit
from tonval.surveys.interview import begin, resume
from tonval.surveys.phrases import PHRASES
from tonval.surveys.questionnaire import Channel
from tonval.surveys.turns import OptedOut, Text, TimedOut


def _expected_texts(transcript: Transcript) -> list[str]:
    """What the machine says, in words, and the confirmation of a STOP."""
    form = centre().forms[transcript.survey]
    fills = {"brand": "Nordlys", "agent": "anna"}
    turn = begin(form, channel=transcript.channel, language=transcript.language, fills=fills)
    texts = [utterance.text for utterance in turn.says]
    for step in transcript.steps[1:]:
        assert step.reply is not None
        turn = resume(form, turn.interview, step.reply)
        texts += [utterance.text for utterance in turn.says]
        texts += [PHRASES["stopped"][transcript.language]] if step.reply == OptedOut() else []
    return texts


@pytest.mark.parametrize("transcript", transcripts(Channel.SMS), ids=str)
def test_a_conversation_over_twilio_is_the_machines_own(
    sqlite_url: str, api: TwilioApi, twilio: TwilioMessages, transcript: Transcript
) -> None:
    unit = open_unit(sqlite_url)
    office = Office(unit, centre())
    webhooks = Twilio(office.field)
    queue = next(queue.name for queue in centre().queues.values() if queue.survey == transcript.survey)
    customer = Customer(phone=CUSTOMER, language=transcript.language)
    talk = timedelta(minutes=3)
    invitations.report(office.field, Interaction("call-1", "call", queue, "anna", customer, office.time, talk, {}))
    asking.ask_due(office.field)
    send_batch(office.field, {"twilio": twilio})
    for number, step in enumerate(transcript.steps[1:]):
        match step.reply:
            case TimedOut():
                office.pass_time(hours=73)
                conduct.expire_due(office.field)
            case Text(text):
                _write(webhooks, number, text)
            case _:
                _write(webhooks, number, "STOPP")
        send_batch(office.field, {"twilio": twilio})
    with unit.read() as tx:
        interview = tx.execute(select(interviews.c.id)).scalar_one()
    assert office.events(interview) == on_the_machine(transcript)[0].events
    assert api.bodies() == _expected_texts(transcript)
    unit.engine.dispose()


def _write(webhooks: Twilio, number: int, text: str) -> None:
    """The customer's message, which Twilio delivers twice."""
    form = {**MESSAGE, "MessageSid": f"SM{number}", "From": CUSTOMER, "To": OURS, "Body": text}
    assert {webhooks.post("/twilio/sms", form)[0] for _ in range(2)} == {200}
