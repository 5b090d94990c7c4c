"""One call as the conductor follows it: its facts are dealt with one after another, by whichever thread is free."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from tonval.fieldwork.calls.dialling import ToDial
from tonval.ivr.sip.cells import CellHand
from tonval.ivr.sip.messages import (
    Answered,
    Clip,
    Gathered,
    Invited,
    LegEnded,
    Order,
    Recorded,
    Ringing,
    Untaken,
)
from tonval.ivr.sip.reception_shadow import ReceptionShadow
from tonval.ivr.sip.shadow import Shadow
from tonval.surveys.turns import Utterance

TalkFact = Invited | Gathered | Recorded | Untaken | Ringing | Answered | LegEnded


@dataclass(slots=True, eq=False)
class Talk:
    """A call on one life of one cell; ``leg`` is known once fieldwork has begun it, ``shadow`` once it is in hand.

    ``clips`` are the recordings it began with, which it keeps to its end, ``spoken`` what the caller has spoken, by
    name. ``farewell`` is said where we cannot go on. ``dial`` is the call of ours to a customer, ``rang`` whether her
    telephone has rung. ``peer`` is where the PBX that sent the caller is reached.
    """

    hand: CellHand
    life: int
    call: int
    leg: str | None = None
    shadow: Shadow | ReceptionShadow | None = None
    dial: ToDial | None = None
    rang: bool = False
    peer: str | None = None
    farewell: Clip | None = None
    spoken: dict[str, Clip] = field(default_factory=dict)
    clips: dict[Utterance, Clip] = field(default_factory=dict)
    _waiting: deque[TalkFact] = field(default_factory=deque)
    _working: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def order(self, order: Order) -> None:
        """Tell the cell what to do with the call."""
        self.hand.send(order, self.life)

    def post(self, fact: TalkFact, pool: Executor, work: Callable[[Talk, TalkFact], None]) -> None:
        """Have ``work`` deal with the fact after those before it; never two of one call at a time."""
        with self._lock:
            self._waiting.append(fact)
            if self._working:
                return
            self._working = True
        pool.submit(self._work_off, work)

    def _work_off(self, work: Callable[[Talk, TalkFact], None]) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._working = False
                    return
                fact = self._waiting.popleft()
            work(self, fact)
