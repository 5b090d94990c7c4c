"""A SIP node for tests: the real conductor and real cells, with a carrier in memory that runs the pure machine."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from tests.drivers import sound
from tests.waiting import wait_until
from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.calls.dialling import ToDial
from tonval.fieldwork.calls.outages import Through
from tonval.fieldwork.calls.speeches import name_of
from tonval.fieldwork.centre import Sip
from tonval.fieldwork.conduct import Conducted
from tonval.ivr.sip.carrier import Carrier, SipSettings
from tonval.ivr.sip.conductor import run
from tonval.ivr.sip.ports import BadPorts, plan_ports
from tonval.surveys import interview
from tonval.surveys.interview import Interview
from tonval.surveys.questionnaire import Channel, Form, Question
from tonval.surveys.reception import Reception
from tonval.surveys.turns import AskDigits, Digits, HungUp, Recording, Reply, Utterance

SLOTS = ("welcome", "question.helped", "question.manner", "question.recommend", "invalid", "no_input", "closing")
TONES = {slot: 400.0 + 250 * index for index, slot in enumerate(SLOTS)} | {
    "goodbye": 2400.0,
    "verdict": 2650.0,
    "question.why": 2900.0,
}
"""The tone each slot is heard as, in Hz; those without one are silence."""

FORM = Form(
    id="support-nki",
    version=1,
    languages=("en",),
    questions=(
        Question("helped", "nki", {"en": "How well were you helped?"}),
        Question("manner", "nki", {"en": "How were you treated?"}),
    ),
    phrases={slot: {"en": slot} for slot in TONES if not slot.startswith("question.")},
)


@dataclass(frozen=True, slots=True)
class Tone:
    """An utterance as a tone."""

    digest: str
    wav: bytes


@dataclass
class FakeCarrier:
    """Fieldwork in memory: every call, reply and end is kept; the turns come from the pure machine."""

    form: Form = FORM
    seconds: float = 0.3
    timeout: timedelta = timedelta(seconds=5)
    calls: dict[str, Call] = field(default_factory=dict)
    interviews: dict[str, Interview] = field(default_factory=dict)
    replies: list[tuple[str, int, Reply]] = field(default_factory=list)
    ended: dict[str, str] = field(default_factory=dict)
    lost_nodes: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    spoken: dict[str, bytes] = field(default_factory=dict)
    around: Sip = field(default_factory=Sip)
    password: str = ""
    due: list[ToDial] = field(default_factory=list)
    rung: list[str] = field(default_factory=list)
    dialled: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    put_back_by: dict[str, str] = field(default_factory=dict)

    def begin_call(self, call: Call) -> Conducted:
        with self.lock:
            leg = f"leg_{len(self.calls) + 1}"
            self.calls[leg] = call
        return self._conducted(leg, 1, interview.begin(self.form, channel=Channel.KEYPAD, language=call.language))

    def resume(self, leg: str, reply: Reply, turn_no: int) -> Conducted:
        with self.lock:
            self.replies.append((leg, turn_no, reply))
        return self._conducted(leg, turn_no + 1, interview.resume(self.form, self.interviews[leg], reply))

    def end_leg(self, leg: str, cause: str) -> None:
        with self.lock:
            state = self.interviews[leg]
            if state.disposition is None:
                self.interviews[leg] = interview.resume(self.form, state, HungUp()).interview
            self.ended.setdefault(leg, cause)

    def interview_of(self, interview: str) -> tuple[Form, Interview]:
        return self.form, self.interviews[interview.removeprefix("itv_")]

    def reception_of(self, leg: str) -> Reception | None:
        return None

    def put_through(self, call: Call) -> Through | None:
        return None

    def end_lost_legs(self, node: str) -> int:
        self.lost_nodes.append(node)
        return 0

    def take_in(self, leg: str, turn_no: int, length: timedelta, wav: bytes) -> Recording:
        self.spoken[name_of(leg, turn_no)] = wav
        return Recording(name_of(leg, turn_no), length)

    def sip(self) -> Sip:
        return self.around

    def trunk_password(self) -> str:
        return self.password

    def country(self) -> str:
        return "SE"

    def due_calls(self, limit: int) -> list[ToDial]:
        with self.lock:
            claimed, self.due = self.due[:limit], self.due[limit:]
        return claimed

    def placed(self, dial: str, ref: str) -> None:
        self.rung.append(dial)

    def dial_ended(self, dial: str, cause: str, why: str | None) -> None:
        self.dialled[dial] = (cause, why)

    def put_back(self, dial: str, wait: timedelta, why: str) -> None:
        self.put_back_by[dial] = why

    def audio_for(self, survey: str, utterance: Utterance, queue: str = "") -> Tone:
        hertz = TONES.get(utterance.slot)
        length = self.seconds if hertz else 0.02
        return Tone(f"{survey}-{utterance.slot}-{length}", sound.tone(hertz or 1000, length, 0.4 if hertz else 0.0))

    def digits(self, leg: str) -> list[str]:
        """The keys of each reply of a leg, in order; silence is an empty one."""
        return [reply.digits if isinstance(reply, Digits) else "" for known, _, reply in self.replies if known == leg]

    def outcomes(self) -> dict[str, str | None]:
        """Each leg's disposition."""
        return {leg: state.disposition for leg, state in self.interviews.items()}

    def _conducted(self, leg: str, turn_no: int, turn: interview.Turn) -> Conducted:
        self.interviews[leg] = turn.interview
        form = self.form
        wait = replace(turn.wait, timeout=self.timeout) if isinstance(turn.wait, AskDigits) else turn.wait
        return Conducted(leg, turn_no, f"itv_{leg}", form.id, form.version, turn.says, wait)  # type: ignore[arg-type]


@dataclass
class Node:
    """A running node: its settings, its carrier, and how to stop it."""

    settings: SipSettings
    carrier: Carrier
    stop: threading.Event
    hurry: threading.Event
    thread: threading.Thread

    @property
    def port(self) -> int:
        """Cell 0's SIP port."""
        return self.settings.port

    def end(self) -> None:
        """Drain and wait until it is gone."""
        self.stop.set()
        self.thread.join(40)
        assert not self.thread.is_alive()


@contextmanager
def sip_node(carrier: Carrier, home: Path, *, cells: int = 1, **changes: object) -> Iterator[Node]:
    """A node that is open when the block begins and gone when it ends."""
    calls = changes.pop("calls_per_cell", 4)
    assert isinstance(calls, int)
    settings = SipSettings(
        host="127.0.0.1",
        port=free_port(cells, calls),
        cells=cells,
        calls_per_cell=calls,
        allow=("127.0.0.1/32",),
        node="test",
        home=home,
    )
    settings = replace(settings, **changes)  # type: ignore[arg-type]
    node = Node(settings, carrier, threading.Event(), threading.Event(), threading.Thread())
    node.thread = threading.Thread(
        target=run, args=(settings, carrier), kwargs={"stop": node.stop, "hurry": node.hurry}
    )
    node.thread.start()
    try:
        wait_until(lambda: all(answers(settings.port + index) for index in range(cells)), 60)
        yield node
    finally:
        node.hurry.set()
        node.end()


def answers(port: int, own: str = "127.0.0.1") -> bytes:
    """What comes back within 0.3 s to an OPTIONS from this address; nothing is an empty answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
        knock.bind((own, 0))
        knock.settimeout(0.3)
        knock.sendto(options(own, knock.getsockname()[1]), ("127.0.0.1", port))
        try:
            return knock.recv(2048)
        except (TimeoutError, ConnectionError):
            return b""


def options(own: str, port: int, transport: str = "UDP") -> bytes:
    """An OPTIONS request as a dispatcher pings with."""
    return (
        f"OPTIONS sip:ping@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{transport} {own}:{port};branch=z9hG4bK"
        f"{random.getrandbits(48):x};rport\r\nMax-Forwards: 70\r\nFrom: <sip:ping@{own}>;tag=1\r\n"
        f"To: <sip:ping@127.0.0.1>\r\nCall-ID: {random.getrandbits(48):x}\r\nCSeq: 1 OPTIONS\r\n"
        "Content-Length: 0\r\n\r\n"
    ).encode()


def cell_pids(home: Path) -> list[int]:
    """The processes whose standard output is a cell's log."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            target = (process / "fd" / "1").readlink()
        except OSError:
            continue
        if target.parent == home / "log" and target.name.startswith("sip-cell"):
            found.append((target.name, int(process.name)))
    return [pid for _, pid in sorted(found)]


def free_port(cells: int, calls: int) -> int:
    """A SIP port whose whole plan is free, UDP and TCP."""
    while True:
        port = random.randrange(2000, 16000)
        try:
            plan = plan_ports(port, cells, calls)
        except BadPorts:
            continue
        rtp = [block.rtp + number for block in plan for number in range(block.rtp_count)]
        if all(map(_is_free, [block.sip for block in plan] + rtp)):
            return port


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
