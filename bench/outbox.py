"""How fast SMS go out: from rows that are due to a stand-in that has accepted them all.

    python bench/outbox.py [--messages 5000] [--way twilio|console] [--throttle 0.3] [--kill]

A sender of its own process works in rounds, as a worker does. With ``twilio`` the messages go by Twilio's client over
HTTP to a stand-in of its own process (bench/leaner.py); with ``console`` there is no network. ``--throttle``: this
share of the requests is answered 429 at random, and the time is compared with that of the same run without. ``--kill``:
the sender is killed (SIGKILL) in the middle and another one goes on; the round that was being handed over stays in
doubt, for this stand-in has no list to look it up in (bench/doubt.py). Counted is what its ledger shows: who got two
messages, and who got none.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy

from tests.drivers.postgres import private_server
from tests.sms.stage import OURS, Stage
from tonval.fieldwork.messaging.outgoing import queue_message
from tonval.store.migrate import migrate
from tonval.store.unit import open_unit

SENDING = "tests.sms.sending"
LEANER = Path(__file__).parent / "leaner.py"


def main() -> None:
    """Run it on each database and print what was seen."""
    asked = _arguments()
    _say("machine", f"{platform.machine()}, Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}")
    _say("messages", f"{asked.messages:,} by {asked.way}, seed {asked.seed}")
    if asked.database != "postgresql":
        with TemporaryDirectory() as folder:
            _run([f"sqlite:///{folder}/{number}.db" for number in range(2)], asked)
    if asked.database != "sqlite":
        # As an installation runs it: every commit is forced to the disk.
        with private_server({"max_connections": "60"}) as server:
            _run([server.fresh(), server.fresh()], asked)


def _run(urls: list[str], asked: argparse.Namespace) -> None:
    ideal = _measure(urls[0], asked, 0.0)
    if asked.throttle:
        took = _measure(urls[1], asked, asked.throttle)
        # Every try costs the provider and us the same, so that many more tries are what it takes at the least.
        least = ideal / (1 - asked.throttle)
        _say("  throttled, against the tries it takes", f"{took / least:.2f} x ({took / ideal:.2f} x without)")


def _measure(url: str, asked: argparse.Namespace, throttle: float) -> float:
    """Send all and account for each; gives the seconds."""
    unit = open_unit(url)
    migrate(unit)
    stage = Stage(unit)
    for first in range(0, asked.messages, 1000):
        _queue(stage, range(first, min(first + 1000, asked.messages)))
    with _stand_in(throttle, asked.seed) as network:
        wanted = "console" if asked.way == "console" else network.url
        took, worked, tries = _send(url, wanted, asked, network)
    _say(f"{unit.engine.dialect.name}: sent in", f"{took:.1f} s, {asked.messages / took:,.0f} messages a second")
    _say("  of the processor, each message", f"sender {worked / asked.messages * 1000:.2f} ms")
    _say("  tries", f"{tries:,}, of which throttled {network.ledger['throttled']:,}")
    _account(stage, network.ledger["bodies"], asked)
    unit.engine.dispose()
    return took


def _queue(stage: Stage, numbers: range) -> None:
    with stage.office.unit.begin() as tx:
        for number in numbers:
            customer = f"+1{201 + number // 100 % 10}55501{number % 100:02d}"
            queue_message(tx, stage.office, OURS, customer, f"nummer {number}", "question", None)


class _Network:
    """The stand-in's address, and its ledger when it has ended."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.ledger: dict[str, Any] = {}


@contextmanager
def _stand_in(throttle: float, seed: int) -> Iterator[_Network]:
    command = [sys.executable, str(LEANER), "--throttle", str(throttle), "--seed", str(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        network = _Network(process.stdout.readline().strip())
        yield network
        network.ledger = json.loads(process.communicate()[0])


def _send(url: str, way: str, asked: argparse.Namespace, network: _Network) -> tuple[float, float, int]:
    """Let one sender, or one that is killed and its follower, send all: seconds, the processor's, tries."""
    took = 0.0
    if asked.kill:
        first = _start(url, way, 0)
        begun = time.perf_counter()
        time.sleep(2.0)
        first.kill()
        took = time.perf_counter() - begun
        first.communicate()
    tries, seconds, worked = _start(url, way, 600 if asked.kill else 0).communicate()[0].split()
    return took + float(seconds), float(worked), int(tries)


def _start(url: str, way: str, ahead: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", SENDING, url, way, str(ahead)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _account(stage: Stage, bodies: list[str], asked: argparse.Namespace) -> None:
    """Every message went out once, or says what became of it."""
    got = Counter(bodies)
    states = Counter(stage.states())
    if asked.way == "twilio":
        _say("  sent twice", f"{sum(times > 1 for times in got.values())}")
        _say("  not in the ledger", f"{asked.messages - len(got)}")
    _say("  states", ", ".join(f"{state} {number:,}" for state, number in sorted(states.items())))


def _say(what: str, figure: object) -> None:
    print(f"{what:40} {figure}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--way", choices=("twilio", "console"), default="twilio")
    parser.add_argument("--throttle", type=float, default=0.0, help="the share of requests that are answered 429")
    parser.add_argument("--kill", action="store_true", help="kill the sender in the middle")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
