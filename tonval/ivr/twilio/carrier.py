"""The field office as the voice webhooks see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tonval.fieldwork import conduct
from tonval.fieldwork.calls import hang_ups, outages, sounds, taking
from tonval.fieldwork.calls.outages import Standing, Through
from tonval.fieldwork.calls.taking import Taken
from tonval.fieldwork.centre import Queue
from tonval.fieldwork.conduct import Call, Conducted
from tonval.fieldwork.field import Field
from tonval.ivr.outage import tells
from tonval.ivr.twilio import dialler
from tonval.surveys.reception import Received, Terms, said
from tonval.surveys.turns import Recording, Reply, Utterance


@dataclass(frozen=True, slots=True)
class OfficeCarrier:
    """Fieldwork with its field filled in; what needs the database raises ``DatabaseAway`` where it is away."""

    office: Field

    @tells
    def begin_call(self, call: Call) -> Conducted:
        """See ``conduct.begin_call``."""
        return conduct.begin_call(self.office, call)

    @tells
    def resume(self, leg_id: str, reply: Reply, turn_no: int) -> Conducted:
        """See ``conduct.resume``."""
        return conduct.resume(self.office, leg_id, reply, turn_no)

    @tells
    def end_leg(self, leg_id: str, cause: str) -> None:
        """See ``conduct.end_leg``."""
        conduct.end_leg(self.office, leg_id, cause)

    @tells
    def leg_of(self, provider: str, ref: str) -> str | None:
        """See ``conduct.leg_of``."""
        return conduct.leg_of(self.office, provider, ref)

    @tells
    def hung_up(self, ref: str, cause: str) -> None:
        """See ``hang_ups.note``."""
        hang_ups.note(self.office, dialler.PROVIDER, ref, cause)

    @tells
    def take_in(self, leg_id: str, turn_no: int, length: timedelta, ref: str) -> Recording:
        """See ``sounds.take_in``."""
        return sounds.take_in(self.office, leg_id, turn_no, length, ref)

    @tells
    def want(self, ref: str, speech: str | None) -> None:
        """See ``sounds.want``."""
        sounds.want(self.office, ref, speech)

    @tells
    def took(self, leg_id: str, agent: str) -> None:
        """See ``taking.took``."""
        taking.took(self.office, leg_id, agent)

    @tells
    def taken(self, leg_id: str) -> Taken | None:
        """See ``taking.taken``."""
        return taking.taken(self.office, leg_id)

    @tells
    def talked(self, leg_id: str) -> None:
        """See ``taking.talked``."""
        taking.talked(self.office, leg_id)

    def queue(self, name: str) -> Queue | None:
        """The queue of that name."""
        return self.office.centre.queues.get(name)

    def said(self, queue: str, language: str, slot: str) -> Utterance:
        """What callers of this queue hear in this slot of its reception."""
        found = self.queue(queue)
        terms = found.reception if found and found.reception else Terms()
        return said(terms, slot, language, {"brand": self.office.centre.brand})

    def put_through(self, call: Call) -> Through | None:
        """See ``outages.put_through``."""
        return outages.put_through(self.office, call)

    def gone_on(self, at: Standing, reply: Reply) -> Received | None:
        """See ``outages.gone_on``."""
        return outages.gone_on(self.office, at, reply)

    @tells
    def dial_changed(self, dial: str, ref: str, status: str) -> None:
        """See ``dialler.changed``."""
        dialler.changed(self.office, dial, ref, status)

    def now(self) -> datetime:
        """The time."""
        return self.office.now()
