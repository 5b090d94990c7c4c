"""The doorbell: tells the worker that rows of a kind are waiting. It may be lost; the clock rings again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import redis
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from tonval.workers.valkey import connect

QUEUE = "tonval"
JOB = "tonval.workers.jobs.drain"
"""RQ jobs name their function, so that ringing loads nothing of the product."""

_ANSWER_WITHIN = 0.25  # seconds a request may spend on a Redis that does not answer
_REST = 3.0  # seconds the bell keeps quiet after a failure
_RUNG_FOR = 10  # seconds a ring counts for, unless a worker takes it up before
_SOONEST = 0.1  # seconds until a later ring: so many rings a second at most
_LATEST = 2.0  # seconds after which the clock rings by itself
_ENOUGH = 50  # jobs waiting that nobody fetches: more would only fill Redis

log = logging.getLogger(__name__)


def rung_key(kind: str) -> str:
    """The key that says a job of this kind is already waiting."""
    return f"tonval:rung:{kind}"


class Bell:
    """Rings for an outbox kind after a commit. Safe in threads and after a fork."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = connect(url, _ANSWER_WITHIN)
        self._queue = Queue(QUEUE, connection=self._redis, serializer=JSONSerializer)
        self._clock = clock
        self._quiet_until = float("-inf")
        self._waiting: dict[str, threading.Timer] = {}

    def ring_later(self, kind: str, wait: timedelta) -> None:
        """Ring after a while, for what the clock would come too late for; in the mean time others get their turn."""
        seconds = max(_SOONEST, wait.total_seconds())
        before = self._waiting.pop(kind, None)
        if before is not None:
            before.cancel()
        if seconds <= _LATEST:
            self._waiting[kind] = timer = threading.Timer(seconds, self.ring, [kind])
            timer.daemon = True
            timer.start()

    def ring(self, kind: str) -> None:
        """Ask for the rows of ``kind`` to be worked off. Never raises; costs little when Redis is away."""
        if self._clock() < self._quiet_until:
            return
        try:
            self._enqueue(kind)
        except (redis.RedisError, OSError) as error:
            self._quiet_until = self._clock() + _REST
            log.info("the bell is not heard, the rows are found without it: %s", error)

    def _enqueue(self, kind: str) -> None:
        if not self._redis.set(rung_key(kind), "1", nx=True, ex=_RUNG_FOR):
            return
        if self._queue.count < _ENOUGH:
            self._queue.enqueue(
                JOB, kind, retry=Retry(max=3), job_timeout=120, result_ttl=0, failure_ttl=3600, description=kind
            )
