"""What a call may wait for besides keys: that something is spoken, and that somebody takes a transferred caller."""

from __future__ import annotations

from collections import deque
from typing import Final

from tonval.ivr import gather, speech
from tonval.ivr.hearing import Ear
from tonval.ivr.sip.messages import Record, Recorded, Transfer
from tonval.ivr.sip.switchboard import Switchboard
from tonval.ivr.speech import Speech

_WRITING: Final = 500.0
"""Milliseconds that a file may take to be whole."""

_GRACE: Final = 5_000.0
"""Milliseconds beyond the ringing in which the other side may still say how the transfer went."""


class RecordingWait:
    """One recording, from its prompts to the whole file."""

    def __init__(self, order: Record, switchboard: Switchboard, now: float) -> None:
        self._order = order
        self._switchboard = switchboard
        self._turn_began = now
        self._speech: Speech | None = None
        self._ear = Ear(now)
        self._given_up_at: float | None = None

    @property
    def speaking(self) -> bool:
        """Whether the tone is over."""
        return self._speech is not None

    def skips(self, now: float) -> bool:
        """Whether a key pressed now means: I know, let me speak."""
        return not self.speaking and now >= self._turn_began + gather.ECHO

    def begin(self, now: float) -> None:
        """The tone is over: record."""
        self._speech, self._ear = speech.begin(self._order.ask, now), Ear(now)
        if not self._switchboard.record(self._order.call, self._order.path):
            self.end(now)

    def end(self, now: float) -> None:
        """A key was pressed, or the caller is gone."""
        self._speech = speech.end(self._speech or speech.begin(self._order.ask, now), now)
        self._stop(now)

    def tick(self, now: float) -> Recorded | None:
        """Listen; what was recorded, once that is known and its file whole."""
        if self._speech is None:
            return None
        if self._given_up_at is None:
            voice_at = self._ear.hear(self._switchboard.loudness(self._order.call), now)
            self._speech = speech.hear(self._speech, voice_at=voice_at, now=now)
            if self._speech.ended is None:
                return None
            self._stop(now)
        if self._is_written(now):
            return Recorded(self._order.call, self._order.turn_no, self._speech.length)
        return None

    def _stop(self, now: float) -> None:
        if self._given_up_at is None:
            self._given_up_at = now + _WRITING
            self._switchboard.stop_recording(self._order.call)

    def _is_written(self, now: float) -> bool:
        assert self._given_up_at is not None
        return now >= self._given_up_at or self._switchboard.recorded(self._order.path)


class TransferWait:
    """One transfer: each line in turn, until one takes the caller or none is left."""

    def __init__(self, order: Transfer, switchboard: Switchboard) -> None:
        self._order = order
        self._switchboard = switchboard
        self._targets = deque(order.targets)
        self._until: float | None = None
        self.accepted = False
        self.done = False
        self.untaken = False

    def begin(self, now: float) -> None:
        """The prompts are over: refer the caller to the first line."""
        self._try_next(now)

    def hear(self, code: int, *, final: bool, now: float) -> None:
        """What the other side says about the line being tried (RFC 3515)."""
        if self.done or self.untaken or self._until is None:
            return
        if code >= 300:
            self._try_next(now)
        elif code >= 200 and final:
            self.done = True
        else:
            self.accepted = True

    def tick(self, now: float) -> None:
        """One who accepted the transfer and never says more has made it (RFC 4488); one who says nothing has not."""
        if self._until is None or now < self._until or self.done or self.untaken:
            return
        if self.accepted:
            self.done = True
        else:
            self._try_next(now)

    def _try_next(self, now: float) -> None:
        self.accepted = False
        self._until = now + self._order.ring + _GRACE
        while self._targets:
            if self._switchboard.transfer(self._order.call, self._targets.popleft()):
                return
        self.untaken = True
