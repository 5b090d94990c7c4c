"""What a call hears while the database is away: who calls for an agent is put through, everybody else is let go kindly.

Nothing is stored, so the addresses carry what must be known of who is being received, and what she has pressed:
``carrying``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from flask import Response, request

from tonval.fieldwork.calls.outages import Standing, Through
from tonval.fieldwork.conduct import Call
from tonval.ivr.twilio import carrying, forms
from tonval.ivr.twilio.carrying import Carried
from tonval.ivr.twilio.forms import Parted
from tonval.ivr.twilio.replying import xml
from tonval.ivr.twilio.twiml import Addresses, ask, goodbye, say, twiml
from tonval.surveys.reception import Received
from tonval.surveys.turns import AskDigits, Dial, Line, Reply, Utterance

log = logging.getLogger(__name__)

OVER: Final = "through"
"""Marks the address that is told of the end of a talk we know nothing else of."""


class Memory(Protocol):
    """What is known without the database (``carrier.OfficeCarrier``)."""

    def put_through(self, call: Call) -> Through | None: ...

    def gone_on(self, at: Standing, reply: Reply) -> Received | None: ...

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

    def on(self, leg: str, turn: int) -> Response:
        """The answer to a webhook of a reception's turn: it goes on, and what she pressed is carried along."""
        told, reply = carrying.read(request.args), forms.reply(request.form)
        at = told.standing(turn)
        received = self.memory.gone_on(at, reply) if at else None
        if received is None or received.wait is None:
            return self.instead()
        log.warning("the database is away: what was pressed is carried along leg=%s turn=%d", leg, turn)
        here = f"{self.public_url}/twilio/voice/{leg}/{turn + 1}"
        return _going_on(received, received.wait, here, told.after(turn, reply, received))

    def over(self, parted: Parted | None) -> Response:
        """She has talked with an agent, or nobody took her."""
        if forms.gone(request.form):
            return xml(goodbye())
        return self._say("goodbye" if parted and parted.talked else "unavailable")

    def _connect(self, through: Through) -> Response:
        about = Carried(through.queue, through.says[0].language if through.says else "")
        after = f"{self.public_url}/twilio/voice?{OVER}=1&{about.query}"
        lines = tuple(Line(line.address) for line in through.wait.lines)  # nobody writes down who has answered
        return _dial(replace(through.wait, lines=lines), Addresses(after, caller_id=_shown()))

    def _say(self, slot: str) -> Response:
        asked: Mapping[str, str] = request.args
        return xml(say(self.memory.said(asked.get("queue", ""), asked.get("language", ""), slot)))


def is_received() -> bool:
    """Whether this is the address of a reception's turn that carries its queue."""
    return "queue" in request.args


def _going_on(received: Received, wait: AskDigits | Dial, here: str, carries: Carried) -> Response:
    at = Addresses(here, caller_id=_shown(), about=carries.query)
    return _dial(wait, at) if isinstance(wait, Dial) else xml(ask(received.says, wait, at))


def _dial(wait: Dial, at: Addresses) -> Response:
    return xml(twiml(Unwritten((), wait), at, lambda said: ""))


def _shown() -> str | None:
    return forms.shown_to_agents(request.form)
