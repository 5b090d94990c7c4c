"""Twilio's part of a telephone call: it posts signed forms, obeys the TwiML strictly, and fetches what it must play."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from twilio.request_validator import RequestValidator

Post = Callable[[str, Mapping[str, str], str], tuple[int, bytes]]
"""Posts a form to a path with a signature; gives the status and the body."""
Get = Callable[[str], tuple[int, bytes]]

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
GATHER = {"input", "action", "method", "numDigits", "finishOnKey", "timeout", "actionOnEmptyResult"}
RECORD = {"action", "method", "maxLength", "timeout", "finishOnKey", "playBeep", "trim", "recordingStatusCallback"}
RECORD |= {"recordingStatusCallbackMethod", "recordingStatusCallbackEvent"}
DIAL = {"action", "method", "timeout", "answerOnBridge", "record", "callerId"}
ENQUEUE = {"action", "method", "waitUrl", "waitUrlMethod"}
CALLED = {"statusCallback", "statusCallbackEvent", "statusCallbackMethod"}


class NotTwiML(AssertionError):
    """The document is nothing Twilio would obey."""


@dataclass(frozen=True, slots=True)
class Gather:
    """Where the keys go, and when there are enough."""

    action: str
    num_digits: int
    finish_on: str
    timeout: int


@dataclass(frozen=True, slots=True)
class Record:
    """Where it goes on after a recording, and who is told that it can be fetched."""

    action: str
    told: str
    longest: int
    silence: int


@dataclass(frozen=True, slots=True)
class Called:
    """One of those who ring: ``kind`` is Number, Sip or Client; ``told`` is told that it has answered."""

    kind: str
    address: str
    told: str | None


@dataclass(frozen=True, slots=True)
class Dial:
    """Who rings for how long, and where it goes on after the talk; ``queue`` where somebody is taken out of one."""

    action: str | None
    timeout: int
    called: tuple[Called, ...]
    caller_id: str | None = None
    queue: str | None = None
    queue_told: str | None = None


@dataclass(frozen=True, slots=True)
class Enqueue:
    """The queue, what is heard in it (``None``: Twilio's own music), and where it goes on."""

    queue: str
    action: str
    waiting: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """What a TwiML document has Twilio do: play, then one thing, or hang up, or neither."""

    plays: tuple[str, ...]
    gather: Gather | None = None
    hangs_up: bool = False
    record: Record | None = None
    dial: Dial | None = None
    enqueue: Enqueue | None = None
    pause: int = 0
    said: str = ""
    """By Twilio's own voice, before it hangs up or while it waits for keys."""


def parse(twiml: bytes) -> Document:
    """Read TwiML strictly: unknown verbs, attributes or text are faults."""
    root = ET.fromstring(twiml)
    if root.tag != "Response" or root.attrib or not twiml.startswith(HEAD):
        raise NotTwiML(twiml.decode())
    verbs = list(root)
    played = [verb for verb in verbs if verb.tag == "Play"]
    rest = verbs[len(played) :]
    match [verb.tag for verb in rest]:
        case ["Gather"] if not played:
            return _asks(rest[0])
        case ["Hangup"] if not rest[0].attrib:
            return Document(_plays(played), hangs_up=True)
        case ["Say", "Hangup"] if set(rest[0].attrib) == {"language"} and not played:
            return Document((), hangs_up=True, said=rest[0].text or "")
        case ["Record", "Redirect"]:
            return Document(_plays(played), record=_record(*rest))
        case ["Dial"]:
            return Document(_plays(played), dial=_dial(rest[0]))
        case ["Enqueue"]:
            return Document(_plays(played), enqueue=_enqueue(rest[0]))
        case ["Pause"] if set(rest[0].attrib) == {"length"}:
            return Document(_plays(played), pause=int(rest[0].attrib["length"]))
        case [] if not played:
            return Document(())
    raise NotTwiML(twiml.decode())


def _asks(verb: ET.Element) -> Document:
    """Keys are asked for by what is played, or by Twilio's own voice."""
    if list(verb) and all(each.tag == "Say" and set(each.attrib) == {"language"} for each in verb):
        return Document((), _gather(verb), said=" ".join(each.text or "" for each in verb))
    return Document(_plays(list(verb)), _gather(verb))


def _gather(verb: ET.Element) -> Gather:
    attributes = verb.attrib
    if set(attributes) != GATHER or attributes["input"] != "dtmf" or attributes["actionOnEmptyResult"] != "true":
        raise NotTwiML(str(attributes))
    return Gather(
        attributes["action"], int(attributes["numDigits"]), attributes["finishOnKey"], int(attributes["timeout"])
    )


def _record(verb: ET.Element, redirect: ET.Element) -> Record:
    told = verb.attrib
    if set(told) != RECORD or told["method"] != "POST" or told["finishOnKey"] != "1234567890*#" or list(verb):
        raise NotTwiML(str(told))
    if redirect.text != told["action"] or redirect.attrib != {"method": "POST"}:
        raise NotTwiML("an empty recording would go astray")
    return Record(told["action"], told["recordingStatusCallback"], int(told["maxLength"]), int(told["timeout"]))


def _dial(verb: ET.Element) -> Dial:
    told = verb.attrib
    if told.get("record") != "do-not-record" or not list(verb) or not set(told) <= DIAL:
        raise NotTwiML(str(told))
    if verb[0].tag == "Queue":
        (queue,) = verb
        if set(queue.attrib) != {"url", "method"} or "action" in told:
            raise NotTwiML(str(queue.attrib))
        return Dial(None, int(told["timeout"]), (), queue=queue.text, queue_told=queue.attrib["url"])
    called = tuple(_called(each) for each in verb)
    if not {"action", "method", "timeout", "answerOnBridge"} <= set(told) or len(called) > 10:
        raise NotTwiML(str(told))
    return Dial(told["action"], int(told["timeout"]), called, told.get("callerId"))


def _called(noun: ET.Element) -> Called:
    told = noun.attrib
    good = noun.tag in ("Number", "Sip", "Client") and noun.text and set(told) in (set(), CALLED)
    if not good or told.get("statusCallbackEvent", "answered") != "answered":
        raise NotTwiML(ET.tostring(noun).decode())
    return Called(noun.tag, noun.text or "", told.get("statusCallback"))


def _enqueue(verb: ET.Element) -> Enqueue:
    told = verb.attrib
    known = set(told) in (ENQUEUE, ENQUEUE - {"waitUrl", "waitUrlMethod"})
    if not known or list(verb) or not verb.text or len(verb.text) > 64:
        raise NotTwiML(str(told))
    return Enqueue(verb.text, told["action"], told.get("waitUrl"))


def _plays(verbs: list[ET.Element]) -> tuple[str, ...]:
    if any(verb.tag != "Play" or verb.attrib or not verb.text for verb in verbs):
        raise NotTwiML(str([ET.tostring(verb) for verb in verbs]))
    return tuple(verb.text or "" for verb in verbs)


@dataclass
class TwilioCall:
    """One call as Twilio runs it. ``heard`` are the addresses played so far, ``answers`` every TwiML received.

    Each webhook is sent ``times`` times, as Twilio does when it doubts that the first was heard: the bytes must be
    the same.
    """

    post: Post
    get: Get
    token: str
    public_url: str
    sid: str
    caller: str = "+46701740606"
    dialled: str = "+46701740605"
    heard: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    times: int = 1
    direction: str = "inbound"
    recordings: int = 0
    _at: Document | None = None

    def ring(self, query: str = "", **fields: str) -> Document:
        """The call arrives, or comes back from the agent with ``DialCallStatus`` among the fields."""
        return self.ask(f"{self.public_url}/twilio/voice{query}", {"Direction": self.direction, **fields})

    def press(self, keys: str) -> Document:
        """The caller presses keys: Twilio keeps what the gather takes and leaves the finishing key out."""
        gather = self._listening()
        digits = keys.split(gather.finish_on)[0] if gather.finish_on else keys
        return self.ask(gather.action, {"Digits": digits[: gather.num_digits]})

    def wait(self) -> Document:
        """The caller keeps silent until the gather, or the recording, gives up."""
        record = self._at.record if self._at else None
        return self.ask(record.action if record else self._listening().action, {})

    def speak(self, seconds: int, key: str = "#") -> Document:
        """The caller speaks after the tone and presses a key; the recording is named after the call."""
        return self.ask(self.recording.action, self.recorded(seconds) | {"Digits": key})

    def hang_up_speaking(self, seconds: int) -> Document:
        """The caller hangs up in the middle of a recording."""
        over = {"Digits": "hangup", "CallStatus": "completed"}
        return self.ask(self.recording.action, self.recorded(seconds) | over)

    def recorded(self, seconds: int) -> dict[str, str]:
        """What Twilio says of a new recording."""
        self.recordings += 1
        sid = recording_sid(self.sid, self.recordings)
        url = f"https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/{sid}"
        return {"RecordingSid": sid, "RecordingUrl": url, "RecordingDuration": str(seconds)}

    def talk(self, seconds: int, **fields: str) -> Document:
        """An agent has taken the call and the talk is over."""
        ended = {"DialCallStatus": "completed", "DialCallDuration": str(seconds), "DialBridged": "true"}
        return self.ask(self.dial.action or "", {**ended, "DialCallSid": "CA" + "d" * 32, **fields})

    def unanswered(self, status: str = "no-answer") -> Document:
        """Nobody has taken the call."""
        return self.ask(self.dial.action or "", {"DialCallStatus": status, "DialBridged": "false"})

    def hang_up(self) -> int:
        """The caller hangs up: Twilio reports the end of the call."""
        return self.send(f"{self.public_url}/twilio/voice/status", {"CallStatus": "completed"})[0]

    @property
    def document(self) -> Document:
        """What is obeyed now."""
        assert self._at, "the call has not come in"
        return self._at

    @property
    def recording(self) -> Record:
        """The recording that goes on."""
        assert self.document.record, "nothing is recorded"
        return self.document.record

    @property
    def dial(self) -> Dial:
        """Whom the caller is connected with."""
        assert self.document.dial, "nobody is called"
        return self.document.dial

    @property
    def enqueue(self) -> Enqueue:
        """The queue the caller waits in."""
        assert self.document.enqueue, "the caller waits in no queue"
        return self.document.enqueue

    def _listening(self) -> Gather:
        gather = self._at.gather if self._at else None
        assert gather, "nobody is listening for keys"
        return gather

    @property
    def over(self) -> bool:
        """Whether the survey has hung up."""
        return self._at is not None and self._at.hangs_up

    def send(self, url: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        """A signed form for this call to ``url``."""
        whole = {"CallSid": self.sid, "From": self.caller, "To": self.dialled, "CallStatus": "in-progress", **form}
        address = url.partition("#")[0]
        signature = RequestValidator(self.token).compute_signature(address, whole)
        return self.post(address.removeprefix(self.public_url), whole, signature)

    def look(self, url: str, form: Mapping[str, str]) -> Document:
        """A signed form, and the document that answers it; what was obeyed before goes on."""
        answers = {self.send(url, form) for _ in range(self.times)}
        assert len(answers) == 1, "a webhook that came again was answered otherwise"
        ((status, twiml),) = answers
        assert status == 200, f"Twilio plays an application error: {status}"
        self.answers.append(twiml)
        document = parse(twiml)
        for address in document.plays:
            self._fetch(address)
        return document

    def ask(self, url: str, form: Mapping[str, str]) -> Document:
        """A signed form, whose answer is obeyed from now on."""
        self._at = self.look(url, form)
        return self._at

    def _fetch(self, address: str) -> None:
        status, wav = self.get(urlsplit(address).path)
        assert (status, wav[:4]) == (200, b"RIFF"), f"Twilio cannot play {address}: {status}"
        self.heard.append(address)


def recording_sid(call: str, number: int) -> str:
    """The name of a call's recording, from 1 on."""
    return f"RE{number:04x}{call.encode().hex()[-28:]:0>28}"
