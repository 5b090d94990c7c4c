"""The keypad transcripts with Twilio's part played over signed webhooks: the events must be the bare machine's."""

import hashlib
from collections.abc import Iterator, Mapping

import pytest
from flask import Flask
from sqlalchemy import select

from tests.drivers.twilio_voice import Document, TwilioCall
from tests.fieldwork.office import Office
from tests.ivr.twilio.stage import voice_routes
from tests.transcripts.script import Step, Transcript, centre, on_the_machine, transcripts
from tonval.ivr.twilio.carrier import OfficeCarrier
from tonval.ivr.twilio.signature import Signature
from tonval.store.tables import interviews
from tonval.store.unit import open_unit
from tonval.surveys.questionnaire import Channel
from tonval.surveys.turns import Digits, HungUp, TimedOut, Utterance

TOKEN = "a-token-of-the-tests"
OUTSIDE = "https://survey.example.com"


class Slots:
    """Prompts whose digests remember the slot, so that what Twilio fetched can be read back."""

    def __init__(self) -> None:
        self.slots: dict[str, str] = {}

    def digest(self, survey: str, utterance: Utterance, since: object, queue: str) -> str:
        """Of the slot and the words."""
        digest = hashlib.sha256(f"{utterance.slot}/{utterance.text}".encode()).hexdigest()
        self.slots[digest] = utterance.slot
        return digest

    def wav(self, digest: str) -> bytes | None:
        """Nothing but a beginning."""
        return b"RIFF" if digest in self.slots else None

    def said(self, document: Document) -> tuple[str, ...]:
        """The slots that a document plays."""
        return tuple(self.slots[address.rpartition("/")[2].removesuffix(".wav")] for address in document.plays)


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """The centre of the transcripts on SQLite."""
    unit = open_unit(sqlite_url)
    yield Office(unit, centre())
    unit.engine.dispose()


def _call(office: Office, slots: Slots) -> TwilioCall:
    app = Flask("stage")
    genuine = Signature(TOKEN, OUTSIDE).genuine
    voice_routes(app, genuine, OUTSIDE, OfficeCarrier(office.field), slots)
    client = app.test_client()

    def post(path: str, form: Mapping[str, str], signature: str) -> tuple[int, bytes]:
        answer = client.post(path, data=form, headers={"X-Twilio-Signature": signature})
        return answer.status_code, answer.data

    def get(path: str) -> tuple[int, bytes]:
        answer = client.get(path)
        return answer.status_code, answer.data

    return TwilioCall(post, get, TOKEN, OUTSIDE, "CA1")


def _act(call: TwilioCall, step: Step, slots: Slots) -> tuple[str, ...]:
    match step.reply:
        case Digits(digits):
            return slots.said(call.press(digits))
        case TimedOut():
            return slots.said(call.wait())
        case HungUp():
            assert call.hang_up() == 204
            return ()
        case _:
            raise AssertionError(f"a telephone cannot do {step.reply}")


@pytest.mark.parametrize("transcript", transcripts(Channel.KEYPAD), ids=str)
def test_a_call_over_twilio_is_the_machines_own(office: Office, transcript: Transcript) -> None:
    slots = Slots()
    call = _call(office, slots)
    queue = next(queue.name for queue in centre().queues.values() if queue.survey == transcript.survey)
    said = [slots.said(call.ring(f"?queue={queue}&agent=anna&language=sv", DialCallStatus="completed"))]
    said += [_act(call, step, slots) for step in transcript.steps[1:]]
    played, _ = on_the_machine(transcript)
    with office.field.unit.read() as tx:
        interview = tx.execute(select(interviews.c.id)).scalar_one()
    assert tuple(said) == played.says
    assert office.events(interview) == played.events
