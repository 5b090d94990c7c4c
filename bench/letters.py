"""How fast letters to customers go out: from rows that are due to a mail server that has accepted them all.

    python bench/letters.py [--letters 10000] [--kill] [--database sqlite]

A sender of its own process hands them to a real SMTP server on loopback (aiosmtpd), on SQLite and on PostgreSQL. With
``--kill`` the sender is killed (SIGKILL) in the middle and another one goes on: counted is who got two letters, and who
got none and why. There is no chance in it, so there is no seed.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy

from tests.drivers.postgres import private_server
from tests.drivers.smtp import Mailbox, mail_server
from tests.mail.stage import Stage
from tonval.mail.sender import settle_doubtful
from tonval.store.migrate import migrate
from tonval.store.unit import Unit, open_unit

SENDING = Path(__file__).parents[1] / "tests" / "mail" / "sending.py"


def main() -> None:
    """Run it on each database and print what was seen."""
    asked = _arguments()
    _say("machine", f"{platform.machine()}, Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}")
    _say("letters", f"{asked.letters:,}")
    if asked.database != "postgresql":
        with TemporaryDirectory() as folder:
            _measure(f"sqlite:///{folder}/tonval.db", asked)
    if asked.database != "sqlite":
        # As an installation runs it: every commit is forced to the disk.
        with private_server({"max_connections": "60"}) as server:
            _measure(server.fresh(), asked)


def _measure(url: str, asked: argparse.Namespace) -> None:
    unit = open_unit(url)
    migrate(unit)
    stage = Stage(unit)
    for first in range(0, asked.letters, 1000):
        stage.queue(*(f"c{n}@mail.example" for n in range(first, min(first + 1000, asked.letters))))
    with mail_server(keeps=False) as mailbox:
        begun = time.process_time()
        took, worked = _send(url, mailbox, asked.letters // 2 if asked.kill else None)
        served = time.process_time() - begun
    sent = len(mailbox.ledger)
    _say(f"{unit.engine.dialect.name}: sent in", f"{took:.1f} s, {sent / took:,.0f} letters a second")
    if not asked.kill:
        each = f"sender {worked / sent * 1000:.2f} ms, mail server {served / sent * 1000:.2f} ms"
        _say("  of the processor, each letter", each)
    _account(unit, stage, mailbox, asked.letters)


def _send(url: str, mailbox: Mailbox, kill_at: int | None) -> tuple[float, float]:
    """Let one sender, or one that is killed and its follower, send all; gives the seconds, and the processor's."""
    took = 0.0
    if kill_at is not None:
        first = _start(url, mailbox, 0)
        begun = time.perf_counter()
        while len(mailbox.ledger) < kill_at:
            time.sleep(0.001)
        first.kill()
        took = time.perf_counter() - begun
        first.communicate()
    last = _start(url, mailbox, 3600)
    _, seconds, worked = last.communicate()[0].split()
    return took + float(seconds), float(worked)


def _start(url: str, mailbox: Mailbox, ahead: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(SENDING), url, mailbox.url, str(ahead)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _account(unit: Unit, stage: Stage, mailbox: Mailbox, letters: int) -> None:
    """Every letter went out once, or says why not."""
    stage.pass_time(hours=3)
    for _ in range(2):
        settle_doubtful(stage.office)
        stage.pass_time(hours=1)
    got = Counter(mailbox.ledger)
    states = Counter(stage.states())
    _say("  two letters", f"{sum(times > 1 for times in got.values())} customers")
    _say("  no letter", f"{letters - len(got)} customers")
    _say("  states", ", ".join(f"{state} {number:,}" for state, number in sorted(states.items())))
    unit.engine.dispose()


def _say(what: str, figure: object) -> None:
    print(f"{what:40} {figure}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--kill", action="store_true", help="kill the sender in the middle")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    return parser.parse_args()


if __name__ == "__main__":
    main()
