"""Key pressed to next prompt over SIP: the first packet of a DTMF event to the first packet of the prompt it leads to.

Once with fieldwork and SQLite, every answer committed in between, and once with fieldwork in memory: the floor.
Options: ``--calls 40 --together 4 --seed 1``. Target (P1): p99 at most 60 ms.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.drivers import sound
from tests.drivers.sip_node import FakeCarrier, Tone, answers, free_port
from tests.drivers.sip_phone import SipPhone
from tests.waiting import wait_until
from tonval.config import load_config
from tonval.fieldwork.voice.takes import draft_missing
from tonval.ivr.sip.carrier import Carrier, SipSettings
from tonval.ivr.sip.conductor import run
from tonval.ivr.sip.office import SipCarrier
from tonval.opening import open_field
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.turns import Utterance

QUESTIONS = 10
TONES = [500.0 + 200 * number for number in range(QUESTIONS)]
QUEUES = """\
brand: Bench
country: SE
defaults: {languages: [en]}
queues:
  support: {survey: bench, channel: keypad}
surveys:
  bench:
    questions:
"""


def main() -> None:
    """Measure both and print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--calls", type=int, default=40)
    asked.add_argument("--together", type=int, default=4, choices=(1, 2, 3, 4))
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--node", nargs=3, metavar=("KIND", "PORT", "HOME"), help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.node:
        be_node(options.node[0], int(options.node[1]), Path(options.node[2]))
        return
    print(
        f"seed {options.seed}, Python {platform.python_version()}, pjsua2-python {version('pjsua2-python')}, "
        f"SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores, {options.together} calls at once"
    )
    floor = measure("memory", options)
    stored = measure("sqlite", options)
    show("in memory (floor)", floor)
    show("committed to SQLite", stored)
    print(f"ratio of the medians {middle(stored, 0.5) / middle(floor, 0.5):.2f}; target: p99 at most 60 ms")


def measure(kind: str, options: argparse.Namespace) -> list[float]:
    """Milliseconds from key to prompt, for every key of every call."""
    dice = random.Random(options.seed)
    with node(kind) as port, ThreadPoolExecutor(options.together) as pool:
        seeds = [dice.random() for _ in range(options.calls)]
        return list(itertools.chain.from_iterable(pool.map(lambda seed: one_call(port, seed), seeds)))


def one_call(port: int, seed: float) -> list[float]:
    """Answer every question but the last, each after a short thought."""
    dice, pause, delays = random.Random(seed), threading.Event(), []
    with SipPhone(port) as phone:
        wait_until(lambda: phone.call().answered)
        phone.wait_for_tone(TONES[0])
        for following in TONES[1:]:
            pause.wait(0.2 + dice.random() * 0.1)
            pressed = phone.press(str(dice.randint(1, 5)), gap=0.0)
            delays.append(1000 * (phone.wait_for_tone(following, pressed) - pressed))
    return delays


@contextmanager
def node(kind: str) -> Iterator[int]:
    """A node in a process of its own, as it runs in earnest; gives its port."""
    with tempfile.TemporaryDirectory() as home:
        port = free_port(1, 4)
        log = Path(home) / "node.log"
        with log.open("wb") as out:
            command = [sys.executable, __file__, "--node", kind, str(port), home]
            process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            wait_until(lambda: answers(port), 30)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def be_node(kind: str, port: int, home: Path) -> None:
    """Run the node until told to stop."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    settings = SipSettings("127.0.0.1", port, 1, 4, ("127.0.0.1/32",), "bench", home)
    run(settings, in_memory() if kind == "memory" else on_sqlite(home), stop=stop)


def in_memory() -> Carrier:
    """Fieldwork without a database."""
    questions = tuple(Question(f"q{number}", "nki", {"en": f"Question {number}?"}) for number in range(QUESTIONS))
    return InTones(FakeCarrier(form=Form("bench", 1, ("en",), questions, {"closing": {"en": "Bye."}})))


def on_sqlite(home: Path) -> Carrier:
    """Fieldwork as it is, on a database of its own."""
    lines = (
        f'      - {{id: q{number}, scale: nki, text: {{en: "Question {number}?"}}}}\n' for number in range(QUESTIONS)
    )
    (home / "queues.yaml").write_text(QUEUES + "".join(lines))
    config = load_config({"TONVAL_HOME": str(home), "TONVAL_QUEUES": str(home / "queues.yaml")})
    office = open_field(config)
    draft_missing(office)
    return InTones(SipCarrier(office))


@dataclass
class InTones:
    """A carrier whose questions are tones; the audio is looked up all the same."""

    carrier: Carrier

    def __post_init__(self) -> None:
        self.begin_call, self.resume = self.carrier.begin_call, self.carrier.resume
        self.end_leg, self.end_lost_legs = self.carrier.end_leg, self.carrier.end_lost_legs
        self.interview_of, self.take_in = self.carrier.interview_of, self.carrier.take_in
        self.sip, self.due_calls = self.carrier.sip, self.carrier.due_calls
        self.placed, self.dial_ended = self.carrier.placed, self.carrier.dial_ended
        self.put_back = self.carrier.put_back

    def audio_for(self, survey: str, utterance: Utterance, queue: str = "") -> Tone:
        self.carrier.audio_for(survey, utterance)
        name = utterance.slot.removeprefix("question.q")
        known = name.isdecimal()
        return Tone(f"tone-{utterance.slot}", sound.tone(TONES[int(name)] if known else 300.0, 2.0 if known else 0.05))


def show(name: str, delays: list[float]) -> None:
    """One line of figures."""
    figures = ", ".join(f"p{round(100 * share)} {middle(delays, share):.1f}" for share in (0.5, 0.95, 0.99))
    print(f"{name:20} n {len(delays)}, {figures}, max {max(delays):.1f} ms")


def middle(delays: list[float], share: float) -> float:
    """The value that so large a share does not exceed."""
    return sorted(delays)[min(len(delays) - 1, int(share * len(delays)))]


if __name__ == "__main__":
    main()
