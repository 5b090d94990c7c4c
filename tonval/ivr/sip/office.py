"""Fieldwork as a SIP node takes it: each verb of ``Carrier`` with its field filled in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from tonval.fieldwork import conduct
from tonval.fieldwork.calls import dialling, outages, speeches
from tonval.fieldwork.calls.dialling import ToDial
from tonval.fieldwork.calls.outages import Through
from tonval.fieldwork.centre import Sip
from tonval.fieldwork.conduct import Call, Conducted
from tonval.fieldwork.field import Field
from tonval.fieldwork.settings.providers import providers
from tonval.fieldwork.voice import prompts
from tonval.fieldwork.voice.prompts import Spoken
from tonval.ivr.outage import tells
from tonval.surveys.interview import Interview
from tonval.surveys.questionnaire import Form
from tonval.surveys.reception import Reception
from tonval.surveys.turns import Recording, Reply, Utterance

_SIP, _TRUNK = "sip", "trunk"


@dataclass(frozen=True, slots=True)
class SipCarrier:
    """See ``Carrier``, and each function for what it does."""

    office: Field

    @tells
    def begin_call(self, call: Call) -> Conducted:
        """See ``conduct.begin_call``. Raises ``DatabaseAway``."""
        self.office.renew(at_once=not self.office.centre.expects(call.queue, call.dialled))
        return conduct.begin_call(replace(self.office), call)  # others may exchange the centre while it begins

    @tells
    def resume(self, leg: str, reply: Reply, turn_no: int) -> Conducted:
        """See ``conduct.resume``. Raises ``DatabaseAway``."""
        return conduct.resume(self.office, leg, reply, turn_no)

    @tells
    def end_leg(self, leg: str, cause: str) -> None:
        """See ``conduct.end_leg``. Raises ``DatabaseAway``."""
        conduct.end_leg(self.office, leg, cause)

    @tells
    def interview_of(self, interview: str) -> tuple[Form, Interview]:
        """See ``conduct.interview_of``. Raises ``DatabaseAway``."""
        return conduct.interview_of(self.office, interview)

    @tells
    def reception_of(self, leg: str) -> Reception | None:
        """See ``outages.reception_of``. Raises ``DatabaseAway``."""
        return outages.reception_of(self.office, leg)

    def put_through(self, call: Call) -> Through | None:
        """See ``outages.put_through``."""
        return outages.put_through(replace(self.office), call)

    @tells
    def end_lost_legs(self, node: str) -> int:
        """See ``conduct.end_lost_legs``. Raises ``DatabaseAway``."""
        return conduct.end_lost_legs(self.office, node)

    @tells
    def audio_for(self, survey: str, utterance: Utterance, queue: str = "") -> Spoken:
        """See ``prompts.audio_for``. Raises ``DatabaseAway``."""
        return prompts.audio_for(self.office, survey, utterance, queue)

    @tells
    def take_in(self, leg: str, turn_no: int, length: timedelta, wav: bytes) -> Recording:
        """See ``speeches.take_in``. Raises ``DatabaseAway``."""
        return speeches.take_in(self.office, leg, turn_no, length, wav=wav)

    @tells
    def sip(self) -> Sip:
        """The peers and the trunk as they are set up now. Raises ``DatabaseAway``."""
        self.office.renew()
        return self.office.centre.sip

    @tells
    def trunk_password(self) -> str:
        """What was typed under Providers. Raises ``DatabaseAway``."""
        with self.office.unit.read() as tx:
            trunk = providers(tx).get(_TRUNK)
        return trunk.values.get("password", "") if trunk else ""

    def country(self) -> str:
        """The centre's."""
        return self.office.centre.country

    @tells
    def due_calls(self, limit: int) -> list[ToDial]:
        """See ``dialling.claim``. Raises ``DatabaseAway``."""
        return dialling.claim(replace(self.office), _SIP, limit)

    @tells
    def placed(self, dial: str, ref: str) -> None:
        """See ``dialling.placed``. Raises ``DatabaseAway``."""
        dialling.placed(self.office, dial, ref)

    @tells
    def dial_ended(self, dial: str, cause: str, why: str | None) -> None:
        """See ``dialling.ended``. Raises ``DatabaseAway``."""
        dialling.ended(self.office, dial, cause, why)

    @tells
    def put_back(self, dial: str, wait: timedelta, why: str) -> None:
        """See ``dialling.put_back``. Raises ``DatabaseAway``."""
        dialling.put_back(self.office, dial, wait, why)
