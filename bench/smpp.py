"""How fast messages go out and come in over an operator's line.

    python bench/smpp.py [--messages 10000] [--window 64] [--batch 100] [--database sqlite]

The message centre is ``smpp34``'s server in a process of its own, on loopback. Measured are the line alone (batches
through the provider, every answer awaited), the outbox (from rows that are due to rows that are accepted), and what
customers write (deliver_sm until it is stored and answered). There is no chance in it, so there is no seed.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from tempfile import TemporaryDirectory

from tests.drivers.postgres import private_server
from tests.sms.smpp.conftest import by_smpp
from tests.sms.stage import OURS, Stage
from tests.waiting import wait_until
from tonval.fieldwork.messaging.messages import Outgoing
from tonval.fieldwork.messaging.outgoing import queue_message
from tonval.sms import sender
from tonval.sms.providers import Accepted
from tonval.sms.smpp.account import read_account
from tonval.sms.smpp.provider import SmppMessages
from tonval.store.migrate import migrate
from tonval.store.unit import open_unit

BATCH = 100
"""Messages of a round from the outbox."""


class Centre:
    """The message centre in its process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(self._answer().split()[1])

    @property
    def taken(self) -> int:
        """How many submit_sm it took."""
        return int(self._ask(""))

    def bring(self, count: int) -> float:
        """So many customers write; the seconds until all is answered."""
        return float(self._ask(f"bring {count} {OURS}"))

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        print(line, file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def main() -> None:
    """Run it on each database and print what was seen."""
    asked = _arguments()
    _say("machine", f"{platform.machine()}, Python {platform.python_version()}, smpp34 {version('smpp34')}")
    _say("messages, window", f"{asked.messages:,}, {asked.window}")
    if asked.database != "postgresql":
        with TemporaryDirectory() as folder:
            _measure(f"sqlite:///{folder}/tonval.db", asked)
    if asked.database != "sqlite":
        with private_server({"max_connections": "60"}) as server:
            _measure(server.fresh(), asked)


def _measure(url: str, asked: argparse.Namespace) -> None:
    unit = open_unit(url)
    migrate(unit)
    stage, kind = by_smpp(Stage(unit)), unit.engine.dialect.name
    with _centre() as centre:
        account = read_account(f"smpp://bench:secret@127.0.0.1:{centre.port}/?window={asked.window}")
        line = SmppMessages(account, stage.office)
        _alone(line, centre, asked.messages, asked.batch)
        _outbox(stage, line, centre, asked.messages, kind)
        took = centre.bring(asked.messages // 5)
        wait_until(lambda: len(stage.rows("in")) == asked.messages // 5)
        _say(f"{kind}: customers' messages stored", f"{asked.messages // 5 / took:,.0f} a second")
        line.close()
    unit.engine.dispose()


def _alone(line: SmppMessages, centre: Centre, count: int, size: int) -> None:
    batch = [_message(number) for number in range(count)]
    line.send(batch[:1])
    begun, worked = time.perf_counter(), time.process_time()
    outcomes = [each for first in range(0, count, size) for each in line.send(batch[first : first + size])]
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    assert all(isinstance(each, Accepted) for each in outcomes)
    assert centre.taken == count + 1
    _say(f"the line alone, batches of {size}", f"{count / took:,.0f} submit_sm a second")
    _say("  of the processor, each message", f"{worked / count * 1000:.2f} ms")


def _outbox(stage: Stage, line: SmppMessages, centre: Centre, count: int, kind: str) -> None:
    before = centre.taken
    for first in range(0, count, 1000):
        with stage.office.unit.begin() as tx:
            for number in range(first, first + 1000):
                queue_message(tx, stage.office, OURS, _customer(number), f"nummer {number}", "question", None)
    begun = time.perf_counter()
    while sender.send_batch(stage.office, {"smpp": line}, BATCH):
        pass
    took = time.perf_counter() - begun
    _say(f"{kind}: from the outbox", f"{count / took:,.0f} messages a second, {took:.1f} s")
    states = Counter(stage.states())
    assert (centre.taken - before, states["accepted"]) == (count, count), states


def _message(number: int) -> Outgoing:
    now = datetime.now(UTC)
    return Outgoing(f"m{number}", "a", 1, now, "smpp", OURS, _customer(number), f"nummer {number}", 1, None, None)


def _customer(number: int) -> str:
    return f"+1{201 + number // 100 % 100}55501{number % 100:02d}"


@contextmanager
def _centre() -> Iterator[Centre]:
    command = [sys.executable, "-m", "tests.drivers.smsc"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Centre(process)
        process.communicate("")


def _say(what: str, figure: object) -> None:
    print(f"{what:40} {figure}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--window", type=int, default=64)
    parser.add_argument("--batch", type=int, default=100, help="how many the line alone is given at once")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    return parser.parse_args()


if __name__ == "__main__":
    main()
