"""Calls go on while the database is away, and nothing that was pressed is lost or counted twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.drivers.sip_node import TONES, FakeCarrier, Node, Tone, sip_node
from tests.drivers.sip_phone import SipPhone
from tests.waiting import wait_until
from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.conduct import Conducted
from tonval.ivr.sip.carrier import DatabaseAway
from tonval.surveys.interview import Interview
from tonval.surveys.questionnaire import Form
from tonval.surveys.turns import Reply, Utterance

pytestmark = pytest.mark.sip


@dataclass
class Fickle(FakeCarrier):
    """Fieldwork whose database is away while ``away`` is set; like the real one, it knows a turn it has stored."""

    away: threading.Event = field(default_factory=threading.Event)
    stored: dict[tuple[str, int], Conducted] = field(default_factory=dict)

    def begin_call(self, call: Call) -> Conducted:
        self._check()
        return super().begin_call(call)

    def resume(self, leg: str, reply: Reply, turn_no: int) -> Conducted:
        self._check()
        if (leg, turn_no) not in self.stored:
            self.stored[leg, turn_no] = super().resume(leg, reply, turn_no)
        return self.stored[leg, turn_no]

    def end_leg(self, leg: str, cause: str) -> None:
        self._check()
        super().end_leg(leg, cause)

    def interview_of(self, interview: str) -> tuple[Form, Interview]:
        self._check()
        return super().interview_of(interview)

    def audio_for(self, survey: str, utterance: Utterance, queue: str = "") -> Tone:
        self._check()
        return super().audio_for(survey, utterance, queue)

    def _check(self) -> None:
        if self.away.is_set():
            raise DatabaseAway("connection refused")


@pytest.fixture
def carrier() -> Fickle:
    return Fickle()


@pytest.fixture
def node(carrier: Fickle, tmp_path: Path) -> Iterator[Node]:
    with sip_node(carrier, tmp_path) as running:
        yield running


def spool_of(home: Path) -> list[Path]:
    return list(home.glob("sip-spool-*"))


def test_a_call_goes_on_to_its_end_and_is_stored_when_the_database_is_back(
    node: Node, carrier: Fickle, tmp_path: Path
) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(TONES["question.helped"])
        carrier.away.set()
        phone.press("9")
        phone.wait_for_tone(TONES["invalid"])
        phone.press("4")
        phone.wait_for_tone(TONES["question.manner"])
        phone.press("5")
        phone.wait_for_tone(TONES["closing"])
        phone.wait_for_end()
    assert carrier.replies == []
    assert spool_of(tmp_path)
    carrier.away.clear()
    wait_until(lambda: carrier.ended)
    assert carrier.digits("leg_1") == ["9", "4", "5"]
    assert carrier.outcomes() == {"leg_1": "complete"}
    wait_until(lambda: not spool_of(tmp_path))


def test_a_database_that_comes_back_during_the_call_takes_over_again(node: Node, carrier: Fickle) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(TONES["question.helped"])
        carrier.away.set()
        phone.press("4")
        phone.wait_for_tone(TONES["question.manner"])
        carrier.away.clear()
        wait_until(lambda: carrier.digits("leg_1") == ["4"])
        phone.press("5")
        phone.wait_for_end()
    wait_until(lambda: carrier.ended)
    assert carrier.digits("leg_1") == ["4", "5"]


def test_what_a_node_had_spooled_when_it_died_is_handed_in_before_its_lost_legs_are_ended(tmp_path: Path) -> None:
    carrier = Fickle()
    with sip_node(carrier, tmp_path) as node, SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(TONES["question.helped"])
        carrier.away.set()
        phone.press("4")
        phone.wait_for_tone(TONES["question.manner"])
    assert carrier.replies == []
    carrier.away.clear()
    with sip_node(carrier, tmp_path):
        assert carrier.digits("leg_1") == ["4"]
        assert carrier.outcomes() == {"leg_1": "partial"}
    assert spool_of(tmp_path) == []


def test_a_new_call_is_refused_while_the_database_is_away_and_taken_after(node: Node, carrier: Fickle) -> None:
    carrier.away.set()
    with SipPhone(node.port) as phone:
        assert phone.call().refused == 503
    carrier.away.clear()
    with SipPhone(node.port) as phone:
        assert phone.call().answered
