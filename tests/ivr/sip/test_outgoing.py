"""Our own calls to customers, by a trunk that is a telephone of the tests."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.drivers.sip_callee import SipCallee
from tests.drivers.sip_node import TONES, FakeCarrier, answers, cell_pids, sip_node
from tests.drivers.sip_phone import SipPhone, header_of
from tests.drivers.sound import sine
from tests.waiting import wait_until
from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.calls.dialling import ToDial
from tonval.fieldwork.centre import Peer, Sip, Trunk
from tonval.fieldwork.conduct import Conducted
from tonval.ivr.sip.carrier import DatabaseAway

pytestmark = pytest.mark.sip

FIRST, CLOSING = TONES["question.helped"], TONES["closing"]
EVA = ToDial("dial_1", "+46701740606", "+46701740605", "support", "en", timedelta(seconds=20))


@dataclass
class Calling(FakeCarrier):
    """Fieldwork that wants a customer called by the trunk at ``port``."""

    seconds: float = 0.2
    away: threading.Event = field(default_factory=threading.Event)
    named: list[str] = field(default_factory=list)

    def by(self, callee: SipCallee, *due: ToDial, user: str | None = None) -> Calling:
        """Call by this trunk, those who are due."""
        self.around = Sip(trunk=Trunk(f"sip:127.0.0.1:{callee.port}", user))
        self.due = list(due or (EVA,))
        return self

    def placed(self, dial: str, ref: str) -> None:
        self.named.append(ref)
        super().placed(dial, ref)

    def begin_call(self, call: Call) -> Conducted:
        if self.away.is_set():
            raise DatabaseAway("gone")
        return super().begin_call(call)

    def dial_ended(self, dial: str, cause: str, why: str | None) -> None:
        if self.away.is_set():
            raise DatabaseAway("gone")
        super().dial_ended(dial, cause, why)


def over(carrier: Calling, dial: str = "dial_1") -> str:
    """What became of the call."""
    return wait_until(lambda: carrier.dialled.get(dial))[0]


def test_a_customer_who_answers_is_asked(tmp_path: Path) -> None:
    with SipCallee() as callee, sip_node(carrier := Calling().by(callee), tmp_path):
        invite, port = callee.wait_for_call(), callee.port
        callee.wait_for_tone(FIRST)
        callee.press("4")
        callee.wait_for_tone(TONES["question.manner"])
        callee.press("5")
        callee.wait_for_tone(CLOSING)
        callee.wait_for_end()
        assert over(carrier) == "answered"
    assert invite.startswith(f"INVITE sip:+46701740606@127.0.0.1:{port} SIP/2.0")
    assert "sip:+46701740605@" in header_of(invite, "From")
    assert "sip:+46701740605@" in header_of(invite, "P-Asserted-Identity")
    assert header_of(invite, "Route") == ""
    call = carrier.calls["leg_1"]
    assert call == Call("sip", "dial_1", "support", "support", None, None, "en", "+46701740606", "test", dial="dial_1")
    assert carrier.digits("leg_1") == ["4", "5"]
    assert carrier.ended == {"leg_1": "finished"}
    assert (carrier.rung, carrier.named) == (["dial_1"], [call.ref])


def test_tones_in_the_sound_of_a_machine_are_no_keys(tmp_path: Path) -> None:
    nine = [a + b for a, b in zip(sine(852, 0.4, 0.3), sine(1477, 0.4, 0.3), strict=True)]
    with SipCallee() as callee, sip_node(carrier := Calling().by(callee), tmp_path):
        callee.wait_for_call()
        callee.wait_for_tone(FIRST)
        callee.say(0.4, nine)
        callee.press("4")
        callee.wait_for_tone(TONES["question.manner"])
        callee.hang_up()
        assert over(carrier) == "answered"
    assert carrier.digits("leg_1") == ["4"]


def test_the_trunk_is_told_the_password(tmp_path: Path) -> None:
    with SipCallee(password="s3cret") as callee:
        carrier = Calling().by(callee, user="tonval")
        with sip_node(carrier, tmp_path, trunk_password="s3cret"):
            assert callee.knows_password(callee.wait_for_call(), "tonval")
            callee.wait_for_tone(FIRST)
            callee.hang_up()
            assert over(carrier) == "answered"


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("486 Busy Here", "busy"),
        ("600 Busy Everywhere", "busy"),
        ("480 Temporarily Unavailable", "no_answer"),
        ("603 Decline", "failed"),
        ("404 Not Found", "failed"),
        ("500 Server Internal Error", "failed"),
    ],
)
def test_a_call_that_is_not_taken_is_told_of(tmp_path: Path, status: str, cause: str) -> None:
    with SipCallee(status) as callee, sip_node(carrier := Calling().by(callee), tmp_path):
        assert over(carrier) == cause
    assert carrier.calls == {}
    assert carrier.dialled["dial_1"][1] == (f"The telephone network said {status[:3]}." if cause == "failed" else None)


def test_a_telephone_that_rings_in_vain_is_let_go(tmp_path: Path) -> None:
    with SipCallee("180 Ringing") as callee:
        carrier = Calling().by(callee, replace(EVA, ring=timedelta(seconds=0.7)))
        with sip_node(carrier, tmp_path):
            assert over(carrier) == "no_answer"
            wait_until(lambda: callee.cancelled)
    assert carrier.calls == {}


def test_a_cell_that_dies_while_it_rings_leaves_the_call_in_doubt(tmp_path: Path) -> None:
    with SipCallee("180 Ringing") as callee, sip_node(carrier := Calling().by(callee), tmp_path):
        wait_until(lambda: carrier.rung)
        os.kill(cell_pids(tmp_path)[0], signal.SIGKILL)
        assert over(carrier) == "unknown"


def test_a_trunk_that_takes_no_calls_now_is_asked_again_later(tmp_path: Path) -> None:
    with SipCallee("503 Service Unavailable") as callee, sip_node(carrier := Calling().by(callee), tmp_path):
        wait_until(lambda: carrier.put_back_by)
    assert carrier.put_back_by == {"dial_1": "There was no way to place the call."}
    assert carrier.dialled == {}


def test_a_call_that_is_answered_while_the_database_is_away_ends_without_a_word(tmp_path: Path) -> None:
    with SipCallee() as callee:
        carrier = Calling().by(callee)
        carrier.away.set()
        with sip_node(carrier, tmp_path):
            callee.wait_for_end()
            assert carrier.dialled == {}
            carrier.away.clear()
            assert over(carrier) == "answered"


def test_half_the_places_are_left_to_callers(tmp_path: Path) -> None:
    with SipCallee("180 Ringing") as callee:
        carrier = Calling().by(callee, *(replace(EVA, id=f"dial_{number}") for number in range(5)))
        with sip_node(carrier, tmp_path) as node, SipPhone(node.port) as one, SipPhone(node.port) as two:
            wait_until(lambda: len(carrier.rung) == 2)
            assert (one.call().answered, two.call().answered) == (True, True)
            assert len(carrier.due) == 3


def test_nobody_is_called_while_the_node_drains(tmp_path: Path) -> None:
    with SipCallee() as callee:
        carrier = Calling().by(callee)
        due, carrier.due = carrier.due, []
        with sip_node(carrier, tmp_path) as node, SipPhone(node.port) as phone:
            phone.call()
            phone.wait_for_tone(FIRST)
            node.stop.set()
            wait_until(lambda: SipPhone(node.port).call().refused == 503)
            carrier.due = due
            phone.say(1.5)
            assert carrier.due == due


def test_a_peer_that_is_set_up_may_call_without_a_restart_and_no_longer_when_it_is_taken_out(tmp_path: Path) -> None:
    carrier = FakeCarrier()
    with sip_node(carrier, tmp_path) as node:
        assert answers(node.port, "127.0.0.3") == b""
        carrier.around = Sip(peers=(Peer("pbx", ("127.0.0.3/32", "2001:db8::/32")),))
        wait_until(lambda: answers(node.port, "127.0.0.3"))
        with SipPhone(node.port, own="127.0.0.3") as phone:
            phone.call()
            phone.wait_for_tone(FIRST)
            carrier.around = Sip()
            wait_until(lambda: not answers(node.port, "127.0.0.3"))
            wait_until(lambda: answers(node.port))
            phone.requests.append("BYE would not be heard any more")
