"""The doorbell with a real server and a real RQ worker process: whatever happens to Redis costs only time."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import redis as redis_client
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from tests.waiting import wait_until
from tests.workers import working
from tests.workers.conftest import Redis
from tonval.workers import jobs
from tonval.workers.bell import QUEUE, Bell, rung_key
from tonval.workers.worker import HouseWorker, is_registered

ROUNDS = int(os.environ.get("TONVAL_TEST_ROUNDS", "5"))


class Rows:
    """The table the test worker works on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._run(working.TABLE)

    def add(self, count: int) -> None:
        """So many rows, due now."""
        for _ in range(count):
            self._run("INSERT INTO work (done) VALUES (NULL)")

    def done(self) -> list[int | None]:
        """How often each row was done."""
        return [row[0] for row in self._run("SELECT done FROM work ORDER BY id")]

    def all_done(self) -> bool:
        """Whether no row is left."""
        return None not in self.done()

    def _run(self, statement: str) -> list[tuple[int | None]]:
        with sqlite3.connect(self.path, timeout=10) as connection:
            found: list[tuple[int | None]] = connection.execute(statement).fetchall()
        connection.close()
        return found


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    return Rows(tmp_path / "rows.db")


def work(ended: list[subprocess.Popen[str]], url: str, rows: Rows, patrol: str = "patrol") -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, str(Path(working.__file__)), url, str(rows.path), patrol],
        text=True,
        env=dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    ended.append(process)
    return process


def queue(url: str) -> Queue:
    return Queue(QUEUE, connection=redis_client.Redis.from_url(url), serializer=JSONSerializer)


def test_a_ring_has_the_rows_done(ended: list[subprocess.Popen[str]], redis: Redis, rows: Rows) -> None:
    worker = work(ended, redis.url, rows, patrol="none")
    wait_until(lambda: is_registered(redis.url, worker.pid))
    rows.add(250)
    Bell(redis.url).ring("work")
    wait_until(rows.all_done)
    assert set(rows.done()) == {1}


def test_ringing_often_makes_one_job_until_it_is_taken_up(redis: Redis) -> None:
    bell = Bell(redis.url)
    for _ in range(20):
        bell.ring("message")
        bell.ring("mail")
    assert sorted(job.args[0] for job in queue(redis.url).jobs) == ["mail", "message"]


def test_taking_a_job_up_lets_the_bell_ring_again(redis: Redis) -> None:
    bell, client = Bell(redis.url), redis_client.Redis.from_url(redis.url)
    rang_meanwhile = []

    def duty(limit: int) -> int:
        if not rang_meanwhile:
            bell.ring("message")
            rang_meanwhile.append(queue(redis.url).count)
        return 0

    bell.ring("message")
    assert client.exists(rung_key("message"))
    jobs.Duties({"message": duty}, heard=lambda kind: client.delete(rung_key(kind))).drain("message")
    assert rang_meanwhile == [2]
    client.close()


def test_a_worker_that_never_comes_does_not_fill_redis(redis: Redis) -> None:
    client, bell = redis_client.Redis.from_url(redis.url), Bell(redis.url)
    for _ in range(80):
        bell.ring("message")
        client.delete(rung_key("message"))
    assert queue(redis.url).count == 50
    client.close()


def test_ringing_without_redis_raises_nothing_and_soon_stops_trying(redis_home: Path) -> None:
    moment = [0.0]
    bell = Bell(f"unix://{redis_home}/nobody", clock=lambda: moment[0])
    bell.ring("message")
    asked = []
    bell._enqueue = asked.append  # type: ignore[method-assign]
    bell.ring("message")
    assert asked == []
    moment[0] = 3.5
    bell.ring("message")
    assert asked == ["message"]


def test_a_later_ring_comes_once_and_in_its_time(redis: Redis) -> None:
    bell = Bell(redis.url)
    bell.ring_later("letter", timedelta(hours=1))  # the clock's affair
    bell.ring_later("message", timedelta(seconds=1.5))
    bell.ring_later("message", timedelta(seconds=-3))
    assert queue(redis.url).count == 0
    wait_until(lambda: queue(redis.url).count == 1)
    assert [job.args[0] for job in queue(redis.url).jobs] == ["message"]


def test_rows_are_found_although_nobody_rings(ended: list[subprocess.Popen[str]], redis: Redis, rows: Rows) -> None:
    work(ended, redis.url, rows)
    rows.add(3)
    wait_until(rows.all_done)
    assert rows.done() == [1, 1, 1]


def test_rows_are_done_while_redis_is_away_and_rings_are_heard_when_it_is_back(
    ended: list[subprocess.Popen[str]], redis: Redis, rows: Rows
) -> None:
    worker = work(ended, redis.url, rows)
    wait_until(lambda: is_registered(redis.url, worker.pid))
    redis.kill()
    rows.add(2)
    wait_until(rows.all_done)
    redis.start()
    with redis_client.Redis.from_url(redis.url) as client:
        client.flushall()
    wait_until(lambda: is_registered(redis.url, worker.pid))
    rows.add(1)
    Bell(redis.url).ring("work")
    wait_until(rows.all_done)
    assert rows.done() == [1, 1, 1]
    assert worker.poll() is None


def test_a_worker_stops_when_asked_also_while_redis_is_away(
    ended: list[subprocess.Popen[str]], redis: Redis, rows: Rows
) -> None:
    worker = work(ended, redis.url, rows)
    wait_until(lambda: is_registered(redis.url, worker.pid))
    redis.kill()
    rows.add(1)
    wait_until(rows.all_done)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0


def test_a_worker_stops_cleanly_and_leaves_no_name_in_redis(
    ended: list[subprocess.Popen[str]], redis: Redis, rows: Rows
) -> None:
    worker = work(ended, redis.url, rows)
    wait_until(lambda: is_registered(redis.url, worker.pid))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    with redis_client.Redis.from_url(redis.url) as client:
        assert Worker.all(connection=client) == []


def test_a_worker_that_could_not_take_leave_reports_under_its_name_again(redis: Redis) -> None:
    with redis_client.Redis.from_url(redis.url) as client:
        for _ in range(2):
            HouseWorker(client, threading.Event()).register_birth()
    assert is_registered(redis.url, os.getpid())


def test_an_unknown_kind_is_left_alone() -> None:
    assert jobs.Duties({}).drain("letter_by_pigeon") == 0


@pytest.mark.slow
def test_redis_killed_and_emptied_again_and_again_loses_and_doubles_nothing(
    ended: list[subprocess.Popen[str]], redis: Redis, rows: Rows
) -> None:
    workers = [work(ended, redis.url, rows) for _ in range(2)]
    bell, dice = Bell(redis.url), random.Random(6)
    for _ in range(ROUNDS):
        rows.add(dice.randrange(1, 6))
        bell.ring("work")
        if dice.random() < 0.5:
            with redis_client.Redis.from_url(redis.url) as client:
                client.flushall()
        redis.kill()
        rows.add(dice.randrange(1, 6))
        bell.ring("work")
        redis.start()
    wait_until(rows.all_done)
    assert set(rows.done()) == {1}
    wait_until(lambda: all(is_registered(redis.url, worker.pid) for worker in workers))
