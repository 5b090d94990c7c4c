"""`tonval up`: the whole house in one terminal."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tonval.workers import probes
from tonval.workers.child import Part
from tonval.workers.probes import Address
from tonval.workers.supervise import Outcome, Supervisor
from tonval.workers.valkey import RedisServer, answers, find_server
from tonval.workers.worker import is_registered

_GRACE = 3.0  # seconds a port or the home may still be held by the parts of a house that was just killed


class CannotStart(Exception):
    """The house cannot be started; the text is one line that says what to change."""


@dataclass(frozen=True, slots=True)
class House:
    """What `tonval up` runs. ``sip`` is the address of the first cell; ``sip_drain`` is the time calls get to end."""

    home: Path
    http: Address
    sip: Address | None
    redis_url: str | None = None
    environment: Mapping[str, str] | None = None  # of the parts; ours when nothing is said
    sip_drain: float = 60.0


def run_house(
    house: House,
    *,
    prepare: Callable[[], None] = lambda: None,
    banner: Callable[[], Iterable[str]] = lambda: (),
    say: Callable[[str], None] = lambda line: print(line, flush=True),
) -> int:
    """Run every part until Ctrl-C or SIGTERM; the exit code. Call it from the main thread.

    ``prepare`` runs alone, before any part (migrations, first user); ``banner`` gives the lines shown when all
    parts are ready. Raises CannotStart, and NoRedisServer when there is no Redis to be had.
    """
    with _only_one(house.home):
        _check_ports(house)
        server = find_server(house.home, house.redis_url)
        prepare()
        supervisor = Supervisor(
            parts_of(house, server), environment=_environment(house, server), logs=house.home / "log", say=say
        )
        outcome = supervisor.run(ready=lambda: _say_all(say, banner()))
    say("all stopped" if outcome is not Outcome.CUT_SHORT else "stopped at once")
    return int(outcome)


def parts_of(house: House, server: RedisServer) -> list[Part]:
    """The parts in starting order. Stopping: calls end first, while the web still serves; Redis goes last."""
    parts = [
        Part("web", _tonval("web"), lambda pid: probes.web_answers(house.http), round=1),
        Part("worker", _tonval("worker"), lambda pid: is_registered(server.url, pid), round=1, patience=30.0),
        Part("clock", _tonval("clock"), lambda pid: True, round=1),
    ]
    if house.sip is not None:
        sip = house.sip
        parts.append(
            Part("sip", _tonval("sip"), lambda pid: probes.sip_answers(sip), round=0, patience=house.sip_drain)
        )
    if server.command:
        parts.insert(0, Part("redis", server.command, lambda pid: answers(server.url), round=2, quiet=True))
    return parts


def _say_all(say: Callable[[str], None], lines: Iterable[str]) -> None:
    for line in lines:
        say(line)


def _tonval(part: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "tonval", part)


def _environment(house: House, server: RedisServer) -> dict[str, str]:
    ours = dict(os.environ if house.environment is None else house.environment)
    return ours | {"TONVAL_HOME": str(house.home), "TONVAL_REDIS_URL": server.url, "PYTHONUNBUFFERED": "1"}


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Hold the home's lock; the kernel gives it back even after kill -9. The parts do not inherit it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "up.lock").open("a+") as lock:
        _take(lock, home)
        yield


def _take(lock: IO[str], home: Path) -> None:
    """A part that was being started when its house was killed holds the lock for a moment longer."""
    deadline = time.monotonic() + _GRACE
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"tonval is already up in {home}; stop it first, or set TONVAL_HOME to another folder"
                ) from error
        time.sleep(0.1)


def _check_ports(house: House) -> None:
    _free("TONVAL_HTTP", house.http, probes.tcp_in_use)
    if house.sip is not None:
        _free("TONVAL_SIP", house.sip, probes.udp_in_use)


def _free(setting: str, address: Address, in_use: Callable[[Address], bool]) -> None:
    deadline = time.monotonic() + _GRACE
    while in_use(address):
        if time.monotonic() > deadline:
            host, port = address
            raise CannotStart(f"{host}:{port} is already in use; set {setting} to another one, like {host}:{port + 10}")
        time.sleep(0.1)
