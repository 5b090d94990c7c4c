"""The survey page under load: how soon it begins to come, and how many pages a second are stored.

    python bench/survey_page.py [--answers 3000] [--clients 4] [--seed 1] [--databases sqlite postgresql]

Against `tonval web` (gunicorn, two sync workers). The first figures are of the first byte at 100 requests a second,
half of them looking and half of them sending a page in; then as many pages as four clients can send. Every page carries
one answer, and all are counted in the database afterwards. The clients run on the same cores as the server, on a
connection each time. PostgreSQL is a private server with its usual settings, so that a commit reaches the disk.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import func, select

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.drivers import postgres  # noqa: E402
from tests.web.survey_house import ask_many  # noqa: E402
from tonval import opening  # noqa: E402
from tonval.config import load_config  # noqa: E402
from tonval.fieldwork.field import Field  # noqa: E402
from tonval.store.tables import events  # noqa: E402

LATE, STORED = 30, 300
"""The figures to reach: milliseconds at p99, pages a second."""

QUEUES = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: console}}
defaults: {languages: [sv, en]}
queues: {care: {survey: care, channel: link, from: "+46701740605"}}
surveys:
  care:
    page: {colours: {accent: "#e4572e"}}
    questions:
      - {id: recommend, scale: nps, required: true, text: {sv: "Hur troligt är det?", en: "How likely is it?"}}
      - {id: helped, scale: nki, text: {sv: "Hur bra hjälp fick du?", en: "How well were you helped?"}}
"""


@dataclass(frozen=True, slots=True)
class Shot:
    """One request: milliseconds to the first byte and to the last, and the answer."""

    first: float
    last: float
    answer: bytes


def main() -> None:
    """Serve and drive each database, print the figures; exit 1 when an answer is missing."""
    options = _options()
    print(f"seed {options.seed}, {options.clients} clients; {_versions()}")
    failed = False
    for database in options.databases:
        with tempfile.TemporaryDirectory() as home, _database(database, home) as url:
            failed |= _run(database, _environment(Path(home), url), options)
    sys.exit(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=3000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    options: argparse.Namespace = parser.parse_args()
    return options


def _environment(home: Path, url: str) -> dict[str, str]:
    (home / "queues.yaml").write_text(QUEUES)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("TONVAL_")},
        "TONVAL_HOME": str(home),
        "TONVAL_QUEUES": str(home / "queues.yaml"),
        "TONVAL_DATABASE_URL": url,
        "TONVAL_HTTP": f"127.0.0.1:{_free_port()}",
        "TONVAL_SECRET_KEY": "a-key-for-the-bench-alone",
    }


def _run(database: str, environment: dict[str, str], options: argparse.Namespace) -> bool:
    office, dice = opening.open_field(load_config(environment)), random.Random(options.seed)
    tokens = ask_many(office, options.answers + 500)
    port = int(environment["TONVAL_HTTP"].rpartition(":")[2])
    sent = [_send(token, dice.randint(0, 10)) for token in tokens]
    looks = [_look(token) for token in tokens[:500]]
    paced = [each for pair in zip(looks, sent[:500], strict=True) for each in pair]
    with _server(environment, port) as server:
        for request in looks[:100]:  # both workers load what they need before anything is measured
            _shoot(request, port)
        shots = _pace(paced, port)
        _print(f"{database}: look, 100/s", shots[::2], f"first byte; target p99 {LATE} ms")
        _print(f"{database}: send, 100/s", shots[1::2], "")
        began, spent = time.perf_counter(), _processor_time(server.pid)
        rushed = _drive(sent[500:], port, options.clients)
        rate = len(rushed) / (time.perf_counter() - began)
        cost = 1000 * (_processor_time(server.pid) - spent) / len(rushed)
        _print(f"{database}: send, all at once", rushed, f"{rate:.0f} stored/s; target {STORED}")
        print(f"{database}: {cost:.2f} ms of processor a page in the server: {2000 / cost:.0f}/s on two idle cores")
    kept = _count(office)
    bad = [shot for shot in shots + rushed if not shot.answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 303"))]
    print(f"{database}: {kept} of {len(sent)} answers stored, {len(bad)} requests not answered as they should be")
    office.unit.engine.dispose()
    return kept != len(sent) or bool(bad)


def _look(token: str) -> bytes:
    return f"GET /s/{token} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode()


def _send(token: str, value: int) -> bytes:
    body = f"at=recommend&lang=sv&go=next&q.recommend={value}"
    head = f"POST /s/{token} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


def _shoot(request: bytes, port: int) -> Shot:
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(request)
        parts = [line.recv(65536)]
        first = time.perf_counter()
        while part := line.recv(65536):
            parts.append(part)
    return Shot(1000 * (first - began), 1000 * (time.perf_counter() - began), b"".join(parts))


def _pace(requests: Sequence[bytes], port: int) -> list[Shot]:
    """A hundred a second, each begun on time whether or not the one before is back; the answers in the same order."""
    shots: list[Shot | None] = [None] * len(requests)

    def run(place: int) -> None:
        shots[place] = _shoot(requests[place], port)

    threads, began = [], time.perf_counter()
    for place in range(len(requests)):
        time.sleep(max(0.0, began + place / 100 - time.perf_counter()))
        threads.append(threading.Thread(target=run, args=(place,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return [shot for shot in shots if shot is not None]


def _drive(requests: Sequence[bytes], port: int, clients: int) -> list[Shot]:
    shots: list[Shot] = []

    def run(mine: Sequence[bytes]) -> None:
        shots.extend([_shoot(request, port) for request in mine])

    threads = [threading.Thread(target=run, args=(requests[number::clients],)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return shots


def _processor_time(server: int) -> float:
    """Seconds of processor time that the workers have used: with it, figures of a busy machine can be compared."""
    workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    ticks = [Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[11:13] for worker in workers]
    return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")


def _count(office: Field) -> int:
    with office.unit.read() as tx:
        return tx.execute(select(func.count()).where(events.c.kind == "AnswerGiven")).scalar_one()


def _print(name: str, shots: Sequence[Shot], more: str) -> None:
    took = sorted(shot.first for shot in shots)
    print(f"{name:30} p50 {took[len(took) // 2]:6.1f} ms   p99 {took[len(took) * 99 // 100]:6.1f} ms   {more}")


@contextlib.contextmanager
def _server(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-m", "tonval", "web"], env=environment, cwd=ROOT) as process:
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()


@contextlib.contextmanager
def _database(kind: str, home: str) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{home}/tonval.db"
        return
    postgres.SETTINGS.clear()
    with postgres.private_server() as server:
        yield server.fresh()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _versions() -> str:
    parts = [f"{name} {version(name)}" for name in ("flask", "gunicorn", "sqlalchemy")]
    return f"Python {platform.python_version()}, {', '.join(parts)}, {os.cpu_count()} cores"


if __name__ == "__main__":
    main()
