"""Decisions by HTTP: reports one by one and in bulk against `tonval web` (two sync workers) on SQLite and PostgreSQL.

    python bench/decisions_http.py [--singles 3000] [--rows 40000] [--batch 5000] [--clients 4] [--seed 1]
                                   [--databases sqlite postgresql] [--profile DIR]

Every row is a report of its own: one in five customers has been reported before, one call in ten was too short. The
PostgreSQL server is a private one with its usual settings, so that a commit reaches the disk. The clients are processes
of their own on the same cores; they keep a connection as long as the server lets them (a sync worker closes it).
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import multiprocessing
import os
import platform
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.drivers import postgres  # noqa: E402
from tonval import opening  # noqa: E402
from tonval.config import load_config  # noqa: E402
from tonval.fieldwork.colleagues import keys  # noqa: E402
from tonval.fieldwork.field import Field  # noqa: E402
from tonval.store.tables import interactions  # noqa: E402
from tonval.workers.valkey import find_server  # noqa: E402

TARGETS = {"single": 500, "bulk": 5000}
QUEUES = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: console}}
defaults: {min_talk: 15s, cap: 30d, quiet_hours: "21:00-08:00", languages: [sv]}
queues:
  sales: {survey: sales-nps, channel: sms, from: "+46701740605", delay: 2m}
surveys:
  sales-nps: {questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? 0–10. STOPP avslutar."}}]}
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What the clients send: the path, the bodies, and how many rows stand in each."""

    path: str
    bodies: Sequence[bytes]
    rows: int


def main() -> None:
    """Serve and drive each database, print the figures."""
    options = _options()
    print(f"seed {options.seed}, {options.clients} clients; {_versions()}")
    failed = False
    for database in options.databases:
        with tempfile.TemporaryDirectory() as home, _redis(Path(home)) as redis_url, _database(database, home) as url:
            failed |= _run(database, _environment(Path(home), redis_url, url), options)
    sys.exit(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--singles", type=int, default=3000)
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--batch", type=int, default=5000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--profile", type=Path, help="write py-spy profiles (raw) into this folder")
    options: argparse.Namespace = parser.parse_args()
    return options


def _run(database: str, environment: dict[str, str], options: argparse.Namespace) -> bool:
    office = opening.open_field(load_config(environment))
    key = keys.make_key(office, "bench", ["report"])
    port = int(environment["TONVAL_HTTP"].rpartition(":")[2])
    dice = random.Random(options.seed)
    rows = [_report(number, dice) for number in range(options.singles + options.rows + 100)]
    singles = [json.dumps(row).encode() for row in rows[: options.singles]]
    spare, many = rows[-100:], rows[options.singles : -100]
    batches = [_bulk(many[begin : begin + options.batch]) for begin in range(0, len(many), options.batch)]
    with _server(environment, port) as process:
        _drive(Load("/api/v1/interactions", [json.dumps(row).encode() for row in spare], 1), port, key, 2)
        single = _measure(f"{database} single", Load("/api/v1/interactions", singles, 1), port, key, options, process)
        bulk_load = Load("/api/v1/interactions/bulk", batches, options.batch)
        bulk = _measure(f"{database} bulk", bulk_load, port, key, options, process)
    print(f"{database:12} bulk : single = {bulk / single:.1f}")
    return _count(office, database, len(rows))


def _report(number: int, dice: random.Random) -> dict[str, Any]:
    customer = {"phone": f"+4670{1000000 + dice.randrange(200_000)}", "name": "Eva", "language": "sv"}
    talk = 9 if dice.random() < 0.1 else dice.randint(20, 900)
    return {
        "id": f"call-{number}",
        "kind": "call",
        "queue": "sales",
        "agent": f"agent{number % 100}",
        "customer": {**customer, "attributes": {"site": "Madrid"}},
        "direction": "inbound",
        "started_at": "2026-11-20T09:00:00Z",
        "ended_at": "2026-11-20T09:15:00Z",
        "talk_seconds": talk,
    }


def _bulk(rows: Sequence[dict[str, Any]]) -> bytes:
    return json.dumps({"interactions": rows}).encode()


def _measure(
    name: str, load: Load, port: int, key: str, options: argparse.Namespace, server: subprocess.Popen[bytes]
) -> float:
    """All requests as fast as the clients can; gives the decisions in a second."""
    workers = [*_children(server.pid)]
    spies = _profile(options.profile, name, workers)
    spent, began = _processor_time(workers), time.perf_counter()
    took = sorted(_drive(load, port, key, options.clients))
    wall = time.perf_counter() - began
    served = _processor_time(workers) - spent
    for spy in spies:
        spy.wait()
    decisions = len(load.bodies) * load.rows
    rate, target = decisions / wall, TARGETS[name.split()[1]]
    times = f"p50 {took[len(took) // 2] * 1000:8.1f} ms   p99 {took[len(took) * 99 // 100] * 1000:8.1f} ms a request"
    cost = f"{served / decisions * 1e6:6.0f} µs of processor in the web workers each"
    print(f"{name:18} {rate:7.0f} decisions/s ({rate / target:.2f} x {target})   {times}   {cost}")
    return rate


def _drive(load: Load, port: int, key: str, clients: int) -> list[float]:
    """Send every body, each client its share; gives the seconds each took."""
    shares = [load.bodies[client::clients] for client in range(clients)]
    with multiprocessing.get_context("fork").Pool(clients) as pool:
        return [
            took for share in pool.starmap(_send, [(load.path, share, port, key) for share in shares]) for took in share
        ]


def _send(path: str, bodies: Sequence[bytes], port: int, key: str) -> list[float]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    took = []
    for body in bodies:
        began = time.perf_counter()
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        told = answer.read()
        took.append(time.perf_counter() - began)
        if answer.status not in (200, 201):
            raise RuntimeError(f"{answer.status}: {told[:300]!r}")
    return took


def _count(office: Field, database: str, sent: int) -> bool:
    """Every report must stand in the database once; true when it does not."""
    counted = select(interactions.c.disposition, func.count()).group_by(interactions.c.disposition)
    with office.unit.read() as tx:
        by_disposition = {row[0]: row[1] for row in tx.execute(counted)}
    print(f"{database:12} {sum(by_disposition.values())} of {sent} stored: {by_disposition}")
    return sum(by_disposition.values()) != sent


def _environment(home: Path, redis_url: str, database: str) -> dict[str, str]:
    queues = home / "queues.yaml"
    queues.write_text(QUEUES)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("TONVAL_")},
        "TONVAL_HOME": str(home),
        "TONVAL_QUEUES": str(queues),
        "TONVAL_DATABASE_URL": database,
        "TONVAL_HTTP": f"127.0.0.1:{_free_port()}",
        "TONVAL_REDIS_URL": redis_url,
        "TONVAL_API_LIMIT": "1000000/minute",
        "TONVAL_SECRET_KEY": "a-key-for-the-bench-alone",
    }


@contextlib.contextmanager
def _database(kind: str, home: str) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{home}/tonval.db"
        return
    postgres.SETTINGS.clear()
    with postgres.private_server() as server:
        yield server.fresh()


@contextlib.contextmanager
def _server(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tonval", "web"]
    with subprocess.Popen(command, env=environment, cwd=ROOT) as process:
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()


@contextlib.contextmanager
def _redis(home: Path) -> Iterator[str]:
    server = find_server(home, None)
    with subprocess.Popen(server.command, stdout=subprocess.DEVNULL) as process:
        try:
            yield server.url
        finally:
            process.terminate()


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _processor_time(processes: Sequence[int]) -> float:
    """Seconds of processor time that the processes have used."""
    ticks = [Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13] for process in processes]
    return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")


def _profile(folder: Path | None, name: str, workers: Sequence[int]) -> list[subprocess.Popen[bytes]]:
    """py-spy on each worker, when it was asked for."""
    if folder is None:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    spy = [str(Path(sys.executable).parent / "py-spy"), "record", "--duration", "5", "--rate", "250", "--format", "raw"]
    file = folder / name.replace(" ", "-")
    return [
        subprocess.Popen(
            [*spy, "--output", f"{file}-{worker}.txt", "--pid", str(worker)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for worker in workers
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _versions() -> str:
    parts = [f"{name} {version(name)}" for name in ("flask", "gunicorn", "sqlalchemy", "limits")]
    return f"Python {platform.python_version()}, {', '.join(parts)}, {os.cpu_count()} cores"


if __name__ == "__main__":
    main()
