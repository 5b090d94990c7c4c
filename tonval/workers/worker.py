"""`tonval worker`: RQ for the doorbell, and a patrol that finds overdue rows when nobody rings.

Redis gone, emptied or wedged therefore costs a delay of seconds: the patrol works off whatever has been due for
longer than `PATIENCE`, straight from the database, in the same process and by the same claims.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

import redis
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from tonval.workers import jobs
from tonval.workers.bell import QUEUE, rung_key
from tonval.workers.valkey import connect

PATIENCE = timedelta(seconds=5)
"""How long a row may be due before the patrol no longer waits for the bell."""

_ROUND = 2.0  # seconds between two rounds of the patrol, and between two tries to reach Redis

Overdue = Callable[[timedelta], frozenset[str]]
"""The outbox kinds with rows that have been due for longer than the given time."""

log = logging.getLogger(__name__)


class HouseWorker(SimpleWorker):
    """RQ's worker without forks. After a fault of Redis it looks again every other second, not every minute."""

    max_connection_wait_time = 2.0
    log_result_lifespan = False

    def __init__(self, connection: redis.Redis, stopping: threading.Event) -> None:
        super().__init__(
            [QUEUE],
            name=worker_name(os.getpid()),
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=30,
            maintenance_interval=5,
            job_monitoring_interval=5,
            log_job_description=False,
        )
        self._house_stopping = stopping

    def register_birth(self) -> None:
        """RQ refuses a name that still stands in Redis; this one is ours, from a life that could not take leave.

        Either Redis went away before, or the process was killed and the next one on this host has its number.
        """
        self.connection.delete(self.key)
        super().register_birth()  # type: ignore[no-untyped-call]

    def _install_signal_handlers(self) -> None:
        """A signal that came while RQ was still reporting to Redis would otherwise be forgotten here."""
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        self._stop_requested = self._house_stopping.is_set()

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Note that the process is to end, not only this RQ worker; a Redis that is away must not keep it."""
        self._house_stopping.set()
        with contextlib.suppress(redis.RedisError):
            super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def worker_name(pid: int) -> str:
    """The name a worker process has in Redis."""
    return f"tonval-{socket.gethostname()}-{pid}"


def is_registered(url: str, pid: int) -> bool:
    """Whether the worker process ``pid`` of this machine has reported to Redis. Never raises."""
    try:
        with connect(url, 0.5) as client:
            return bool(client.exists(f"rq:worker:{worker_name(pid)}"))
    except (redis.RedisError, OSError):
        return False


def run_worker(url: str, duties_by_kind: dict[str, jobs.Duty], overdue: Overdue) -> None:
    """Work until SIGTERM or SIGINT; a batch that has begun is finished. Call it from the main thread."""
    connection, stopping = redis.Redis.from_url(url), threading.Event()
    duties = jobs.Duties(duties_by_kind, heard=lambda kind: _heard(connection, kind))
    jobs.take_up(duties)
    patrol = threading.Thread(target=_patrol, args=(duties, overdue, stopping), name="patrol", daemon=True)
    patrol.start()
    _quieten_rq()
    while not stopping.is_set():
        _listen(connection, stopping)
    patrol.join(timeout=30)


def _listen(connection: redis.Redis, stopping: threading.Event) -> None:
    """One life of an RQ worker; RQ gives up on many faults, so there will be another."""
    _stop_by_signal(stopping)
    try:
        HouseWorker(connection, stopping).work(logging_level="WARNING")
    except StopRequested:
        stopping.set()
    except (redis.RedisError, OSError) as error:
        log.warning("Redis is away, rows are taken from the database meanwhile: %s", error)
    _stop_by_signal(stopping)
    connection.connection_pool.disconnect()
    stopping.wait(_ROUND)


def _stop_by_signal(stopping: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())


def _patrol(duties: jobs.Duties, overdue: Overdue, stopping: threading.Event) -> None:
    while not stopping.wait(_ROUND):
        try:
            _walk(duties, overdue, stopping)
        except Exception:
            # A thread that dies in silence would be the end of the promise above; the next round tries again.
            log.exception("the patrol could not finish its round")


def _walk(duties: jobs.Duties, overdue: Overdue, stopping: threading.Event) -> None:
    for kind in sorted(overdue(PATIENCE) & duties.kinds):
        if stopping.is_set():
            return
        found = duties.lend_a_hand(kind)
        if found:
            log.info("found %d overdue rows of kind %s that nobody rang for", found, kind)


def _heard(connection: redis.Redis, kind: str) -> None:
    with contextlib.suppress(redis.RedisError, OSError):
        connection.delete(rung_key(kind))


def _quieten_rq() -> None:
    """RQ's own lines name Redis keys; at WARNING they would repeat themselves every other second."""
    for name in ("rq.worker", "rq.job"):
        logging.getLogger(name).addFilter(_once_a_minute())


def _once_a_minute() -> Callable[[logging.LogRecord], bool]:
    last: dict[object, float] = {}

    def fresh(record: logging.LogRecord) -> bool:
        if record.created - last.get(record.msg, float("-inf")) < 60:
            return False
        last[record.msg] = record.created
        return True

    return fresh
