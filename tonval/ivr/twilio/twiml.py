"""A turn in Twilio's own words. Pure: the same turn always gives the same bytes.

Source: https://www.twilio.com/docs/voice/twiml/gather and …/play, …/hangup, …/record, …/dial, …/enqueue, …/queue.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Final, Protocol
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from twilio.twiml import TwiML
from twilio.twiml.voice_response import Dial as DialVerb
from twilio.twiml.voice_response import Gather, VoiceResponse

from tonval.ivr.twilio.signature import RETRY
from tonval.surveys.turns import AskDigits, AskRecording, Dial, Hearing, Line, Utterance

AudioUrl = Callable[[Utterance], str]

ANY_KEY: Final = "1234567890*#"
PAUSE: Final = timedelta(seconds=20)
"""Silence between two times that a caller in a queue is spoken to."""

AGENT_WAITS: Final = timedelta(minutes=10)
"""How long an agent who wants the next caller of an empty queue is kept on the line."""

_HERE: Final = "{action}"
"""Stands for the address of the next turn, the one thing in which two calls' documents nearly always differ."""


SPOKEN_AS: Final[Mapping[str, str]] = {
    "sv": "sv-SE",
    "en": "en-GB",
    "es": "es-ES",
    "fi": "fi-FI",
    "no": "nb-NO",
    "da": "da-DK",
    "de": "de-DE",
    "fr": "fr-FR",
}
"""Languages that every account of Twilio's can speak: https://www.twilio.com/docs/voice/twiml/say#attributes-language."""


class Speaks(Protocol):
    """What TwiML is made from: what to say, then what to wait for (``None``: hang up)."""

    @property
    def says(self) -> tuple[Utterance, ...]: ...

    @property
    def wait(self) -> Hearing | None: ...


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Twilio goes on: ``turn`` is the address of this turn of the call, and what belongs to it lies below.

    ``about`` is carried on where it is not empty, as a query. ``waiting`` is what callers in a queue hear, Twilio's own
    music where it is empty; ``caller_id`` the number that an agent sees (``None``: the caller's).
    """

    turn: str
    waiting: str = ""
    caller_id: str | None = None
    about: str = ""

    @property
    def action(self) -> str:
        """Where the reply to this turn goes."""
        return f"{self.turn}?{self.about}{RETRY}" if self.about else self.turn + RETRY

    @property
    def sound(self) -> str:
        """Told when a recording of this turn can be fetched."""
        return f"{self.turn}/sound{RETRY}"

    def talked(self, lines: tuple[Line, ...]) -> str:
        """Where the call goes on after the agent; it names her where only she can have answered."""
        agents = {line.agent for line in lines}
        (agent,) = agents if len(agents) == 1 else (None,)
        about = "&".join(filter(None, (urlencode({"agent": agent}) if agent else "", self.about)))
        return replace(self, about=about).action

    def answered(self, agent: str) -> str:
        """Told when this agent has picked up."""
        return f"{self.turn}/answered?{urlencode({'agent': agent})}{RETRY}"


def twiml(turn: Speaks, at: Addresses, audio_url: AudioUrl) -> str:
    """The turn as a TwiML document. ``audio_url`` says where a prompt is fetched."""
    played = tuple(audio_url(utterance) for utterance in turn.says)
    match turn.wait:
        case AskRecording() as wait:
            return _record(played, wait, at)
        case Dial() as wait:
            return _enqueue(played, wait, at) if wait.queue else _dial(played, wait, at)
        case wait:
            return _document(played, wait).replace(_HERE, escape(at.action, {'"': "&quot;"}), 1)


@lru_cache(maxsize=1024)
def _document(played: tuple[str, ...], wait: AskDigits | None) -> str:
    """The document with ``_HERE`` in place of the action."""
    response = VoiceResponse()
    if wait is None:
        _play(response, played)
        response.hangup()
    else:
        gather = _gather(wait, _HERE)
        _play(gather, played)
        response.append(gather)
    return str(response)


def goodbye() -> str:
    """Hang up without a word: there is nothing to ask."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def say(said: Utterance) -> str:
    """The words by Twilio's own voice, which needs nothing of ours, then goodbye."""
    response = VoiceResponse()
    _speak(response, (said,))
    response.hangup()
    return str(response)


def ask(says: tuple[Utterance, ...], wait: AskDigits, at: Addresses) -> str:
    """Ask for a key by Twilio's own voice, which needs nothing of ours."""
    response, gather = VoiceResponse(), _gather(wait, at.action)
    _speak(gather, says)
    response.append(gather)
    return str(response)


def silence() -> str:
    """Nothing is said to either side, and the call goes on as it was about to."""
    return str(VoiceResponse())


def waiting(played: tuple[str, ...]) -> str:
    """What a caller in a queue hears, nothing where we have nothing; Twilio asks for it again when it is over."""
    response = VoiceResponse()
    _play(response, played)
    response.pause(length=_seconds(PAUSE))
    return str(response)


def take(queue: str, taken_url: str) -> str:
    """Connect an agent with the first caller of a queue. ``taken_url`` is told of the caller before they talk."""
    response = VoiceResponse()
    dial = DialVerb(timeout=_seconds(AGENT_WAITS), record="do-not-record")
    dial.queue(queue, url=taken_url, method="POST")
    response.append(dial)
    return str(response)


def _gather(wait: AskDigits, action: str) -> Gather:
    """Keys end the wait and barge in on the prompts; silence posts to the action too (``actionOnEmptyResult``).

    Twilio has one time-out for the first key and for the pause between keys: the longer of the two is used.
    """
    return Gather(
        input="dtmf",
        action=action,
        method="POST",
        num_digits=wait.max_digits,
        finish_on_key=wait.finish_on,
        timeout=_seconds(max(wait.timeout, wait.pause)),
        action_on_empty_result=True,
    )


def _record(played: tuple[str, ...], wait: AskRecording, at: Addresses) -> str:
    """Twilio asks no action about an empty recording, it goes on with the next verb: the same address, by redirect."""
    response = VoiceResponse()
    _play(response, played)
    response.record(
        action=at.action,
        method="POST",
        max_length=_seconds(wait.longest),
        timeout=_seconds(wait.silence),
        finish_on_key=ANY_KEY,
        play_beep=True,
        trim="trim-silence",
        recording_status_callback=at.sound,
        recording_status_callback_method="POST",
        recording_status_callback_event="completed",
    )
    response.redirect(at.action, method="POST")
    return str(response)


def _dial(played: tuple[str, ...], wait: Dial, at: Addresses) -> str:
    """The lines ring at once; whoever answers first talks, unrecorded, until one of the two hangs up."""
    response = VoiceResponse()
    _play(response, played)
    dial = DialVerb(
        action=at.talked(wait.lines),
        method="POST",
        timeout=_seconds(wait.ring),
        answer_on_bridge=True,
        record="do-not-record",
        caller_id=at.caller_id,
    )
    for line in wait.lines:
        _ring(dial, line, at)
    response.append(dial)
    return str(response)


def _ring(dial: DialVerb, line: Line, at: Addresses) -> None:
    told = {}
    if line.agent:
        told = {
            "status_callback": at.answered(line.agent),
            "status_callback_event": "answered",
            "status_callback_method": "POST",
        }
    scheme, _, name = line.address.partition(":")
    if scheme in ("sip", "sips"):
        dial.sip(line.address, **told)
    elif scheme == "client":
        dial.client(name, **told)
    else:
        dial.number(line.address, **told)


def _enqueue(played: tuple[str, ...], wait: Dial, at: Addresses) -> str:
    response = VoiceResponse()
    _play(response, played)
    music = {"wait_url": at.waiting, "wait_url_method": "POST"} if at.waiting else {}
    response.enqueue(wait.queue, action=at.action, method="POST", **music)
    return str(response)


def _play(into: TwiML, played: tuple[str, ...]) -> None:
    for address in played:
        into.play(address)


def _speak(into: VoiceResponse | Gather, says: tuple[Utterance, ...]) -> None:
    for said in says:
        into.say(said.text, language=SPOKEN_AS.get(said.language, SPOKEN_AS["en"]))


def _seconds(length: timedelta) -> int:
    return math.ceil(length.total_seconds())
