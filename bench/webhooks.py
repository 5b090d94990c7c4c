"""Answers by webhook: signed voice and SMS answers against `tonval web` (two sync workers), beside Twilio's own sample.

    python bench/webhooks.py [--peer FOLDER] [--databases sqlite postgresql] [--answers 2000] [--clients 4] [--seed 1]
                             [--profile DIR]

Every request of ours is signed beforehand, carries one answer, and is counted in the database afterwards. The clients
run on the same cores as the server and on a connection each time, as Twilio's do.

The peer is github.com/TwilioDevEd/automated-survey-flask: FOLDER is a checkout of it with an environment in its env/
(its requirements.txt, gunicorn, and psycopg2 for PostgreSQL). It runs under gunicorn with as many workers on a database
of the same kind, driven by the same clients in turns with ours. It checks no signature. What it does with an answer is
measured twice: the POST that stores the answer, alone; and the whole way its README's webhooks lead Twilio for one
answer (by SMS: GET /message, POST /answer, GET /question; by voice: POST /answer, GET /question).
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import func, make_url, select

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.drivers.answering import TWILIO, ask_by_sms, key_pressed, open_calls, text_written  # noqa: E402
from tests.drivers.house import free_port  # noqa: E402
from tests.drivers.postgres import private_server  # noqa: E402
from tests.drivers.served import Served, Shot, redis_in, served, settings, web  # noqa: E402
from tonval import opening  # noqa: E402
from tonval.config import load_config  # noqa: E402
from tonval.fieldwork.field import Field  # noqa: E402
from tonval.fieldwork.voice import takes  # noqa: E402
from tonval.store.tables import events, messages  # noqa: E402

CALM: Final = 200
"""Answers at a hundred a second."""

ROUNDS: Final = 4
"""In how many turns with the peer the answers are sent, so that a busy moment of the machine strikes both."""

SEED_PEER: Final = """
from automated_survey_flask import db, parsers, prepare_app
with prepare_app().app_context():
    db.create_all()
    db.session.add(parsers.survey_from_json(open("survey.json").read()))
    db.session.commit()
"""
VERSIONS_OF_PEER: Final = """
from importlib.metadata import version
print(", ".join(f"{name} {version(name)}" for name in ("flask", "gunicorn", "sqlalchemy", "twilio")))
"""


@dataclass(frozen=True, slots=True)
class Rush:
    """Requests as fast as the clients could: a second's worth of answers in each round, and every shot."""

    rates: tuple[float, ...]
    shots: tuple[Shot, ...]
    processor: float

    @property
    def rate(self) -> float:
        """Answers a second, the middle of the rounds."""
        return statistics.median(self.rates)


def main() -> None:
    """Each database: prepare, serve, drive in turns, count; exit 1 when an answer is missing or refused."""
    options = _options()
    print(f"seed {options.seed}, {options.answers} answers each, {options.clients} clients; {_versions()}")
    failed = [_run(kind, options) for kind in options.databases]
    sys.exit(any(failed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, help="a checkout of automated-survey-flask with its environment in env/")
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--answers", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", type=Path, help="write py-spy profiles (raw stacks) into this folder")
    options: argparse.Namespace = parser.parse_args()
    return options


def _run(kind: str, options: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory() as folder, redis_in(Path(folder)) as redis, _databases(kind, folder) as urls:
        environment = settings(Path(folder), urls[0], redis)
        office = opening.open_field(load_config(environment))
        voice, texts = _answers(office, options.answers + CALM, random.Random(options.seed))
        with web(environment) as ours, _peer(options.peer, urls[1]) as peer:
            failed = [_compare(f"{kind}: voice", ours, voice[CALM:], peer, _peer_voice(), options)]
            failed.append(_compare(f"{kind}: SMS", ours, texts[CALM:], peer, _peer_texts(), options))
            _calm(f"{kind}: voice at 100/s", ours, voice[:CALM])
            _calm(f"{kind}: SMS at 100/s", ours, texts[:CALM])
        failed.append(_count(kind, office, len(voice), len(texts)))
        office.unit.engine.dispose()
    return any(failed)


@contextmanager
def _databases(kind: str, folder: str) -> Iterator[tuple[str, str]]:
    """A database for us and one for the peer; PostgreSQL keeps every commit on the disk, as it does by default."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/tonval.db", f"sqlite:///{folder}/peer.db"
        return
    with private_server({"max_connections": "60"}) as server:
        theirs = make_url(server.fresh()).set(drivername="postgresql+psycopg2")
        yield server.fresh(), theirs.render_as_string(hide_password=False)


def _answers(office: Field, count: int, dice: random.Random) -> tuple[list[bytes], list[bytes]]:
    """Open as many calls and SMS interviews as there will be answers, and sign the answers."""
    takes.draft_missing(office)
    legs = open_calls(office, count)
    ask_by_sms(office, count)
    voice = [key_pressed(leg, 1, str(dice.randint(1, 5))) for leg in legs]
    texts = [text_written(number, str(dice.randint(0, 10))) for number in range(count)]
    return _wires(voice), _wires(texts)


def _wires(webhooks: Sequence[tuple[str, Any]]) -> list[bytes]:
    return [TWILIO.webhook(*each).wire() for each in webhooks]


@contextmanager
def _peer(folder: Path | None, url: str) -> Iterator[Served | None]:
    """The sample on its own database, with its survey in it, as its README and its production settings have it."""
    if folder is None:
        yield None
        return
    python, port = str(folder.resolve() / "env" / "bin" / "python"), free_port(socket.SOCK_STREAM)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**kept, "FLASK_ENV": "production", "SECRET_KEY": "a-key-for-the-bench-alone", "DATABASE_URI": url}
    subprocess.run([python, "-c", SEED_PEER], cwd=folder, env=environment, check=True)
    told = subprocess.run([python, "-c", VERSIONS_OF_PEER], check=True, capture_output=True, text=True).stdout.strip()
    print(f"peer: {told}; commit {_commit(folder)}")
    gunicorn = [python, "-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    look = b"GET /question/3?MessageSid=SM1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    command = [*gunicorn, "automated_survey_flask:prepare_app()"]
    with served(command, environment, port, folder.resolve(), look) as server:
        yield server


def _commit(folder: Path) -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=folder, capture_output=True, text=True)
    return told.stdout.strip() or "unknown"


def _peer_texts() -> dict[str, list[bytes]]:
    """What the peer is sent for one SMS answer: the answer alone, and the whole way."""
    about = {"MessageSid": "SM1", "From": "+46701740606", "To": "+46701740605", "Body": "7"}
    answer, query = _post("/answer/3", about), urlencode(about)
    return {"POST alone": [answer], "whole way": [_get(f"/message?{query}"), answer, _get(f"/question/4?{query}")]}


def _peer_voice() -> dict[str, list[bytes]]:
    about = {"CallSid": "CA1", "From": "+46701740606", "To": "+46701740605", "Digits": "7"}
    answer = _post("/answer/3", about)
    return {"POST alone": [answer], "whole way": [answer, _get(f"/question/4?{urlencode(about)}")]}


def _post(path: str, form: Mapping[str, str]) -> bytes:
    body = urlencode(form).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def _get(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()


def _compare(
    name: str,
    ours: Served,
    requests: Sequence[bytes],
    peer: Served | None,
    ways: Mapping[str, list[bytes]],
    options: argparse.Namespace,
) -> bool:
    """In turns with the peer; true when one of ours was not answered with 200."""
    profile = _profile(options.profile, name, ours)
    each = len(requests) // ROUNDS
    mine: list[Rush] = []
    theirs: dict[str, list[Rush]] = {way: [] for way in ways}
    for number in range(ROUNDS):
        mine.append(_rush(ours, requests[number * each : (number + 1) * each], 1, options.clients))
        for way, answer in ways.items():
            if peer is not None:
                theirs[way].append(_rush(peer, answer * (each // 4), len(answer), options.clients))
    for spy in profile:
        spy.wait()
    whole = _print(name, mine)
    for way, rushes in theirs.items():
        if rushes:
            rate = _print(f"  peer, {way}", rushes).rate
            ratios = ", ".join(f"{us.rate / them.rate:.2f}" for us, them in zip(mine, rushes, strict=True))
            print(f"    ours is {whole.rate / rate:.2f} x the peer's {way} (the rounds: {ratios}; target 5)")
    bad = [shot for shot in whole.shots if shot.status != 200]
    if bad:
        print(f"{name}: {len(bad)} not answered with 200, the first: {bad[0].answer[:200]!r}")
    return bool(bad)


def _rush(server: Served, requests: Sequence[bytes], steps: int, clients: int) -> Rush:
    spent, began = server.processor_time(), perf_counter()
    shots = server.drive(requests, clients)
    answers = len(requests) / steps
    return Rush((answers / (perf_counter() - began),), tuple(shots), (server.processor_time() - spent) / answers)


def _print(name: str, rushes: Sequence[Rush]) -> Rush:
    processor = statistics.median(rush.processor for rush in rushes)
    whole = Rush(tuple(rush.rate for rush in rushes), tuple(shot for rush in rushes for shot in rush.shots), processor)
    print(
        f"{name:24} {whole.rate:5.0f} answers/s   {_percentiles(whole.shots)}   "
        f"{1000 * processor:.2f} ms of the server's processor each"
    )
    return whole


def _calm(name: str, server: Served, requests: Sequence[bytes]) -> None:
    print(f"{name:24} {'':15}   {_percentiles(server.pace(requests, 100))}   target p99 25")


def _percentiles(shots: Sequence[Shot]) -> str:
    took = sorted(shot.took * 1000 for shot in shots)
    return f"p50 {took[len(took) // 2]:6.1f} ms   p99 {took[len(took) * 99 // 100]:6.1f} ms"


def _count(kind: str, office: Field, voice: int, texts: int) -> bool:
    """Every answer must be in the database once; true when it is not."""
    given = select(func.count()).where(events.c.kind == "AnswerGiven")
    inbound = select(func.count()).where(messages.c.direction == "in")
    with office.unit.read() as tx:
        answers, stored = tx.execute(given).scalar_one(), tx.execute(inbound).scalar_one()
    print(f"{kind}: {answers} of {voice + texts} answers stored once, {stored} of {texts} messages")
    return (answers, stored) != (voice + texts, texts)


def _profile(folder: Path | None, name: str, server: Served) -> list[subprocess.Popen[bytes]]:
    """py-spy on each worker, when it was asked for."""
    if folder is None:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    spy = [str(Path(sys.executable).parent / "py-spy"), "record", "--duration", "6", "--rate", "250", "--format", "raw"]
    file = folder / re.sub(r"\W+", "-", name)
    return [
        subprocess.Popen(
            [*spy, "--output", f"{file}-{worker}.txt", "--pid", str(worker)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for worker in server.workers()
    ]


def _versions() -> str:
    parts = [f"{name} {version(name)}" for name in ("flask", "gunicorn", "sqlalchemy", "twilio")]
    return f"Python {platform.python_version()}, {', '.join(parts)}, {os.cpu_count()} cores"


if __name__ == "__main__":
    main()
