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

GATHER = {"input", "action", "method", "numDigits", "finishOnKey", "timeout", "actionOnEmptyResult"}


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
class Document:
    """What a TwiML document has Twilio do: play, then gather or hang up."""

    plays: tuple[str, ...]
    gather: Gather | None
    hangs_up: bool


def parse(twiml: bytes) -> Document:
    """Read TwiML strictly: unknown verbs, attributes or text are faults."""
    root = ET.fromstring(twiml)
    if root.tag != "Response" or root.attrib or not twiml.startswith(b'<?xml version="1.0" encoding="UTF-8"?>'):
        raise NotTwiML(twiml.decode())
    verbs = list(root)
    tags = [verb.tag for verb in verbs]
    if tags == ["Gather"]:
        return Document(_plays(list(verbs[0])), _gather(verbs[0]), hangs_up=False)
    if tags and set(tags[:-1]) <= {"Play"} and tags[-1] == "Hangup" and not verbs[-1].attrib:
        return Document(_plays(verbs[:-1]), None, hangs_up=True)
    raise NotTwiML(twiml.decode())


def _gather(verb: ET.Element) -> Gather:
    attributes = verb.attrib
    if set(attributes) != GATHER or attributes["input"] != "dtmf" or attributes["actionOnEmptyResult"] != "true":
        raise NotTwiML(str(attributes))
    return Gather(
        attributes["action"], int(attributes["numDigits"]), attributes["finishOnKey"], int(attributes["timeout"])
    )


def _plays(verbs: list[ET.Element]) -> tuple[str, ...]:
    if any(verb.tag != "Play" or verb.attrib or not verb.text for verb in verbs):
        raise NotTwiML(str([ET.tostring(verb) for verb in verbs]))
    return tuple(verb.text or "" for verb in verbs)


@dataclass
class TwilioCall:
    """One call as Twilio runs it. ``heard`` are the addresses played so far, ``answers`` every TwiML received."""

    post: Post
    get: Get
    token: str
    public_url: str
    sid: str
    caller: str = "+46701740606"
    dialled: str = "+46701740605"
    heard: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    _at: Document | None = None

    def ring(self, query: str = "", **fields: str) -> Document:
        """The call arrives, or comes back from the agent with ``DialCallStatus`` among the fields."""
        return self._obey(f"{self.public_url}/twilio/voice{query}", {"Direction": "inbound", **fields})

    def press(self, keys: str) -> Document:
        """The caller presses keys: Twilio keeps what the gather takes and leaves the finishing key out."""
        gather = self._listening()
        digits = keys.split(gather.finish_on)[0] if gather.finish_on else keys
        return self._obey(gather.action, {"Digits": digits[: gather.num_digits]})

    def wait(self) -> Document:
        """The caller keeps silent until the gather gives up."""
        return self._obey(self._listening().action, {})

    def hang_up(self) -> int:
        """The caller hangs up: Twilio reports the end of the call."""
        return self.send(f"{self.public_url}/twilio/voice/status", {"CallStatus": "completed"})[0]

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

    def _obey(self, url: str, form: Mapping[str, str]) -> Document:
        status, twiml = self.send(url, form)
        assert status == 200, f"Twilio plays an application error: {status}"
        self.answers.append(twiml)
        self._at = parse(twiml)
        for address in self._at.plays:
            self._fetch(address)
        return self._at

    def _fetch(self, address: str) -> None:
        status, wav = self.get(urlsplit(address).path)
        assert (status, wav[:4]) == (200, b"RIFF"), f"Twilio cannot play {address}: {status}"
        self.heard.append(address)
