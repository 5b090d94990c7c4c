"""What RQ calls. A job names an outbox kind, not a row, and may run twice or never without harm."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

Duty = Callable[[int], int]
"""Works off at most so many due rows of one kind and says how many it did; each row is claimed in the database."""

BATCH = 100
_LONGEST = 30.0  # seconds one job goes on; what is left is rung for again

log = logging.getLogger(__name__)


class Duties:
    """The duties of this process by outbox kind, done one at a time. ``heard`` is told which bell was taken up."""

    def __init__(self, by_kind: Mapping[str, Duty], heard: Callable[[str], None] = lambda kind: None) -> None:
        self._by_kind = by_kind
        self._heard = heard
        self._hands = threading.Lock()

    @property
    def kinds(self) -> frozenset[str]:
        """The outbox kinds somebody here knows how to work off."""
        return frozenset(self._by_kind)

    def drain(self, kind: str) -> int:
        """Work off the due rows of ``kind``; an unknown kind is logged and left for a newer version."""
        self._heard(kind)  # before looking: a row written from here on rings anew
        duty = self._by_kind.get(kind)
        if duty is None:
            log.warning("nobody here knows the outbox kind %s", kind)
            return 0
        with self._hands:
            return _until_dry(duty)

    def lend_a_hand(self, kind: str) -> int:
        """The same from beside RQ, unless a job is being done right now."""
        if not self._hands.acquire(blocking=False):
            return 0
        try:
            duty = self._by_kind.get(kind)
            return _until_dry(duty) if duty else 0
        finally:
            self._hands.release()


def _until_dry(duty: Duty) -> int:
    done, start = 0, time.monotonic()
    while time.monotonic() - start < _LONGEST:
        batch = duty(BATCH)
        done += batch
        if batch == 0:
            break
    return done


_here: list[Duties] = []


def take_up(duties: Duties) -> None:
    """Give this process its duties. RQ finds ``drain`` by name, so there is no other way to hand them in."""
    _here[:] = [duties]


def drain(kind: str) -> int:
    """The RQ job: work off the rows of ``kind``. Raises what the duty raises, and RQ tries again."""
    if not _here:
        raise RuntimeError("this process has no duties: start it with `tonval worker`")
    return _here[0].drain(kind)
