"""Callers who wait in a queue at Twilio, and agents who take them out of it from their own telephones."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from tonval.fieldwork.centre import Queue
from tonval.ivr.outage import DatabaseAway
from tonval.ivr.twilio.replying import Genuine, check, needed, noted, unavailable, xml
from tonval.ivr.twilio.signature import RETRY
from tonval.ivr.twilio.twiml import goodbye, silence, take, waiting
from tonval.ivr.twilio.webhooks import Prompts
from tonval.surveys.turns import Line, Utterance

log = logging.getLogger(__name__)


class Queues(Protocol):
    """Our queues, and who has taken a caller: fieldwork with its field filled in (``carrier.OfficeCarrier``)."""

    def queue(self, name: str) -> Queue | None: ...

    def said(self, queue: str, language: str, slot: str) -> Utterance: ...

    def leg_of(self, provider: str, ref: str) -> str | None: ...

    def took(self, leg_id: str, agent: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Queueing:
    """The webhooks of the queues and of the agents' side. ``public_url`` has no slash at the end."""

    genuine: Genuine
    public_url: str
    queues: Queues
    prompts: Prompts

    def wait(self) -> Response:
        """What a waiting caller hears, over and over; the address says in which queue and language."""
        check(self.genuine)
        queue, language = request.args.get("queue", ""), request.args.get("language", "")
        found = self.queues.queue(queue)
        said = self.queues.said(queue, language, "waiting")
        try:
            digest = self.prompts.digest(found.survey if found else "", said, None, queue)
        except DatabaseAway:
            return xml(waiting(()))  # she keeps her place, in peace
        return xml(waiting((f"{self.public_url}/twilio/audio/{digest}.wav",)))

    def take(self, queue: str) -> Response:
        """An agent calls for the next caller: only from a line that ``connect`` names is she let in."""
        check(self.genuine)
        found = self.queues.queue(queue)
        terms = found.reception if found else None
        line = next((each for each in terms.lines if _is_from(each, needed("From"))), None) if terms else None
        if terms is None or line is None or not terms.queue:
            return xml(goodbye())
        agent = urlencode({"agent": line.agent or ""})
        return xml(take(terms.queue, f"{self.public_url}/twilio/voice/taken?{agent}{RETRY}"))

    def taken(self) -> Response:
        """The caller (``CallSid``) is about to talk with the agent whom the address names, written down or not."""
        check(self.genuine)
        ref = needed("CallSid")
        try:
            self._note(ref)
        except DatabaseAway:
            log.warning("the database is away: nobody knows who talks call=%s", ref)
        return xml(silence())

    def answered(self, leg: str, turn: int) -> Response:
        """One of several lines has picked up."""
        check(self.genuine)
        del turn
        if agent := request.args.get("agent"):
            self.queues.took(leg, agent)
        return noted()

    def _note(self, ref: str) -> None:
        leg, agent = self.queues.leg_of("twilio", ref), request.args.get("agent")
        if leg and agent:
            self.queues.took(leg, agent)


def queueing_blueprint(queueing: Queueing) -> Blueprint:
    """The routes of the queues."""
    pages = Blueprint("twilio_queueing", __name__)
    for endpoint, address, view in (
        ("wait", "/twilio/voice/waiting", queueing.wait),
        ("take", "/twilio/voice/take/<queue>", queueing.take),
        ("taken", "/twilio/voice/taken", queueing.taken),
        ("answered", "/twilio/voice/<leg>/<int:turn>/answered", queueing.answered),
    ):
        pages.add_url_rule(address, endpoint, view, methods=["POST"])
    pages.register_error_handler(Exception, unavailable)
    return pages


def _is_from(line: Line, caller: str) -> bool:
    """Whether the caller is this line: the same number, or the same SIP address but for its parameters."""
    return bool(caller) and _plain(line.address) == _plain(caller)


def _plain(address: str) -> str:
    return address.partition(";")[0].lower()
