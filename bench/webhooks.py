"""Answers by webhook: signed voice and SMS answers against `tonval web` (two sync workers) on SQLite.

    python bench/webhooks.py [--answers 2000] [--clients 4] [--seed 1] [--profile DIR]

Every request is signed beforehand, carries one answer, and is counted in the database afterwards. The ratio is to the
177 answers/s (p99 294 ms) that Twilio's automated-survey-flask reached on the same kind of server and database
(docs: STACK). The clients run on the same cores as the server and on a connection each time, as Twilio's do.
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
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from tonval import app
from tonval.config import load_config
from tonval.fieldwork import asking, conduct, invitations, prompts
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer
from tonval.sms import sender
from tonval.sms.console.provider import Console
from tonval.store.tables import events, messages
from tonval.workers.valkey import find_server

PEER = 177
TOKEN = "bench-token"
OUTSIDE = "https://survey.example.com"
OURS = "+46701740605"
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Shot:
    """One request's fate: when it began, how long it took (seconds), and the whole answer."""

    began: float
    took: float
    answer: bytes


def main() -> None:
    """Prepare, serve, drive, count."""
    options = _options()
    with tempfile.TemporaryDirectory() as home, _redis(Path(home)) as redis_url:
        port = _free_port()
        environment = _environment(Path(home), port, redis_url)
        config = load_config(environment)
        office = app.open_field(config)
        voice, texts = _prepare(office, options.answers, random.Random(options.seed))
        print(f"seed {options.seed}, {options.answers} answers each, {options.clients} clients; {_versions()}")
        with _server(environment, port) as process:
            print("server is up")
            failed = [_measure("voice answer", voice[:-200], port, options, process.pid)]
            failed.append(_measure("SMS answer", texts[:-200], port, options, process.pid))
            _pace("voice answer at 100/s", voice[-200:], port)
            _pace("SMS answer at 100/s", texts[-200:], port)
            _retry(voice[:100] + texts[:100], port)
        failed.append(_count(office, len(voice), len(texts)))
    sys.exit(any(failed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", type=Path, help="write py-spy profiles (speedscope) into this folder")
    options: argparse.Namespace = parser.parse_args()
    return options


def _environment(home: Path, port: int, redis_url: str) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("TONVAL_")},
        "TONVAL_HOME": str(home),
        "TONVAL_QUEUES": str(ROOT / "queues.yaml"),
        "TONVAL_HTTP": f"127.0.0.1:{port}",
        "TONVAL_PUBLIC_URL": OUTSIDE,
        "TONVAL_REDIS_URL": redis_url,
        "TONVAL_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
        "TONVAL_TWILIO_AUTH_TOKEN": TOKEN,
        "TONVAL_TWILIO_API_URL": "http://127.0.0.1:9",
        "TONVAL_SECRET_KEY": "a-key-for-the-bench-alone",
    }


def _prepare(office: Field, answers: int, dice: random.Random) -> tuple[list[bytes], list[bytes]]:
    """Open as many calls and SMS interviews as there will be answers (and 200 more), and sign the answers."""
    prompts.draft_missing(office)
    total = answers + 200
    voice = [_voice_answer(_open_call(office, number), dice.randint(1, 5)) for number in range(total)]
    past = replace(office, now=lambda: app.now() - timedelta(hours=1))
    for number in range(total):
        invitations.report(past, _interaction(past, number))
    while asking.ask_due(office, 200):
        pass
    while sender.send_batch(office, {"twilio": Console()}, 500):
        pass
    return voice, [_text_answer(number, dice.randint(0, 10)) for number in range(total)]


def _open_call(office: Field, number: int) -> str:
    call = Call("twilio", f"CA{number:032x}", OURS, "support", f"agent{number % 25}", f"call-{number}", "sv", None)
    return conduct.begin_call(office, call).leg


def _interaction(office: Field, number: int) -> Interaction:
    customer, talk = Customer(phone=_customer(number), language="sv"), timedelta(minutes=3)
    return Interaction(f"sms-{number}", "call", "sales", f"agent{number % 25}", customer, office.now(), talk, {})


def _customer(number: int) -> str:
    return f"+4670{1000000 + number}"


def _voice_answer(leg: str, value: int) -> bytes:
    form = {"CallSid": f"CA{leg}", "AccountSid": "AC1", "From": "+46701740606", "To": OURS, "CallStatus": "in-progress"}
    return _request(f"/twilio/voice/{leg}/1", form | {"Direction": "inbound", "Digits": str(value)})


def _text_answer(number: int, value: int) -> bytes:
    form = {"MessageSid": f"SM{number:032x}", "AccountSid": "AC1", "From": _customer(number), "To": OURS}
    return _request("/twilio/sms", form | {"Body": str(value), "NumMedia": "0", "NumSegments": "1"})


def _request(path: str, form: dict[str, str]) -> bytes:
    body = urlencode(form).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: survey.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {RequestValidator(TOKEN).compute_signature(OUTSIDE + path, form)}\r\n"
        f"User-Agent: TwilioProxy/1.1\r\nAccept: */*\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def _shoot(request: bytes, port: int) -> Shot:
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(request)
        parts = []
        while part := line.recv(65536):
            parts.append(part)
    return Shot(began, time.perf_counter() - began, b"".join(parts))


def _measure(name: str, requests: Sequence[bytes], port: int, options: argparse.Namespace, server: int) -> bool:
    """All requests as fast as the clients can; true when one was not answered with 200."""
    profile = _profile(options.profile, name, server)
    spent, began = (_processor_time([os.getpid()]), _processor_time(_workers(server))), time.perf_counter()
    shots = _drive(requests, port, options.clients)
    wall = time.perf_counter() - began
    client, served = _processor_time([os.getpid()]) - spent[0], _processor_time(_workers(server)) - spent[1]
    for each in profile:
        each.wait()
    bad = [shot for shot in shots if not shot.answer.startswith(b"HTTP/1.1 200")]
    rate = len(shots) / wall
    costs = f"processor per answer: server {served / len(shots) * 1000:.2f} ms, client {client / len(shots) * 1000:.2f}"
    print(f"{name:22} {rate:6.0f} req/s   {_percentiles(shots)}   {rate / PEER:.2f} x {PEER}/s   {costs}")
    if bad:
        print(f"{name:22} {len(bad)} not answered with 200, the first: {bad[0].answer[:200]!r}")
    return bool(bad)


def _workers(server: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{server}/task/{server}/children").read_text().split()]


def _processor_time(processes: Sequence[int]) -> float:
    """Seconds of processor time that the processes have used: with it, figures of a busy machine can be compared."""
    ticks = [Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13] for process in processes]
    return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")


def _drive(requests: Sequence[bytes], port: int, clients: int) -> list[Shot]:
    shots: list[Shot] = []
    waiting = iter(requests)
    lock = threading.Lock()

    def run() -> None:
        mine = []
        while True:
            with lock:
                request = next(waiting, None)
            if request is None:
                break
            mine.append(_shoot(request, port))
        shots.extend(mine)

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return shots


def _pace(name: str, requests: Sequence[bytes], port: int) -> None:
    """A hundred requests a second, each begun on time whether or not the one before is back."""
    shots: list[Shot] = []
    threads = []
    began = time.perf_counter()
    for number, request in enumerate(requests):
        time.sleep(max(0.0, began + number / 100 - time.perf_counter()))
        thread = threading.Thread(target=lambda each=request: shots.append(_shoot(each, port)))
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    print(f"{name:22} {'':13}   {_percentiles(shots)}")


def _retry(requests: Sequence[bytes], port: int) -> None:
    """The same webhooks twice more: the answers must not differ by a byte but for the date."""
    once, twice = ([_shoot(request, port).answer.partition(b"\r\n\r\n")[2] for request in requests] for _ in range(2))
    print(f"{'retried webhooks':22} {len(once)} answered alike: {once == twice}")


def _count(office: Field, voice: int, texts: int) -> bool:
    """Every answer must be in the database once; true when it is not."""
    given = select(func.count()).where(events.c.kind == "AnswerGiven")
    inbound = select(func.count()).where(messages.c.direction == "in")
    with office.unit.read() as tx:
        answers, stored = tx.execute(given).scalar_one(), tx.execute(inbound).scalar_one()
    print(f"{'stored exactly once':22} {answers} of {voice + texts} answers, {stored} of {texts} messages")
    return (answers, stored) != (voice + texts, texts)


def _percentiles(shots: Sequence[Shot]) -> str:
    took = sorted(shot.took * 1000 for shot in shots)
    return f"p50 {took[len(took) // 2]:6.1f} ms   p99 {took[len(took) * 99 // 100]:6.1f} ms"


@contextlib.contextmanager
def _server(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tonval", "web"]
    with subprocess.Popen(command, env=environment, cwd=ROOT) as process:
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            for _ in range(20):  # both workers load what they need before anything is measured
                _shoot(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", port)
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


def _profile(folder: Path | None, name: str, server: int) -> list[subprocess.Popen[bytes]]:
    """py-spy on each worker, when it was asked for."""
    if folder is None:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    spy = [str(Path(sys.executable).parent / "py-spy"), "record", "--duration", "4", "--rate", "250", "--format", "raw"]
    file = folder / name.replace(" ", "-")
    return [
        subprocess.Popen(
            [*spy, "--output", f"{file}-{worker}.txt", "--pid", str(worker)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for worker in _workers(server)
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _versions() -> str:
    parts = [f"{name} {version(name)}" for name in ("flask", "gunicorn", "sqlalchemy", "twilio")]
    return f"Python {platform.python_version()}, {', '.join(parts)}, {os.cpu_count()} cores"


if __name__ == "__main__":
    main()
