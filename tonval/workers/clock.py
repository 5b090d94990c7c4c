"""`tonval clock`: rings for rows that have come due and does the chores that have no caller.

Two clocks do no harm: a ring is only a hint, and every chore claims its work in the database.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks at the database."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done every so many seconds; what ``run`` returns is ignored, what it raises is logged."""

    name: str
    every: float
    run: Callable[[], object]


@dataclass(slots=True)
class Clock:
    """``due`` gives the outbox kinds with rows due now; ``ring`` is the bell."""

    due: Callable[[], frozenset[str]]
    ring: Callable[[str], None]
    chores: Sequence[Chore] = ()
    _next: dict[str, float] = field(default_factory=dict)
    _failing: set[str] = field(default_factory=set)

    def tick(self, now: float) -> None:
        """One look: ring for what is due, then the chores whose turn it is. ``now`` is in monotonic seconds."""
        self._attempt("looking for due rows", self._ring_for_due)
        for chore in self.chores:
            if now >= self._next.get(chore.name, float("-inf")):
                self._next[chore.name] = now + chore.every
                self._attempt(chore.name, chore.run)

    def _ring_for_due(self) -> None:
        for kind in sorted(self.due()):
            self.ring(kind)

    def _attempt(self, name: str, work: Callable[[], object]) -> None:
        """A failing chore is told once when it begins to fail and once when it is well; it stops nothing else."""
        try:
            work()
        except Exception as error:
            log.log(logging.DEBUG if name in self._failing else logging.WARNING, "%s: %s", name, error, exc_info=True)
            self._failing.add(name)
        else:
            if name in self._failing:
                self._failing.discard(name)
                log.warning("%s: works again", name)


def run_clock(clock: Clock) -> None:
    """Tick until SIGTERM or SIGINT. Call it from the main thread."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    while not stopping.wait(TICK):
        clock.tick(time.monotonic())
