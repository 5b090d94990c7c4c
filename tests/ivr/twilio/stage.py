"""A small survey behind the voice webhooks, all in memory, and Twilio's part over the flask test client."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from flask import Flask
from flask.testing import FlaskClient

from tests.drivers.twilio_voice import TwilioCall
from tonval.fieldwork.conduct import Call, Conducted, UnknownLeg
from tonval.ivr.twilio.signature import Signature
from tonval.ivr.twilio.webhooks import voice_blueprint
from tonval.surveys.turns import AskDigits, Reply, Utterance

TOKEN = "a-token-of-the-tests"
OUTSIDE = "https://survey.example.com"
WAV = b"RIFF....WAVE"


class FakeCarrier:
    """Asks two questions, whatever is answered, and keeps each turn as conduct does."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.replies: list[tuple[str, int, Reply]] = []
        self.ended: list[tuple[str, str]] = []
        self.legs: dict[tuple[str, str], str] = {}
        self.broken = False

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

    def _work(self) -> None:
        if self.broken:
            raise OSError("the database is away")

    def _turn(self, leg: str, turn_no: int) -> Conducted:
        says = (Utterance(f"turn.{turn_no}", "sv", f"Tur {turn_no}"),)
        wait = AskDigits(max_digits=turn_no) if turn_no < 3 else None
        return Conducted(
            leg=leg, turn_no=turn_no, interview="itv_1", survey="support-nki", version=1, says=says, wait=wait
        )


class FakePrompts:
    """Every utterance sounds the same."""

    def digest(self, survey: str, utterance: Utterance, since: object = None) -> str:
        """Of the survey and the slot."""
        return hashlib.sha256(f"{survey}/{utterance.slot}".encode()).hexdigest()

    def wav(self, digest: str) -> bytes | None:
        """Known for the three turns."""
        known = [self.digest("support-nki", Utterance(f"turn.{number}", "sv", "")) for number in (1, 2, 3)]
        return WAV if digest in known else None


class Stage:
    """The blueprint in an app of its own. ``token`` is what the house is set up with, Twilio signs with ``TOKEN``."""

    def __init__(self, token: str | None = TOKEN, public_url: str = OUTSIDE) -> None:
        self.carrier = FakeCarrier()
        app = Flask("stage")
        genuine = Signature(token, public_url).genuine
        app.register_blueprint(voice_blueprint(genuine, public_url, self.carrier, FakePrompts()))
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
