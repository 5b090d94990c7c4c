"""The same transcripts through every channel's own door: a SIP phone, Twilio's webhooks, and the simulator's phone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.drivers import sound
from tests.drivers.sip_node import sip_node
from tests.drivers.sip_phone import SipPhone
from tests.drivers.twilio_voice import TwilioCall
from tests.fieldwork.office import Office
from tests.fieldwork.reporting import CUSTOMER, OURS, decide
from tests.ivr.twilio.stage import voice_routes
from tests.transcripts.script import Transcript, centre, on_the_machine, transcripts
from tests.waiting import wait_until
from tests.web.house import PASSWORD, open_site
from tonval.fieldwork import asking, conduct
from tonval.fieldwork.colleagues import people
from tonval.fieldwork.conduct import Call, Conducted
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.voice.prompts import Spoken
from tonval.ivr.simulator import page as simulator
from tonval.ivr.sip.office import SipCarrier
from tonval.ivr.twilio.carrier import OfficeCarrier
from tonval.ivr.twilio.signature import Signature
from tonval.sms import inbound
from tonval.sms.office import OfficePost
from tonval.sms.twilio.webhooks import messages_blueprint
from tonval.store import tables as t
from tonval.store.unit import Unit, open_unit
from tonval.surveys.events import Event
from tonval.surveys.interview import Interview
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.turns import AskDigits, Digits, HungUp, OptedOut, Reply, Text, TimedOut, Utterance
from tonval.web.desk import look

KEYPAD, SMS = transcripts(Channel.KEYPAD), transcripts(Channel.SMS)
OUTSIDE, TOKEN = "https://survey.example.com", "a-token-of-the-tests"
SLOTS = sorted({slot for transcript in KEYPAD for step in transcript.steps for slot in step.says})
TONES = {slot: 350.0 + 200 * place for place, slot in enumerate(SLOTS)}


def only_interview(office: Office) -> tuple[Event, ...]:
    """The events of the one interview there is."""
    with office.field.unit.read() as tx:
        interview = tx.execute(select(t.interviews.c.id)).scalar_one()
    return office.events(interview)


@dataclass(frozen=True)
class ToneCarrier:
    """The real fieldwork, heard as one tone for each slot, with a short patience."""

    inner: SipCarrier
    turns: list[Conducted] = field(default_factory=list)

    def begin_call(self, call: Call) -> Conducted:
        return self._shortened(self.inner.begin_call(call))

    def resume(self, leg: str, reply: Reply, turn_no: int) -> Conducted:
        return self._shortened(self.inner.resume(leg, reply, turn_no))

    def end_leg(self, leg: str, cause: str) -> None:
        self.inner.end_leg(leg, cause)

    def interview_of(self, interview: str) -> tuple[Form, Interview]:
        return conduct.interview_of(self.inner.office, interview)

    def end_lost_legs(self, node: str) -> int:
        return self.inner.end_lost_legs(node)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def audio_for(self, survey: str, utterance: Utterance, queue: str = "") -> Spoken:
        return Spoken(f"{survey}-{utterance.slot}", sound.tone(TONES[utterance.slot], 0.25, 0.4))

    def _shortened(self, turn: Conducted) -> Conducted:
        hasty = {"timeout": timedelta(seconds=1.5), "pause": timedelta(seconds=0.8)}
        short = replace(turn, wait=replace(turn.wait, **hasty)) if isinstance(turn.wait, AskDigits) else turn
        self.turns.append(short)
        return short


@pytest.mark.xdist_group("sip-transcripts")
@pytest.mark.parametrize("transcript", KEYPAD, ids=str)
def test_a_sip_phone_gives_the_events_of_the_bare_machine(
    transcript: Transcript, sqlite_url: str, tmp_path: Path
) -> None:
    office = Office(open_unit(sqlite_url), centre())
    carrier = ToneCarrier(SipCarrier(office.field))
    with sip_node(carrier, tmp_path) as node, SipPhone(node.port) as phone:
        phone.call(transcript.survey, {"X-Tonval-Agent": "anna", "X-Tonval-Language": "sv"})
        since = 0.0
        for number, step in enumerate(transcript.steps[1:], 1):
            _act(phone, carrier, number, step.reply, since)
            since = phone.heard[-1].at if phone.heard else since
        wait_until(lambda: phone.ended)
        wait_until(lambda: _is_over(office))
    played, _ = on_the_machine(transcript)
    assert only_interview(office) == played.events


@pytest.mark.xdist_group("sip-transcripts")
def test_a_call_id_that_comes_again_is_another_call_and_loses_no_answer(sqlite_url: str, tmp_path: Path) -> None:
    office = Office(open_unit(sqlite_url), centre())
    with sip_node(carrier := ToneCarrier(SipCarrier(office.field)), tmp_path) as node:
        for number in range(2):
            with SipPhone(node.port) as phone:
                phone.call_id = "1-17@127.0.0.1"
                phone.call("support-nki")
                for place in range(2):
                    _act(phone, carrier, 3 * number + place + 1, Digits("4"), 0.0)
                wait_until(lambda: phone.ended)
    with office.field.unit.read() as tx:
        dispositions = tx.execute(select(t.interviews.c.disposition)).scalars().all()
    assert dispositions == ["complete", "complete"]


def _act(phone: SipPhone, carrier: ToneCarrier, turn_no: int, reply: Reply | None, since: float) -> None:
    wait_until(lambda: len(carrier.turns) >= turn_no)
    match reply:
        case Digits(digits):
            began = phone.wait_for_tone(TONES[carrier.turns[turn_no - 1].says[-1].slot], since)
            wait_until(lambda: phone.heard[-1].at > began + 0.2)  # sooner, it would belong to the key before
            phone.press(digits, gap=0.1)
            wait_until(lambda: len(carrier.turns) > turn_no)
        case TimedOut():
            wait_until(lambda: len(carrier.turns) > turn_no)
        case _:
            phone.wait_for_tone(TONES[carrier.turns[turn_no - 1].says[-1].slot], since)
            phone.hang_up()


def _is_over(office: Office) -> bool:
    with office.field.unit.read() as tx:
        return tx.execute(select(t.interviews.c.disposition)).scalar_one() is not None


@contextmanager
def webhooks(office: Office) -> Iterator[Flask]:
    """The real webhooks on the real fieldwork."""
    app = Flask("webhooks")
    genuine = Signature(TOKEN, OUTSIDE).genuine
    voice_routes(app, genuine, OUTSIDE, OfficeCarrier(office.field), _OneSound())
    app.register_blueprint(messages_blueprint(genuine, OfficePost(office.field), lambda sid, status: None))
    yield app


class _OneSound:
    def digest(self, survey: str, utterance: Utterance, since: object, queue: str) -> str:
        return "0" * 64

    def wav(self, digest: str) -> bytes:
        return b"RIFF"


@pytest.mark.parametrize("transcript", KEYPAD, ids=str)
def test_twilio_calls_give_the_events_of_the_bare_machine(unit: Unit, transcript: Transcript) -> None:
    office = Office(unit, centre())
    with webhooks(office) as app:
        browser = app.test_client()

        def post(path: str, form: Mapping[str, str], signature: str) -> tuple[int, bytes]:
            answer = browser.post(path, data=dict(form), headers={"X-Twilio-Signature": signature}, base_url=OUTSIDE)
            return answer.status_code, answer.data

        def get(path: str) -> tuple[int, bytes]:
            answer = browser.get(path, base_url=OUTSIDE)
            return answer.status_code, answer.data

        call = TwilioCall(post, get, TOKEN, OUTSIDE, "CA1", dialled="")
        queue = next(name for name, queue in office.field.centre.queues.items() if queue.survey == transcript.survey)
        call.ring(f"?queue={queue}&agent=anna&language=sv")
        for step in transcript.steps[1:]:
            if isinstance(step.reply, Digits):
                call.press(step.reply.digits)
            elif isinstance(step.reply, HungUp):
                call.hang_up()
            else:
                call.wait()
    played, _ = on_the_machine(transcript)
    assert only_interview(office) == played.events


@pytest.mark.parametrize("transcript", SMS, ids=str)
def test_twilio_messages_give_the_events_of_the_bare_machine(unit: Unit, transcript: Transcript) -> None:
    from twilio.request_validator import RequestValidator

    office = Office(unit, centre())
    queue = next(name for name, queue in office.field.centre.queues.items() if queue.survey == transcript.survey)
    decide(office, queue=queue, customer=Customer(phone=CUSTOMER, language=transcript.language))
    asking.ask_due(office.field)
    with webhooks(office) as app:
        for number, step in enumerate(transcript.steps[1:]):
            if isinstance(step.reply, TimedOut):
                office.pass_time(hours=73)
                conduct.expire_due(office.field)
                continue
            body = step.reply.text if isinstance(step.reply, Text) else "Stopp."
            assert isinstance(step.reply, Text | OptedOut)
            form = {"MessageSid": f"SM{number}", "From": CUSTOMER, "To": OURS, "Body": body}
            signature = RequestValidator(TOKEN).compute_signature(f"{OUTSIDE}/twilio/sms", form)
            answer = app.test_client().post(
                "/twilio/sms", data=form, headers={"X-Twilio-Signature": signature}, base_url=OUTSIDE
            )
            assert answer.status_code == 200
    played, _ = on_the_machine(transcript)
    assert only_interview(office) == played.events


@pytest.mark.parametrize("transcript", KEYPAD, ids=str)
def test_the_simulators_telephone_gives_the_events_of_the_bare_machine(sqlite_url: str, transcript: Transcript) -> None:
    office = Office(open_unit(sqlite_url), centre())
    around = simulator.Surroundings(look.framed, partial(inbound.receive, office.field))
    app = open_site(office.field, page_blueprints=(simulator.blueprint(office.field, around),))
    app.config.update(WTF_CSRF_ENABLED=False)
    people.add_user(office.field, "admin", PASSWORD)
    browser = app.test_client()
    browser.post("/login", data={"name": "admin", "password": PASSWORD})
    queue = next(name for name, queue in office.field.centre.queues.items() if queue.survey == transcript.survey)
    call = {"queue": queue, "agent": "anna", "language": "sv", "phone": "", "ref": "call-0001"}
    turn = browser.post("/simulator/calls", json=call).get_json()
    for step in transcript.steps[1:]:
        if isinstance(step.reply, HungUp):
            browser.post(f"/simulator/calls/{turn['leg']}/end", json={"cause": "hangup"})
        else:
            turn = browser.post(f"/simulator/calls/{turn['leg']}/keys", json=_pressed(turn, step.reply)).get_json()
    played, _ = on_the_machine(transcript)
    assert only_interview(office) == played.events


def _pressed(turn: dict[str, Any], reply: Reply | None) -> dict[str, Any]:
    """What the page sends: each key a quarter of a second after the one before, then a pause long enough to be over."""
    digits = reply.digits if isinstance(reply, Digits) else ""
    keys = [{"at": 500.0 + 250 * place, "key": key} for place, key in enumerate(digits)]
    return {"ticket": turn["ticket"], "keys": keys, "prompts_end": 300.0, "now": 9000.0}
