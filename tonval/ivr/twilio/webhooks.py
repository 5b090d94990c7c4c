"""Twilio's voice webhooks: a signed form comes in, the call goes one turn on, TwiML goes out.

When something of ours breaks, the answer is 503 and not an apology in TwiML: an apology would tell Twilio that all is
well and lose the answer, while after a 5xx Twilio asks again (``RETRY`` in every action) or turns to the number's
fallback address, and the same leg and turn then give the same next turn. Only who has nothing to lose yet is answered
while the database is away: ``bridging``.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request

from tonval.fieldwork.calls.outages import Standing, Through
from tonval.fieldwork.calls.taking import Taken
from tonval.fieldwork.conduct import Call, Conducted, UnknownLeg
from tonval.ivr.outage import DatabaseAway
from tonval.ivr.twilio import carrying, forms
from tonval.ivr.twilio.bridging import OVER, Bridge, is_received
from tonval.ivr.twilio.forms import Parted, Spoken
from tonval.ivr.twilio.replying import Genuine, check, needed, noted, unavailable, xml
from tonval.ivr.twilio.spoken import Sounds
from tonval.ivr.twilio.twiml import Addresses, goodbye, twiml
from tonval.surveys.interview import ReplyRejected
from tonval.surveys.reception import Received
from tonval.surveys.turns import PLAYED, AskRecording, DialEnded, HungUp, Recording, Reply, TimedOut, Utterance

log = logging.getLogger(__name__)

DIGEST: Final = re.compile(r"[0-9a-f]{64}")
FOREVER: Final = "public, max-age=31536000, immutable"

SHORTEST: Final = AskRecording().shortest
SOME: Final = timedelta(seconds=1)
"""Stands for a talk whose length nobody told."""


class Carrier(Protocol):
    """What carries the call: fieldwork with its field filled in (``carrier.OfficeCarrier``)."""

    def begin_call(self, call: Call) -> Conducted: ...

    def resume(self, leg_id: str, reply: Reply, turn_no: int) -> Conducted: ...

    def end_leg(self, leg_id: str, cause: str) -> None: ...

    def hung_up(self, ref: str, cause: str) -> None: ...

    def take_in(self, leg_id: str, turn_no: int, length: timedelta, ref: str) -> Recording: ...

    def want(self, ref: str, speech: str | None) -> None: ...

    def taken(self, leg_id: str) -> Taken | None: ...

    def talked(self, leg_id: str) -> None: ...

    def dial_changed(self, dial: str, ref: str, status: str) -> None: ...

    def now(self) -> datetime: ...

    def put_through(self, call: Call) -> Through | None: ...

    def gone_on(self, at: Standing, reply: Reply) -> Received | None: ...

    def said(self, queue: str, language: str, slot: str) -> Utterance: ...


class Prompts(Protocol):
    """What prompts sound like: ``digest`` names the audio of an utterance (SHA-256), ``wav`` gives its bytes.

    ``since`` is when the call began: it keeps the recordings there were then. ``queue`` has recordings of its own.
    """

    def digest(self, survey: str, utterance: Utterance, since: datetime | None, queue: str = "") -> str: ...

    def wav(self, digest: str) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Voice:
    """The webhooks of calls with customers. ``genuine`` tells Twilio's requests from others (``Signature(…).genuine``).

    ``public_url`` has no slash at the end.
    """

    genuine: Genuine
    public_url: str
    carrier: Carrier
    prompts: Prompts
    sounds: Sounds

    def arrive(self) -> Response:
        """A call to a survey number, the end of a ``<Dial>`` of somebody else's, or a customer we called answers."""
        check(self.genuine)
        ref = needed("CallSid")
        if OVER in request.args:
            return self._bridge.over(forms.parted(request.form))
        if forms.gone(request.form) or not forms.talked(request.form):
            return xml(goodbye())
        call = forms.arriving(request.form, request.args)
        try:
            if call.dial:
                self.carrier.dial_changed(call.dial, ref, "in-progress")
            return self._say(self.carrier.begin_call(call), received=self._bridge.could_connect(call))
        except DatabaseAway:
            return self._bridge.instead()

    def go_on(self, leg: str, turn: int) -> Response:
        """What came of turn ``turn``: keys, silence, something spoken, or the end of a talk with an agent."""
        check(self.genuine)
        try:
            for owed in carrying.read(request.args).owed:
                self.carrier.resume(leg, owed.reply, owed.turn)
            if spoken := forms.spoken(request.form):
                return self._spoke(leg, turn, spoken)
            if not request.form.get("Digits") and (parted := forms.parted(request.form)):
                return self._parted(leg, turn, parted)
            return self._replied(leg, turn, forms.reply(request.form))
        except (UnknownLeg, ReplyRejected) as refusal:
            log.info("twilio reply refused leg=%s turn=%d why=%s", leg, turn, refusal)
            return xml(goodbye())
        except DatabaseAway:
            if is_received() and not forms.gone(request.form):
                return self._bridge.on(leg, turn)
            raise

    def sound(self, leg: str, turn: int) -> Response:
        """A recording can be fetched. It may come before its action, after it, or alone: it is the same reply."""
        check(self.genuine)
        spoken = forms.spoken(request.form)
        if spoken and request.form.get("RecordingStatus", "completed") == "completed":
            try:
                self._spoke(leg, turn, spoken)
            except (UnknownLeg, ReplyRejected) as refusal:
                log.info("twilio recording refused leg=%s turn=%d why=%s", leg, turn, refusal)
        return noted()

    def status(self) -> Response:
        """A call has changed its status: its end matters, and of a call we placed every step."""
        check(self.genuine)
        ref, status = request.form.get("CallSid", ""), request.form.get("CallStatus", "")
        call_ended(self.carrier, ref, status)
        if dial := request.args.get("dial"):
            self.carrier.dial_changed(dial, ref, status)
        return noted()

    def audio(self, digest: str) -> Response:
        """The WAV of a prompt, for whoever knows its digest."""
        wav = self.prompts.wav(digest) if DIGEST.fullmatch(digest) else None
        if wav is None:
            abort(Response(status=404))
        response = Response(wav, mimetype="audio/wav", headers={"Cache-Control": FOREVER})
        response.set_etag(digest)
        response.make_conditional(request)
        return response

    def _replied(self, leg: str, turn: int, reply: Reply) -> Response:
        if isinstance(reply, HungUp):
            self.carrier.end_leg(leg, "hangup")
            return xml(goodbye())
        return self._say(self.carrier.resume(leg, reply, turn))

    def _spoke(self, leg: str, turn: int, spoken: Spoken) -> Response:
        """What was spoken is stored before the machine hears of it; what nobody wants is only deleted at Twilio."""
        try:
            speech = self._kept(leg, turn, spoken)
            following = self.carrier.resume(leg, speech or TimedOut(), turn)
        except (UnknownLeg, ReplyRejected):
            self.carrier.want(spoken.ref, None)
            raise
        self.carrier.want(spoken.ref, speech.ref if speech else None)
        if spoken.gone:
            self.carrier.end_leg(leg, "hangup")
            return xml(goodbye())
        return self._say(following)

    def _kept(self, leg: str, turn: int, spoken: Spoken) -> Recording | None:
        long_enough = spoken.length >= SHORTEST
        return self.carrier.take_in(leg, turn, spoken.length, spoken.ref) if long_enough else None

    def _parted(self, leg: str, turn: int, parted: Parted) -> Response:
        """She has talked with an agent, or nobody took the call."""
        taken = self.carrier.taken(leg) if parted.talked else None
        talk = parted.talk or (self.carrier.now() - taken.at if taken else SOME)
        agent = (taken.agent if taken else request.args.get("agent")) if parted.talked else None
        reply = DialEnded(max(talk, SOME) if parted.talked else timedelta(0), agent, parted.left)
        following = self.carrier.resume(leg, reply, turn)
        if taken:
            self.carrier.talked(leg)
        if parted.left:
            self.carrier.end_leg(leg, "hangup")
        return self._say(following)

    @property
    def _bridge(self) -> Bridge:
        return Bridge(self.public_url, self.carrier)

    def _say(self, turn: Conducted, *, received: bool | None = None) -> Response:
        """``received``: whether the caller can be put through; ``None``: as this address says."""
        carries = turn.interview is None and (is_received() if received is None else received)
        at = self._addresses(turn, carrying.carried(turn.queue, turn.says).query if carries else "")
        return xml(twiml(turn, at, lambda said: self._audio_url(turn, said)))

    def _addresses(self, turn: Conducted, carried: str) -> Addresses:
        here = f"{self.public_url}/twilio/voice/{turn.leg}/{turn.turn_no}"
        language = turn.says[-1].language if turn.says else ""
        waiting = f"{self.public_url}/twilio/voice/waiting?{urlencode({'queue': turn.queue, 'language': language})}"
        return Addresses(here, waiting, forms.shown_to_agents(request.form), carried)

    def _audio_url(self, turn: Conducted, said: Utterance) -> str:
        if said.slot.startswith(PLAYED):
            return self.sounds.url(said.slot.removeprefix(PLAYED))
        digest = self.prompts.digest(turn.survey, said, turn.began, turn.queue)
        return f"{self.public_url}/twilio/audio/{digest}.wav"


def voice_blueprint(voice: Voice) -> Blueprint:
    """The routes of calls with customers."""
    pages = Blueprint("twilio_voice", __name__)
    turn = "/twilio/voice/<leg>/<int:turn>"
    for endpoint, address, view in (
        ("arrive", "/twilio/voice", voice.arrive),
        ("status", "/twilio/voice/status", voice.status),
        ("go_on", turn, voice.go_on),
        ("sound", f"{turn}/sound", voice.sound),
    ):
        pages.add_url_rule(address, endpoint, view, methods=["POST"])
    pages.add_url_rule("/twilio/audio/<digest>.wav", "audio", voice.audio, methods=["GET"])
    pages.add_url_rule("/twilio/spoken/<speech>/<seal>.wav", "spoken", voice.sounds.heard, methods=["GET"])
    pages.register_error_handler(Exception, unavailable)
    return pages


class Closing(Protocol):
    """What is told that a call is over."""

    def hung_up(self, ref: str, cause: str) -> None: ...


def call_ended(carrier: Closing, ref: str, status: str) -> None:
    """End the leg of call ``ref`` when ``status`` is a last one. A call that had no survey is none of our business."""
    cause = forms.CAUSES.get(status)
    if cause and ref:
        carrier.hung_up(ref, cause)
