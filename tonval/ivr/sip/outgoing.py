"""Our own calls to customers: claimed while there is room, placed by a cell, and followed to their end.

A call that may have been placed is never placed again: what became of it is told, ``unknown`` where nobody can say.
"""

from __future__ import annotations

import queue
import threading
from datetime import timedelta
from typing import Final

import structlog

from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.calls.dialling import ToDial
from tonval.ivr.sip.caller import Cause
from tonval.ivr.sip.carrier import Carrier, DatabaseAway
from tonval.ivr.sip.messages import LegEnded
from tonval.ivr.sip.spool import Spool, SpooledDial
from tonval.ivr.sip.talk import Talk
from tonval.surveys.sentences import sentence

_BUSY, _NO_ANSWER, _FAILED, _UNKNOWN, _ANSWERED = "busy", "no_answer", "failed", "unknown", "answered"
_BY_CODE: Final = {486: _BUSY, 600: _BUSY, 480: _NO_ANSWER, 408: _NO_ANSWER, 487: _NO_ANSWER}
_UNAVAILABLE: Final = 503
_NO_WAY: Final = sentence("There was no way to place the call.")
_NO_PLACE: Final = sentence("No place was free.")
_WAIT: Final = timedelta(seconds=30)

log = structlog.get_logger()


class Outgoing:
    """The calls of ours that a node places. Its methods are called from several threads."""

    def __init__(self, carrier: Carrier, spool: Spool) -> None:
        self._carrier = carrier
        self._spool = spool
        self._claimed: queue.SimpleQueue[ToDial] = queue.SimpleQueue()
        self._claiming = threading.Lock()

    def claim(self, room: int) -> None:
        """Take over calls that are due, at most so many; one look at a time."""
        if not self._claiming.acquire(blocking=False):
            return
        try:
            for to_dial in self._carrier.due_calls(room):
                self._claimed.put(to_dial)
        except DatabaseAway:
            return
        except Exception:
            log.exception("calls could not be claimed")
        finally:
            self._claiming.release()

    def next(self) -> ToDial | None:
        """A claimed call that nobody has placed."""
        try:
            return self._claimed.get_nowait()
        except queue.Empty:
            return None

    def put_back(self, to_dial: ToDial, why: str) -> None:
        """It was not placed, for sure. Where that cannot be told now, it counts as unknown after a while."""
        try:
            self._carrier.put_back(to_dial.id, _WAIT, why)
        except DatabaseAway:
            log.warning("a call could not be put back", dial=to_dial.id)

    def put_all_back(self, why: str) -> None:
        """Nothing more is placed."""
        while (to_dial := self.next()) is not None:
            self.put_back(to_dial, why)

    def call(self, to_dial: ToDial, node: str) -> Call:
        """The call as fieldwork takes it, once it is answered."""
        return Call(
            provider="sip",
            ref=to_dial.id,
            dialled=to_dial.queue,
            queue=to_dial.queue,
            language=to_dial.language,
            caller=to_dial.number,
            node=node,
            dial=to_dial.id,
        )

    def ring(self, talk: Talk) -> None:
        """The customer's telephone rings."""
        talk.rang = True
        if talk.dial is not None:
            try:
                self._carrier.placed(talk.dial.id, talk.dial.id)  # the name its leg will have: see ``call``
            except DatabaseAway:
                log.warning("the database is away while a telephone rings", dial=talk.dial.id)

    def end(self, talk: Talk, ended: LegEnded) -> None:
        """Tell what became of the call, now or from the spool."""
        assert talk.dial is not None, "we have called"
        if ended.cause == Cause.NO_ROOM or (ended.code == _UNAVAILABLE and not talk.rang):
            self.put_back(talk.dial, _NO_WAY if ended.code else _NO_PLACE)
            return
        cause = _ANSWERED if talk.leg is not None else _cause_of(ended)
        log.info("own call ended", dial=talk.dial.id, cause=cause, code=ended.code)
        self._tell(SpooledDial(talk.dial.id, cause, _why(cause, ended.code)))

    def _tell(self, told: SpooledDial) -> None:
        try:
            self._carrier.dial_ended(told.dial, told.cause, told.why)
        except DatabaseAway:
            self._spool.add(told)


def _cause_of(ended: LegEnded) -> str:
    """The end of a call that never reached the guard, by our own doing or by its final code (RFC 3261, 21)."""
    match ended.cause:
        case Cause.CELL_LOST:
            return _UNKNOWN
        case Cause.RANG_OUT | Cause.STOPPED:
            return _NO_ANSWER
        case Cause.NOT_TAKEN:
            return _BY_CODE.get(ended.code, _FAILED)
        case _:
            return _ANSWERED


def _why(cause: str, code: int) -> str | None:
    return sentence("The telephone network said %(code)s.", code=code) if cause == _FAILED and code else None
