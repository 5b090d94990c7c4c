"""Twilio's voice webhooks: a signed form comes in, the survey goes one turn on, TwiML goes out.

When something of ours breaks, the answer is 503 and not an apology in TwiML: an apology would tell Twilio that all is
well and lose the answer, while after a 5xx Twilio asks again (``RETRY`` in every action) or turns to the number's
fallback address, and the same leg and turn then give the same next turn.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from flask import Blueprint, Request, Response, abort, request
from werkzeug.exceptions import HTTPException

from tonval.fieldwork.conduct import Call, Conducted, UnknownLeg
from tonval.ivr.twilio import forms
from tonval.ivr.twilio.signature import RETRY
from tonval.ivr.twilio.twiml import goodbye, twiml
from tonval.surveys.interview import ReplyRejected
from tonval.surveys.turns import HungUp, Reply, Utterance

log = logging.getLogger(__name__)

DIGEST: Final = re.compile(r"[0-9a-f]{64}")
FOREVER: Final = "public, max-age=31536000, immutable"


class Carrier(Protocol):
    """What carries the interview: ``fieldwork.conduct`` with its field filled in."""

    def begin_call(self, call: Call) -> Conducted: ...

    def resume(self, leg_id: str, reply: Reply, turn_no: int) -> Conducted: ...

    def end_leg(self, leg_id: str, cause: str) -> None: ...

    def leg_of(self, provider: str, ref: str) -> str | None: ...


class Prompts(Protocol):
    """What prompts sound like: ``digest`` names the audio of an utterance (SHA-256), ``wav`` gives its bytes.

    ``since`` is when the call began: it keeps the recordings there were then.
    """

    def digest(self, survey: str, utterance: Utterance, since: datetime | None) -> str: ...

    def wav(self, digest: str) -> bytes | None: ...


Genuine = Callable[[Request], bool]


@dataclass(frozen=True, slots=True)
class _Voice:
    genuine: Genuine
    public_url: str
    carrier: Carrier
    prompts: Prompts

    def arrive(self) -> Response:
        """A call to a survey number, or the end of the ``<Dial>`` that connected the customer with an agent."""
        self._gate()
        if not request.form.get("CallSid"):
            abort(Response(status=400))
        if forms.gone(request.form) or not forms.talked(request.form):
            return _xml(goodbye())
        return self._say(self.carrier.begin_call(forms.arriving(request.form, request.args)))

    def go_on(self, leg: str, turn: int) -> Response:
        """Keys, or silence, after turn ``turn``."""
        self._gate()
        reply = forms.reply(request.form)
        try:
            if isinstance(reply, HungUp):
                self.carrier.end_leg(leg, "hangup")
                return _xml(goodbye())
            return self._say(self.carrier.resume(leg, reply, turn))
        except (UnknownLeg, ReplyRejected) as refusal:
            log.info("twilio reply refused leg=%s turn=%d why=%s", leg, turn, refusal)
            return _xml(goodbye())

    def status(self) -> Response:
        """A call has changed its status; only its end matters."""
        self._gate()
        call_ended(self.carrier, request.form.get("CallSid", ""), request.form.get("CallStatus", ""))
        return Response(status=204)

    def audio(self, digest: str) -> Response:
        """The WAV of a prompt, for whoever knows its digest."""
        wav = self.prompts.wav(digest) if DIGEST.fullmatch(digest) else None
        if wav is None:
            abort(Response(status=404))
        response = Response(wav, mimetype="audio/wav", headers={"Cache-Control": FOREVER})
        response.set_etag(digest)
        response.make_conditional(request)
        return response

    def _gate(self) -> None:
        if not self.genuine(request):
            abort(Response(status=403))

    def _say(self, turn: Conducted) -> Response:
        action = f"{self.public_url}/twilio/voice/{turn.leg}/{turn.turn_no}{RETRY}"
        return _xml(twiml(turn, action, lambda said: self._audio_url(turn, said)))

    def _audio_url(self, turn: Conducted, utterance: Utterance) -> str:
        return f"{self.public_url}/twilio/audio/{self.prompts.digest(turn.survey, utterance, turn.began)}.wav"


def voice_blueprint(genuine: Genuine, public_url: str, carrier: Carrier, prompts: Prompts) -> Blueprint:
    """The voice routes. ``genuine`` tells Twilio's requests from others (``Signature(…).genuine``)."""
    voice = _Voice(genuine, public_url.rstrip("/"), carrier, prompts)
    pages = Blueprint("twilio_voice", __name__)
    pages.add_url_rule("/twilio/voice", view_func=voice.arrive, methods=["POST"], endpoint="arrive")
    pages.add_url_rule("/twilio/voice/status", view_func=voice.status, methods=["POST"], endpoint="status")
    pages.add_url_rule("/twilio/voice/<leg>/<int:turn>", view_func=voice.go_on, methods=["POST"], endpoint="go_on")
    pages.add_url_rule("/twilio/audio/<digest>.wav", view_func=voice.audio, methods=["GET"], endpoint="audio")
    pages.register_error_handler(Exception, _unavailable)
    return pages


def call_ended(carrier: Carrier, ref: str, status: str) -> None:
    """End the leg of call ``ref`` when ``status`` is a last one. A call that had no survey is none of our business."""
    cause = forms.CAUSES.get(status)
    leg = carrier.leg_of("twilio", ref) if cause else None
    if leg and cause:
        carrier.end_leg(leg, cause)


def _xml(document: str) -> Response:
    return Response(document, mimetype="text/xml")


def _unavailable(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException):
        return error
    log.exception("twilio webhook failed path=%s", request.path)
    return Response(status=503)
