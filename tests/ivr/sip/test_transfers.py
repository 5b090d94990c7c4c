"""Callers are referred to agents, by a telephone that plays the PBX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.drivers import sipp
from tests.drivers.sip_node import FakeCarrier, Node, sip_node
from tests.drivers.sip_phone import SipPhone
from tests.waiting import wait_until
from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.centre import Sip, Trunk
from tonval.fieldwork.conduct import Conducted
from tonval.ivr.sip import waits
from tonval.ivr.sip.carrier import DatabaseAway
from tonval.ivr.sip.targets import targets_of
from tonval.surveys.turns import Dial, DialEnded, Line, Reply, Utterance

pytestmark = pytest.mark.sip

AGENTS = (Line("sip:anna@pbx.example"), Line("+46701740605"))
CONNECTING, UNAVAILABLE = 900.0, 2400.0


@dataclass
class Receiving(FakeCarrier):
    """Fieldwork that connects every caller, and is sorry where that fails."""

    dial: Dial = field(default_factory=lambda: Dial(AGENTS))
    around: Sip = field(default_factory=lambda: Sip(trunk=Trunk("sip:trunk.example:5080")))
    away: bool = False

    def begin_call(self, call: Call) -> Conducted:
        self.calls["leg_1"] = call
        says = (Utterance("question.manner", "sv", "?"),)
        return Conducted("leg_1", 1, None, "support-nki", 1, says, self.dial, queue="support")

    def resume(self, leg: str, reply: Reply, turn_no: int) -> Conducted:
        if self.away:
            raise DatabaseAway("gone")
        self.replies.append((leg, turn_no, reply))
        return Conducted(leg, 2, None, "support-nki", 1, (Utterance("goodbye", "sv", "!"),), None, queue="support")

    def end_leg(self, leg: str, cause: str) -> None:
        self.ended.setdefault(leg, cause)


@pytest.fixture
def carrier() -> Receiving:
    return Receiving()


@pytest.fixture
def node(carrier: Receiving, tmp_path: Path) -> Iterator[Node]:
    with sip_node(carrier, tmp_path) as running:
        yield running


def ended(carrier: FakeCarrier) -> str:
    return wait_until(lambda: carrier.ended.get("leg_1")) or ""


def referred(phone: SipPhone, times: int = 1) -> str:
    wait_until(lambda: len(phone.referred) >= times)
    return phone.referred[-1]


def test_a_caller_is_told_and_referred_to_the_agent(node: Node, carrier: Receiving) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(CONNECTING)
        assert referred(phone) == "<sip:anna@pbx.example;x-tonval-reception=leg_1?X-Tonval-Reception=leg_1>"
        phone.notify("100 Trying", last=False)
        phone.notify("200 OK")
        phone.wait_for_end()
    assert ended(carrier) == "transferred"
    assert carrier.replies == []
    assert len(phone.referred) == 1


def test_a_pbx_that_takes_the_caller_away_at_once_has_transferred_her(node: Node, carrier: Receiving) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        referred(phone)
        phone.notify("100 Trying", last=False)
        phone.hang_up()
    assert ended(carrier) == "transferred"


def test_the_next_line_is_tried_where_the_first_is_busy(node: Node, carrier: Receiving) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        referred(phone)
        phone.notify("486 Busy Here")
        assert (
            referred(phone, 2)
            == "<sip:+46701740605@trunk.example:5080;x-tonval-reception=leg_1?X-Tonval-Reception=leg_1>"
        )
        phone.notify("200 OK")
        phone.wait_for_end()
    assert ended(carrier) == "transferred"


def test_a_transfer_to_sipp_is_told_of_and_done(node: Node, carrier: Receiving) -> None:
    played = sipp.play("transfer", node.port, [("anna",)])
    assert (played.good, played.failed) == (1, 0), played.report
    assert ended(carrier) == "transferred"


@pytest.mark.parametrize("answer", ["603 Decline", "405 Method Not Allowed"])
def test_a_caller_whom_nobody_takes_hears_so(node: Node, carrier: Receiving, answer: str) -> None:
    with SipPhone(node.port) as phone:
        phone.refer_answer = answer
        phone.call()
        phone.wait_for_tone(UNAVAILABLE)
        phone.wait_for_end()
    assert ended(carrier) == "finished"
    assert carrier.replies == [("leg_1", 1, DialEnded(timedelta(0)))]
    assert len(phone.referred) == 2


def test_a_caller_whom_nobody_takes_while_the_database_is_away_hears_a_goodbye(node: Node, carrier: Receiving) -> None:
    carrier.dial, carrier.away = Dial(), True
    with SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_end()
    assert ended(carrier) == "finished"


def test_a_transfer_that_is_accepted_and_never_told_of_again_is_done() -> None:
    order = waits.Transfer(1, 1, (), ("<sip:a@b>", "<sip:c@d>"), 1000.0)
    wait = waits.TransferWait(order, Accepting())
    wait.begin(0.0)
    wait.hear(100, final=False, now=10.0)
    wait.tick(5_999.0)
    assert not wait.done
    wait.tick(6_000.0)
    assert wait.done


def test_a_transfer_that_nobody_answers_goes_to_the_next_line() -> None:
    board = Accepting()
    wait = waits.TransferWait(waits.Transfer(1, 1, (), ("<sip:a@b>", "<sip:c@d>"), 1000.0), board)
    wait.begin(0.0)
    wait.tick(6_000.0)
    wait.tick(12_000.0)
    assert board.targets == ["<sip:a@b>", "<sip:c@d>"]
    assert wait.untaken


class Accepting:
    """A switchboard that refers to anybody."""

    def __init__(self) -> None:
        self.targets: list[str] = []

    def transfer(self, call: int, target: str) -> bool:
        self.targets.append(target)
        return True


@pytest.mark.parametrize(
    ("dial", "peer", "trunk", "targets"),
    [
        (Dial((Line("sip:a@b;x=1"),)), None, None, ["sip:a@b;x=1"]),
        (Dial((Line("+46701740605"),)), "192.0.2.9:5062", None, ["sip:+46701740605@192.0.2.9:5062"]),
        (Dial((Line("+46701740605"),)), "192.0.2.9", Trunk("sip:x@t.example"), ["sip:+46701740605@t.example"]),
        (Dial(queue="agents"), "192.0.2.9", None, ["sip:agents@192.0.2.9"]),
        (Dial((Line("sip:a@b"),), "agents"), "192.0.2.9", None, ["sip:agents@192.0.2.9", "sip:a@b"]),
        (Dial((Line("+46701740605"), Line("sip:a@b"))), None, None, ["sip:a@b"]),
        (Dial(), "192.0.2.9", None, []),
    ],
)
def test_lines_become_addresses(dial: Dial, peer: str | None, trunk: Trunk | None, targets: list[str]) -> None:
    assert targets_of(dial, "leg_1", peer, trunk) == tuple(
        f"<{each};x-tonval-reception=leg_1?X-Tonval-Reception=leg_1>" for each in targets
    )
