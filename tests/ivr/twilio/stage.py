"""A small survey behind the voice webhooks, all in memory, and Twilio's part over the flask test client."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.drivers.twilio_voice import TwilioCall
from tonval.fieldwork.calls.outages import Through
from tonval.fieldwork.calls.taking import Taken
from tonval.fieldwork.centre import Queue
from tonval.fieldwork.conduct import Call, Conducted, UnknownLeg
from tonval.ivr.twilio.queueing import Queueing, queueing_blueprint
from tonval.ivr.twilio.replying import Genuine
from tonval.ivr.twilio.signature import Signature
from tonval.ivr.twilio.spoken import Sounds
from tonval.ivr.twilio.webhooks import Voice, voice_blueprint
from tonval.surveys.reception import Terms, said
from tonval.surveys.turns import AskDigits, Hearing, Recording, Reply, Utterance, played

TOKEN = "a-token-of-the-tests"
OUTSIDE = "https://survey.example.com"
WAV = b"RIFF....WAVE"
NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class FakeCarrier:
    """Asks two questions, whatever is answered, and keeps each turn as conduct does."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.replies: list[tuple[str, int, Reply]] = []
        self.ended: list[tuple[str, str]] = []
        self.legs: dict[tuple[str, str], str] = {}
        self.broken = False
        self.waits: dict[int, Hearing] = {}
        self.queues: dict[str, Queue] = {}
        self.spoken: list[tuple[str, int, timedelta, str]] = []
        self.wanted: list[tuple[str, str | None]] = []
        self.takers: dict[str, Taken] = {}
        self.dials: list[tuple[str, str, str]] = []

    def begin_call(self, call: Call) -> Conducted:
        """Turn 1 of the call's leg."""
        self._work()
        if (call.provider, call.ref) not in self.legs:
            self.calls.append(call)
            self.legs[call.provider, call.ref] = f"leg_{len(self.legs) + 1}"
        return self._turn(self.legs[call.provider, call.ref], 1)

    def resume(self, leg_id: str, reply: Reply, turn_no: int) -> Conducted:
        """The turn after ``turn_no``; the first reply to it counts."""
        self._work()
        if leg_id not in self.legs.values():
            raise UnknownLeg(leg_id)
        if not [each for each in self.replies if each[:2] == (leg_id, turn_no)]:
            self.replies.append((leg_id, turn_no, reply))
        return self._turn(leg_id, turn_no + 1)

    def end_leg(self, leg_id: str, cause: str) -> None:
        """Written down."""
        self.ended.append((leg_id, cause))

    def leg_of(self, provider: str, ref: str) -> str | None:
        """The leg that ``begin_call`` made."""
        return self.legs.get((provider, ref))

    def hung_up(self, ref: str, cause: str) -> None:
        """The leg, if there is one, is ended at once."""
        leg = self.leg_of("twilio", ref)
        if leg:
            self.end_leg(leg, cause)

    def take_in(self, leg_id: str, turn_no: int, length: timedelta, ref: str) -> Recording:
        """Written down."""
        self.spoken.append((leg_id, turn_no, length, ref))
        return Recording(f"rec_{leg_id}_{turn_no}", length)

    def want(self, ref: str, speech: str | None) -> None:
        """Written down once."""
        if (ref, speech) not in self.wanted:
            self.wanted.append((ref, speech))

    def took(self, leg_id: str, agent: str) -> None:
        """The first counts."""
        self.takers.setdefault(leg_id, Taken(agent, NINE - timedelta(seconds=90)))

    def taken(self, leg_id: str) -> Taken | None:
        """By whom."""
        return self.takers.get(leg_id)

    def talked(self, leg_id: str) -> None:
        """Forgotten."""
        self.takers.pop(leg_id, None)

    def queue(self, name: str) -> Queue | None:
        """One of ``queues``."""
        return self.queues.get(name)

    def said(self, queue: str, language: str, slot: str) -> Utterance:
        """The words there are for everybody."""
        return said(Terms(), slot, language, {"brand": queue})

    def put_through(self, call: Call) -> Through | None:
        """Nobody is received here."""
        return None

    def dial_changed(self, dial: str, ref: str, status: str) -> None:
        """Written down once."""
        if (dial, ref, status) not in self.dials:
            self.dials.append((dial, ref, status))

    def now(self) -> datetime:
        """It stands still."""
        return NINE

    def _work(self) -> None:
        if self.broken:
            raise OSError("the database is away")

    def _turn(self, leg: str, turn_no: int) -> Conducted:
        says = (Utterance(f"turn.{turn_no}", "sv", f"Tur {turn_no}"),)
        if [each for each in self.spoken if each[:2] == (leg, turn_no - 1)]:
            says = (played(f"rec_{leg}_{turn_no - 1}", "sv"), *says)
        wait = self.waits.get(turn_no, AskDigits(max_digits=turn_no)) if turn_no < 3 else None
        return Conducted(leg, turn_no, "itv_1", "support-nki", 1, says, wait, NINE, "support")


class FakePrompts:
    """Every utterance sounds the same."""

    def digest(self, survey: str, utterance: Utterance, since: object = None, queue: str = "") -> str:
        """Of the survey and the slot."""
        return hashlib.sha256(f"{survey}/{utterance.slot}".encode()).hexdigest()

    def wav(self, digest: str) -> bytes | None:
        """Known for the three turns."""
        slots = (*(f"turn.{number}" for number in (1, 2, 3)), "reception.waiting")
        known = [self.digest("support-nki", Utterance(slot, "sv", "")) for slot in slots]
        return WAV if digest in known else None


def voice_routes(app: Flask, genuine: Genuine, public_url: str, carrier: Any, prompts: Any) -> Sounds:
    """The routes of calls and of queues on ``app``; gives the addresses of what is spoken."""
    outside = public_url.rstrip("/")
    sounds = Sounds(outside, b"a key of the tests", lambda speech: WAV + speech.encode())
    app.register_blueprint(voice_blueprint(Voice(genuine, outside, carrier, prompts, sounds)))
    app.register_blueprint(queueing_blueprint(Queueing(genuine, outside, carrier, prompts)))
    return sounds


class Stage:
    """The blueprint in an app of its own. ``token`` is what the house is set up with, Twilio signs with ``TOKEN``."""

    def __init__(self, token: str | None = TOKEN, public_url: str = OUTSIDE) -> None:
        self.carrier = FakeCarrier()
        app = Flask("stage")
        genuine = Signature(token, public_url).genuine
        self.sounds = voice_routes(app, genuine, public_url, self.carrier, FakePrompts())
        self.client: FlaskClient = app.test_client()
        self.public_url = public_url

    def call(self, sid: str = "CA1", caller: str = "+46701740606", dialled: str = "+46701740605") -> TwilioCall:
        """A call that Twilio carries."""
        return TwilioCall(self._post, self._get, TOKEN, self.public_url, sid, caller, dialled)

    def _post(self, path: str, form: Mapping[str, str], signature: str) -> tuple[int, bytes]:
        answer = self.client.post(path, data=form, headers={"X-Twilio-Signature": signature})
        return answer.status_code, answer.data

    def _get(self, path: str) -> tuple[int, bytes]:
        answer = self.client.get(path)
        return answer.status_code, answer.data
