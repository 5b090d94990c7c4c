"""The field office as the voice webhooks see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tonval.fieldwork import conduct
from tonval.fieldwork.calls import hang_ups, sounds, taking
from tonval.fieldwork.calls.taking import Taken
from tonval.fieldwork.centre import Queue
from tonval.fieldwork.conduct import Call, Conducted
from tonval.fieldwork.field import Field
from tonval.ivr.twilio import dialler
from tonval.surveys.reception import Terms, waiting
from tonval.surveys.turns import Recording, Reply, Utterance


@dataclass(frozen=True, slots=True)
class OfficeCarrier:
    """Fieldwork with its field filled in."""

    office: Field

    def begin_call(self, call: Call) -> Conducted:
        """See ``conduct.begin_call``."""
        return conduct.begin_call(self.office, call)

    def resume(self, leg_id: str, reply: Reply, turn_no: int) -> Conducted:
        """See ``conduct.resume``."""
        return conduct.resume(self.office, leg_id, reply, turn_no)

    def end_leg(self, leg_id: str, cause: str) -> None:
        """See ``conduct.end_leg``."""
        conduct.end_leg(self.office, leg_id, cause)

    def leg_of(self, provider: str, ref: str) -> str | None:
        """See ``conduct.leg_of``."""
        return conduct.leg_of(self.office, provider, ref)

    def hung_up(self, ref: str, cause: str) -> None:
        """See ``hang_ups.note``."""
        hang_ups.note(self.office, dialler.PROVIDER, ref, cause)

    def take_in(self, leg_id: str, turn_no: int, length: timedelta, ref: str) -> Recording:
        """See ``sounds.take_in``."""
        return sounds.take_in(self.office, leg_id, turn_no, length, ref)

    def want(self, ref: str, speech: str | None) -> None:
        """See ``sounds.want``."""
        sounds.want(self.office, ref, speech)

    def took(self, leg_id: str, agent: str) -> None:
        """See ``taking.took``."""
        taking.took(self.office, leg_id, agent)

    def taken(self, leg_id: str) -> Taken | None:
        """See ``taking.taken``."""
        return taking.taken(self.office, leg_id)

    def talked(self, leg_id: str) -> None:
        """See ``taking.talked``."""
        taking.talked(self.office, leg_id)

    def queue(self, name: str) -> Queue | None:
        """The queue of that name."""
        return self.office.centre.queues.get(name)

    def waiting(self, queue: str, language: str) -> Utterance:
        """What callers in this queue hear."""
        found = self.queue(queue)
        terms = found.reception if found and found.reception else Terms()
        return waiting(terms, language, {"brand": self.office.centre.brand})

    def dial_changed(self, dial: str, ref: str, status: str) -> None:
        """See ``dialler.changed``."""
        dialler.changed(self.office, dial, ref, status)

    def now(self) -> datetime:
        """The time."""
        return self.office.now()
