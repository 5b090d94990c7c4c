"""A real Redis server for each test that asks for one, and processes that are surely ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tonval.workers.valkey import RedisServer, answers, find_server


class Redis:
    """A server that can be killed and started again on the same data."""

    def __init__(self, server: RedisServer) -> None:
        self.url, self._command = server.url, server.command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        wait_until(lambda: answers(self.url))

    def kill(self) -> None:
        """Kill -9; what it had not written is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def redis_home() -> Iterator[Path]:
    """A short path: a socket's may not be long."""
    with tempfile.TemporaryDirectory(prefix="tv-") as folder:
        yield Path(folder)


@pytest.fixture
def redis(redis_home: Path) -> Iterator[Redis]:
    """A running server of our own."""
    server = Redis(find_server(redis_home, None))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def ended() -> Iterator[list[subprocess.Popen[str]]]:
    """Put processes in here; whatever still runs at the end of the test is killed."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdout, process.stderr, process.stdin):
            if pipe is not None:
                pipe.close()
