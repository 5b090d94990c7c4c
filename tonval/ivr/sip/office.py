"""Fieldwork as a SIP node takes it: each verb of ``Carrier`` with its field filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError

from tonval.fieldwork import conduct
from tonval.fieldwork.calls import dialling, speeches
from tonval.fieldwork.calls.dialling import ToDial
from tonval.fieldwork.centre import Sip
from tonval.fieldwork.conduct import Call, Conducted
from tonval.fieldwork.field import Field
from tonval.fieldwork.voice import prompts
from tonval.fieldwork.voice.prompts import Spoken
from tonval.ivr.sip.carrier import DatabaseAway
from tonval.surveys.interview import Interview
from tonval.surveys.questionnaire import Form
from tonval.surveys.turns import Recording, Reply, Utterance

_SIP: Final = "sip"

P = ParamSpec("P")
T = TypeVar("T")


def _tells(verb: Callable[P, T]) -> Callable[P, T]:
    """A database that cannot be reached is told of as ``DatabaseAway``: the node goes on with its calls."""

    def tell(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return verb(*arguments, **named)
        except OperationalError as error:
            raise DatabaseAway(str(error.orig)) from error

    return tell


@dataclass(frozen=True, slots=True)
class SipCarrier:
    """See ``Carrier``, and each function for what it does."""

    office: Field

    @_tells
    def begin_call(self, call: Call) -> Conducted:
        """See ``conduct.begin_call``. Raises ``DatabaseAway``."""
        self.office.renew(at_once=not self.office.centre.expects(call.queue, call.dialled))
        return conduct.begin_call(replace(self.office), call)  # others may exchange the centre while it begins

    @_tells
    def resume(self, leg: str, reply: Reply, turn_no: int) -> Conducted:
        """See ``conduct.resume``. Raises ``DatabaseAway``."""
        return conduct.resume(self.office, leg, reply, turn_no)

    @_tells
    def end_leg(self, leg: str, cause: str) -> None:
        """See ``conduct.end_leg``. Raises ``DatabaseAway``."""
        conduct.end_leg(self.office, leg, cause)

    @_tells
    def interview_of(self, interview: str) -> tuple[Form, Interview]:
        """See ``conduct.interview_of``. Raises ``DatabaseAway``."""
        return conduct.interview_of(self.office, interview)

    @_tells
    def end_lost_legs(self, node: str) -> int:
        """See ``conduct.end_lost_legs``. Raises ``DatabaseAway``."""
        return conduct.end_lost_legs(self.office, node)

    @_tells
    def audio_for(self, survey: str, utterance: Utterance, queue: str = "") -> Spoken:
        """See ``prompts.audio_for``. Raises ``DatabaseAway``."""
        return prompts.audio_for(self.office, survey, utterance, queue)

    @_tells
    def take_in(self, leg: str, turn_no: int, length: timedelta, wav: bytes) -> Recording:
        """See ``speeches.take_in``. Raises ``DatabaseAway``."""
        return speeches.take_in(self.office, leg, turn_no, length, wav=wav)

    @_tells
    def sip(self) -> Sip:
        """The peers and the trunk as they are set up now. Raises ``DatabaseAway``."""
        self.office.renew()
        return self.office.centre.sip

    @_tells
    def due_calls(self, limit: int) -> list[ToDial]:
        """See ``dialling.claim``. Raises ``DatabaseAway``."""
        return dialling.claim(replace(self.office), _SIP, limit)

    @_tells
    def placed(self, dial: str, ref: str) -> None:
        """See ``dialling.placed``. Raises ``DatabaseAway``."""
        dialling.placed(self.office, dial, ref)

    @_tells
    def dial_ended(self, dial: str, cause: str, why: str | None) -> None:
        """See ``dialling.ended``. Raises ``DatabaseAway``."""
        dialling.ended(self.office, dial, cause, why)

    @_tells
    def put_back(self, dial: str, wait: timedelta, why: str) -> None:
        """See ``dialling.put_back``. Raises ``DatabaseAway``."""
        dialling.put_back(self.office, dial, wait, why)
