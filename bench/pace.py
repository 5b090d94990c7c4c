"""How well a number keeps its pace: segments a second asked for and achieved, from one in ten seconds to a thousand.

    python bench/pace.py [--seconds 15] [--database sqlite|postgresql]

A sender sleeps until it is told to come again, as a worker does, and hands to the console, which takes everything at
once. Slow rates run on a clock that is moved, fast ones in real time. The second's worth that an idle number may send
at once is taken off. There is no chance in it, so there is no seed.
"""

from __future__ import annotations

import argparse
import platform
import time
from dataclasses import replace
from datetime import datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import delete

from tests.drivers.postgres import private_server
from tests.sms.stage import BEGINNING, OURS, Stage
from tonval.fieldwork.addresses import PhoneNumber
from tonval.fieldwork.messaging.pacing import CREDIT
from tonval.sms.console.provider import Console
from tonval.sms.sender import send_batch
from tonval.store.migrate import migrate
from tonval.store.tables import messages, senders
from tonval.store.unit import open_unit

MOVED: Final = (0.1, 0.3, 1.0, 3.0)
REAL: Final = (10.0, 30.0, 100.0, 300.0, 1000.0)
NAP: Final = 0.1  # seconds: no worker is rung for sooner (workers.bell)


class _Moved:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = BEGINNING

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class _Real:
    """The clock on the wall, from the stage's beginning on."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    @property
    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=time.monotonic() - self._begun)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def main() -> None:
    """Run each rate and print what was seen."""
    asked = _arguments()
    print(f"{platform.machine()}, Python {platform.python_version()}, {asked.database}, {asked.seconds} s each")
    if asked.database == "sqlite":
        with TemporaryDirectory() as folder:
            _run(f"sqlite:///{folder}/tonval.db", asked.seconds)
    else:
        with private_server({"max_connections": "60"}) as server:
            _run(server.fresh(), asked.seconds)


def _run(url: str, seconds: float) -> None:
    migrate(open_unit(url))
    for rate in MOVED:
        _measure(url, rate, _Moved(), 200 / rate, "moved clock")
    for rate in REAL:
        _measure(url, rate, _Real(), seconds, "real time")


def _measure(url: str, rate: float, clock: _Moved | _Real, seconds: float, kind: str) -> None:
    stage = Stage(open_unit(url))
    number = replace(stage.office.centre.numbers[PhoneNumber(OURS)], rate=rate, provider="console")
    centre = replace(stage.office.centre, numbers={**stage.office.centre.numbers, PhoneNumber(OURS): number})
    ids = iter(range(10**9))
    office = replace(stage.office, centre=centre, now=lambda: clock.now, fresh_id=lambda kind: f"{rate}-{next(ids):09}")
    stage.office = office
    with stage.office.unit.begin() as tx:
        tx.execute(delete(messages))
        tx.execute(delete(senders))
    stage.queue(*("hej" for _ in range(int(rate * (seconds + 5)) + 5)))
    begun, ends = clock.now, clock.now + timedelta(seconds=seconds)
    waits, sent = [timedelta(0)], 0
    while clock.now < ends:
        wait = waits[-1].total_seconds() if waits else NAP
        clock.sleep(min(max(NAP, wait), max(0.0, (ends - clock.now).total_seconds())))
        waits.clear()
        while batch := send_batch(office, {"console": Console()}, later=waits.append):
            sent += batch
    took = (clock.now - begun + CREDIT).total_seconds()
    print(
        f"{rate:8g} a second asked   {sent / took:10.3f} achieved   {100 * (sent / took / rate - 1):+6.2f} %   {kind}"
    )
    stage.office.unit.engine.dispose()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    return parser.parse_args()


if __name__ == "__main__":
    main()
