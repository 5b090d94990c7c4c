"""Handing in: what callers said goes to fieldwork at once, or from the spool in order when the database is back."""

from __future__ import annotations

import threading
from datetime import timedelta

import structlog

from tonval.ivr.sip.carrier import Carrier, Conducted, DatabaseAway
from tonval.ivr.sip.messages import Clip
from tonval.ivr.sip.speech_files import SpeechFiles
from tonval.ivr.sip.spool import Entry, Spoken, Spool, SpooledDial, SpooledEnd, SpooledSpeech

log = structlog.get_logger()


class Handing:
    """The one way from a call to fieldwork."""

    def __init__(self, carrier: Carrier, spool: Spool, speeches: SpeechFiles) -> None:
        self._carrier = carrier
        self._spool = spool
        self._speeches = speeches
        self._flushing = threading.Lock()

    def hand_in(self, entry: Spoken) -> Conducted:
        """The turn after what was pressed or spoken, which is committed. Raises ``DatabaseAway``."""
        if not isinstance(entry, SpooledSpeech):
            return self._carrier.resume(entry.leg, entry.reply, entry.turn_no)
        sound = self._speeches.sound(Clip(entry.path, entry.length))
        length = timedelta(milliseconds=entry.length)
        recording = self._carrier.take_in(entry.leg, entry.turn_no, length, sound)
        return self._carrier.resume(entry.leg, recording, entry.turn_no)

    def end(self, leg: str, cause: str) -> None:
        """The call is over, and its files can go: the database has them. Raises ``DatabaseAway``."""
        self._carrier.end_leg(leg, cause)
        self._speeches.forget(leg)

    def flush(self) -> None:
        """Work off the spool until it is empty or the database is away again."""
        if not self._flushing.acquire(blocking=False):
            return
        try:
            while (entry := self._spool.first()) is not None:
                self._take(entry)
        except DatabaseAway:
            return
        finally:
            self._flushing.release()

    def _take(self, entry: Entry) -> None:
        try:
            match entry:
                case SpooledEnd(leg, cause):
                    self.end(leg, cause)
                case SpooledDial(dial, cause, why):
                    self._carrier.dial_ended(dial, cause, why)
                case _:
                    self.hand_in(entry)
        except DatabaseAway:
            raise
        except Exception:
            log.exception("spooled entry was refused", leg=entry.leg)
            self._put_aside(entry)
        else:
            self._spool.drop_first()

    def _put_aside(self, entry: Entry) -> None:
        """What fieldwork will never take is kept for people to look at, and so is its sound."""
        if isinstance(entry, SpooledSpeech):
            self._speeches.put_aside(entry.path)
        self._spool.refuse_first()
