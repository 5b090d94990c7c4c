"""What a call hears while the database is away: who calls for an agent is put through, everybody else is let go kindly.

Nothing is stored, so the addresses carry what must be known: the queue and the language of who is being received.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol
from urllib.parse import urlencode

from flask import Response, request

from tonval.fieldwork.calls.outages import Through
from tonval.fieldwork.conduct import Call
from tonval.ivr.twilio import forms
from tonval.ivr.twilio.forms import Parted
from tonval.ivr.twilio.replying import xml
from tonval.ivr.twilio.twiml import Addresses, goodbye, say, twiml
from tonval.surveys.turns import Dial, Line, Utterance

log = logging.getLogger(__name__)

OVER: Final = "through"
"""Marks the address that is told of the end of a talk we know nothing else of."""


class Memory(Protocol):
    """What is known without the database (``carrier.OfficeCarrier``)."""

    def put_through(self, call: Call) -> Through | None: ...

    def said(self, queue: str, language: str, slot: str) -> Utterance: ...


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A turn that nobody stores."""

    says: tuple[Utterance, ...]
    wait: Dial


@dataclass(frozen=True, slots=True)
class Bridge:
    """Answers in place of a turn. ``public_url`` has no slash at the end."""

    public_url: str
    memory: Memory

    def could_connect(self, call: Call) -> bool:
        """Whether the caller could be put through: then the addresses of her reception carry what that takes."""
        return self.memory.put_through(call) is not None

    def instead(self) -> Response:
        """The answer to a webhook of a call that is being received, or begins."""
        parted = forms.parted(request.form)
        if forms.gone(request.form):
            return xml(goodbye())
        if parted is not None and not request.form.get("Digits"):
            return self.over(parted)
        call = forms.arriving(request.form, request.args)
        through = self.memory.put_through(call)
        if through is not None:
            log.warning("the database is away: connecting without a survey call=%s queue=%s", call.ref, through.queue)
            return self._connect(through)
        log.warning("the database is away: saying goodbye call=%s", call.ref)
        return xml(goodbye()) if call.dial else self._say("goodbye")

    def over(self, parted: Parted | None) -> Response:
        """She has talked with an agent, or nobody took her."""
        if forms.gone(request.form):
            return xml(goodbye())
        return self._say("goodbye" if parted and parted.talked else "unavailable")

    def _connect(self, through: Through) -> Response:
        after = f"{self.public_url}/twilio/voice?{OVER}=1&{about(through.queue, through.says)}"
        lines = tuple(Line(line.address) for line in through.wait.lines)  # nobody writes down who has answered
        unwritten = Unwritten((), replace(through.wait, lines=lines))
        at = Addresses(after, caller_id=forms.shown_to_agents(request.form))
        return xml(twiml(unwritten, at, lambda said: ""))

    def _say(self, slot: str) -> Response:
        asked: Mapping[str, str] = request.args
        return xml(say(self.memory.said(asked.get("queue", ""), asked.get("language", ""), slot)))


def is_received() -> bool:
    """Whether this is the address of a reception's turn that carries its queue."""
    return "queue" in request.args


def about(queue: str, says: Sequence[Utterance]) -> str:
    """What an address carries, as a query: the queue, and the language she is spoken to in."""
    return urlencode({"queue": queue, "language": says[0].language if says else ""})
