"""One call as its cell follows it: what is being said, which keys are gathered, and when patience ends.

Plain objects only. The telephone itself is behind ``Switchboard``, so a call can be told without a telephone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tonval.ivr import gather
from tonval.ivr.gather import Gathering, Key
from tonval.ivr.sip.messages import (
    Answer,
    Answered,
    CallOrder,
    Clip,
    Fact,
    Gathered,
    HangUp,
    LegEnded,
    Place,
    Play,
    Ready,
    Record,
    Refuse,
    Ringing,
    Transfer,
    Untaken,
)
from tonval.ivr.sip.switchboard import Switchboard
from tonval.ivr.sip.waits import RecordingWait, TransferWait
from tonval.surveys.turns import Digits

_TWICE: Final = 150.0
"""Milliseconds in which the same key by another way (RFC 4733 and SIP INFO) is the same press."""

_LAST_WORDS: Final = 120.0
"""Milliseconds between the last prompt's end and the BYE, for the packets that are still on their way."""


class Cause(StrEnum):
    """Why a leg ended."""

    CALLER = "caller hung up"
    CANCELLED = "cancelled"
    FINISHED = "finished"
    REFUSED = "refused"
    UNANSWERED = "not answered in time"
    NO_MEDIA = "no media"
    SILENT = "no progress"
    TOO_LONG = "too long"
    STOPPED = "stopped"
    FAILED = "failed"
    CELL_LOST = "cell lost"
    TRANSFERRED = "transferred"
    NOT_TAKEN = "not taken"
    RANG_OUT = "rang in vain"
    NO_ROOM = "no room"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may stay at one point, in milliseconds."""

    answer: float = 10_000.0  # for the conductor to answer
    media: float = 10_000.0  # from our 200 to the caller's ACK and first media
    progress: float = 30_000.0  # without a packet or a key from the caller, or a word from the conductor
    call: float = 600_000.0  # the whole call; a comment may be a minute, and be heard and spoken anew


@dataclass(slots=True)
class _Marks:
    """When things last happened, on the cell's clock."""

    came: float
    answered: float | None = None
    progress: float = 0.0
    packets: int = 0
    rings_until: float | None = None  # of a call that goes out


class Caller:
    """One call from INVITE to its end. Every ``now`` is in milliseconds on the cell's clock."""

    def __init__(
        self, number: int, switchboard: Switchboard, report: Callable[[Fact], None], patience: Patience, now: float
    ) -> None:
        self.number = number
        self.over = False
        self._switchboard = switchboard
        self._report = report
        self._patience = patience
        self._marks = _Marks(came=now, progress=now)
        self._ready = self._ringing = False
        self._turn: Play | Record | Transfer | None = None
        self._clips: deque[Clip] = deque()
        self._clip_ends: float | None = None
        self._gathering: Gathering | None = None
        self._recording: RecordingWait | None = None
        self._transfer: TransferWait | None = None
        self._early: list[Key] = []
        self._latest: tuple[Key, str] | None = None
        self._leaves_at: float | None = None
        self._parting: LegEnded | None = None

    def obey(self, order: CallOrder, now: float) -> None:
        """Do what the conductor says."""
        if self._parting is not None:
            return
        match order:
            case Place():
                self._place(order, now)
            case Answer():
                self._marks.answered = now
                self._switchboard.answer(self.number)
            case Refuse(_, code):
                self._leave(Cause.REFUSED, now, code)
            case HangUp(_, cause):
                self._leave(cause, now)
            case Play() | Record() | Transfer():
                self._marks.progress = now
                self._turn = order
                if self._ready:
                    self._begin_turn(order, now)

    def connected(self, now: float) -> None:
        """The call is confirmed and its media flows: what was to be said can be heard."""
        if self._ready:
            return
        self._ready = True
        self._marks.progress = now
        self._marks.answered = self._marks.answered or now
        self._report(Ready(self.number) if self._marks.rings_until is None else Answered(self.number))
        if self._turn is not None:
            self._begin_turn(self._turn, now)

    def rings(self) -> None:
        """The telephone we call rings."""
        if self._marks.rings_until is not None and not self._ringing:
            self._ringing = True
            self._report(Ringing(self.number))

    def press(self, key: str, way: str, now: float) -> None:
        """The caller pressed a key, heard of by one ``way`` (``rfc4733``, ``info``)."""
        if self._parting is not None or self._heard_already(key, way, now):
            return
        self._marks.progress = now
        pressed = Key(now, key)
        self._latest = (pressed, way)
        if self._recording is not None:
            self._press_while_recording(self._recording, now)
        elif self._gathering is not None:
            self._take(gather.press(self._gathering, pressed))
        else:
            self._early.append(pressed)

    def hear_of_transfer(self, code: int, *, final: bool, now: float) -> None:
        """The other side says how the transfer goes."""
        if self._transfer is not None and self._parting is None:
            self._transfer.hear(code, final=final, now=now)

    def tick(self, now: float) -> None:
        """Let time pass: clips end, waits run out, patience ends."""
        if self._clip_ends is not None and now >= self._clip_ends:
            self._next_clip(now)
        if self._gathering is not None:
            self._take(gather.tick(self._gathering, now))
        if self._recording is not None:
            self._follow_recording(self._recording, now)
        if self._transfer is not None:
            self._follow_transfer(self._transfer, now)
        if self._leaves_at is not None and now >= self._leaves_at:
            self._leave(Cause.FINISHED, now)
        elif self._parting is None and (cause := self._impatience(now)):
            self._leave(cause, now, 408)

    def gone(self, cause: str, now: float, code: int = 0) -> None:
        """The call is over; said once, whoever ended it, and after what was being spoken has been kept."""
        if self._parting is not None:
            return
        self._parting = LegEnded(self.number, cause, code)
        if self._recording is not None and self._recording.speaking:
            self._recording.end(now)
        else:
            self._part()

    @property
    def ended_by_caller(self) -> Cause:
        """What it means when the other side ends the call now."""
        if self._marks.answered is None:
            return Cause.CANCELLED if self._marks.rings_until is None else Cause.NOT_TAKEN
        return Cause.TRANSFERRED if self._transfer is not None and self._transfer.accepted else Cause.CALLER

    def _part(self) -> None:
        assert self._parting is not None
        self.over = True
        self._recording = self._transfer = None
        self._report(self._parting)

    def _place(self, order: Place, now: float) -> None:
        self._marks.rings_until = now + order.ring
        if not self._switchboard.place(order):
            self.gone(Cause.NO_ROOM, now)

    def _begin_turn(self, turn: Play | Record | Transfer, now: float) -> None:
        early, self._early = self._early, []
        ask = turn.ask if isinstance(turn, Play) else None
        self._gathering = gather.begin(ask, now, early) if ask else None
        self._recording = RecordingWait(turn, self._switchboard, now) if isinstance(turn, Record) else None
        self._transfer = TransferWait(turn, self._switchboard) if isinstance(turn, Transfer) else None
        self._clips = deque(turn.clips)
        if self._gathering is None or not self._gathering.barged:
            self._next_clip(now)
        if self._gathering is not None:
            self._take(self._gathering)

    def _next_clip(self, now: float) -> None:
        """Go on to the next clip that can be played; after the last one the prompts have ended."""
        self._clip_ends = None
        while self._clips:
            clip = self._clips.popleft()
            if self._switchboard.say(self.number, clip):
                self._clip_ends = now + clip.length
                return
        self._switchboard.hush(self.number)
        self._end_prompts(now)

    def _end_prompts(self, now: float) -> None:
        if self._gathering is not None:
            self._gathering = gather.end_prompts(self._gathering, now)
        elif self._recording is not None:
            self._recording.begin(now)
        elif self._transfer is not None:
            self._transfer.begin(now)
        elif isinstance(self._turn, Play) and self._turn.ask is None:
            self._leaves_at = now + _LAST_WORDS

    def _take(self, gathering: Gathering) -> None:
        """Keep the wait's new state: fall silent when a key counts, report when there is a reply."""
        self._gathering = gathering
        if gathering.barged and (self._clips or self._clip_ends is not None):
            self._clips.clear()
            self._clip_ends = None
            self._switchboard.hush(self.number)
        if gathering.outcome is not None and self._turn is not None:
            self._gathering = None
            self._early = list(gathering.rest)
            digits = gathering.outcome.digits if isinstance(gathering.outcome, Digits) else None
            self._report(Gathered(self.number, self._turn.turn_no, digits))

    def _press_while_recording(self, recording: RecordingWait, now: float) -> None:
        """A key ends the recording; before it has begun, it skips what leads up to the tone."""
        if recording.speaking:
            recording.end(now)
        elif recording.skips(now) and self._clips:
            self._clips = deque([self._clips[-1]])
            self._next_clip(now)

    def _follow_recording(self, recording: RecordingWait, now: float) -> None:
        recorded = recording.tick(now)
        if recorded is None:
            return
        self._recording = None
        self._report(recorded)
        if self._parting is not None:
            self._part()

    def _follow_transfer(self, transfer: TransferWait, now: float) -> None:
        transfer.tick(now)
        if transfer.done:
            self._leave(Cause.TRANSFERRED, now)
        elif transfer.untaken and self._turn is not None:
            self._transfer = None
            self._report(Untaken(self.number, self._turn.turn_no))

    def _heard_already(self, key: str, way: str, now: float) -> bool:
        if self._latest is None:
            return False
        latest, latest_way = self._latest
        return latest.key == key and latest_way != way and now - latest.at < _TWICE

    def _impatience(self, now: float) -> Cause | None:
        marks, patience = self._marks, self._patience
        if now - marks.came >= patience.call:
            return Cause.TOO_LONG
        if marks.rings_until is not None and marks.answered is None:
            return Cause.RANG_OUT if now >= marks.rings_until else None
        if marks.answered is None:
            return Cause.UNANSWERED if now - marks.came >= patience.answer else None
        if not self._ready:
            return Cause.NO_MEDIA if now - marks.answered >= patience.media else None
        return Cause.SILENT if self._stalled(now) else None

    def _stalled(self, now: float) -> bool:
        """No packet, key or word for too long; packets are only counted when that would decide."""
        if now - self._marks.progress < self._patience.progress:
            return False
        packets = self._switchboard.packets(self.number)
        if packets == self._marks.packets:
            return True
        self._marks.packets, self._marks.progress = packets, now
        return False

    def _leave(self, cause: str, now: float, code: int = 603) -> None:
        if self._parting is None:
            self._leaves_at = self._clip_ends = self._gathering = None
            self._clips.clear()
            self._switchboard.hush(self.number)
            self.gone(cause, now)  # first: the library reports the end from within the hang-up
            self._switchboard.hang_up(self.number, code)
