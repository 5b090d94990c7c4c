"""A web server in processes of its own, and clients that send it bytes: one connection a request, as Twilio's do."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.drivers.house import ROOT, children, free_port
from tests.waiting import wait_until
from tonval.workers.valkey import find_server

TOKEN = "a-token-of-the-tests"
OUTSIDE = "https://survey.example.com"
LOOK = b"GET /healthz HTTP/1.1\r\nHost: survey.example.com\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Shot:
    """One request's fate: how long it took (seconds), and the whole answer."""

    took: float
    answer: bytes

    @property
    def status(self) -> int:
        """The answer's status, 0 where there was none."""
        return int(self.answer[9:12] or 0)

    @property
    def body(self) -> bytes:
        """The answer without its head, which holds the time."""
        return self.answer.partition(b"\r\n\r\n")[2]


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers on ``port``; ``pid`` is the process whose children do the work."""

    port: int
    pid: int

    def shoot(self, request: bytes) -> Shot:
        """Send the request and read to the end."""
        began, parts = time.perf_counter(), []
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as line:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before it was all sent
                line.sendall(request)
            with contextlib.suppress(ConnectionResetError):
                while part := line.recv(65536):
                    parts.append(part)
        return Shot(time.perf_counter() - began, b"".join(parts))

    def drive(self, requests: Sequence[bytes], clients: int = 4) -> list[Shot]:
        """All of them as fast as the clients can; the shots in the order of the requests."""
        return drive([self], requests, clients)

    def pace(self, requests: Sequence[bytes], rate: float) -> list[Shot]:
        """So many a second, each begun on time whether or not the one before is back."""
        shots: list[Shot] = []
        threads = [threading.Thread(target=lambda each=each: shots.append(self.shoot(each))) for each in requests]
        began = time.perf_counter()
        for number, thread in enumerate(threads):
            time.sleep(max(0.0, began + number / rate - time.perf_counter()))
            thread.start()
        for thread in threads:
            thread.join()
        return shots

    def workers(self) -> list[int]:
        """The processes that answer."""
        return children(self.pid)

    def processor_time(self) -> float:
        """Seconds of processor time the workers have used: it tells apart what is slow from what was kept waiting."""
        stats = [Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split() for worker in self.workers()]
        return sum(int(fields[11]) + int(fields[12]) for fields in stats) / os.sysconf("SC_CLK_TCK")


def drive(servers: Sequence[Served], requests: Sequence[bytes], clients: int = 4) -> list[Shot]:
    """All of them as fast as the clients can, each client at its server; the shots in the order of the requests."""
    shots: dict[int, Shot] = {}
    waiting, lock = iter(enumerate(requests)), threading.Lock()

    def run(server: Served) -> None:
        while True:
            with lock:
                number, request = next(waiting, (None, b""))
            if number is None:
                return
            shots[number] = server.shoot(request)

    _all_of([threading.Thread(target=run, args=(servers[number % len(servers)],)) for number in range(clients)])
    return [shots[number] for number in range(len(requests))]


@contextmanager
def served(
    command: Sequence[str], environment: Mapping[str, str], port: int, folder: Path = ROOT, look: bytes = LOOK
) -> Iterator[Served]:
    """Run the command until the block ends; every worker has answered before it begins."""
    with subprocess.Popen(command, env=dict(environment), cwd=folder) as process:
        try:
            wait_until(lambda: process.poll() is not None or _listens(port), 60)
            assert process.poll() is None, f"{command} ended with {process.returncode}"
            server = Served(port, process.pid)
            server.drive([look] * 40)
            yield server
        finally:
            process.terminate()


def web(environment: Mapping[str, str]) -> contextlib.AbstractContextManager[Served]:
    """``tonval web`` with these settings."""
    port = int(environment["TONVAL_HTTP"].rpartition(":")[2])
    return served([sys.executable, "-m", "tonval", "web"], environment, port)


def settings(home: Path, database_url: str | None = None, redis_url: str | None = None) -> dict[str, str]:
    """The environment of an installation in ``home`` with a Twilio account that is reached by nobody."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TONVAL_")}
    told = {"TONVAL_DATABASE_URL": database_url, "TONVAL_REDIS_URL": redis_url}
    return {
        **kept,
        **{name: value for name, value in told.items() if value},
        "PYTHONPATH": str(ROOT),
        "TONVAL_HOME": str(home),
        "TONVAL_QUEUES": str(ROOT / "queues.yaml"),
        "TONVAL_HTTP": f"127.0.0.1:{free_port(socket.SOCK_STREAM)}",
        "TONVAL_PUBLIC_URL": OUTSIDE,
        "TONVAL_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
        "TONVAL_TWILIO_AUTH_TOKEN": TOKEN,
        "TONVAL_TWILIO_API_URL": "http://127.0.0.1:9",
        "TONVAL_SECRET_KEY": "a-key-for-the-tests-alone",
    }


@contextmanager
def redis_in(home: Path) -> Iterator[str]:
    """The URL of a Redis of its own."""
    server = find_server(home, None)
    with subprocess.Popen(server.command, stdout=subprocess.DEVNULL) as process:
        try:
            yield server.url
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def _all_of(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
