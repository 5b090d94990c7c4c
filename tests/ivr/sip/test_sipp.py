"""Calls from SIPp, in bursts: several at the same instant, because a forgotten reference only shows then."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.drivers import sipp
from tests.drivers.sip_node import FORM, FakeCarrier, Node, sip_node
from tests.waiting import wait_until
from tonval.surveys.questionnaire import Form, Question

pytestmark = pytest.mark.sip

BURSTS = int(os.environ.get("TONVAL_TEST_BURSTS", "6"))  # ``make soak`` plays many more
NPS_FORM = Form(FORM.id, 1, ("en",), (Question("recommend", "nps", {"en": "?"}),), FORM.phrases)


@pytest.fixture
def carrier() -> FakeCarrier:
    return FakeCarrier(seconds=0.1)


@pytest.fixture
def node(carrier: FakeCarrier, tmp_path: Path) -> Iterator[Node]:
    with sip_node(carrier, tmp_path) as running:
        yield running


def stored(carrier: FakeCarrier) -> dict[str, list[str]]:
    """The keys of each caller, by the agent the call was for; all calls must have ended."""
    wait_until(lambda: len(carrier.ended) == len(carrier.calls))
    return {call.agent or "?": carrier.digits(leg) for leg, call in carrier.calls.items()}


def test_every_digit_of_bursts_of_four_calls_is_stored(node: Node, carrier: FakeCarrier) -> None:
    dice = random.Random(1)
    expected = {}
    for burst in range(BURSTS):
        rows = [(f"a{burst}-{call}", str(dice.randint(1, 5)), str(dice.randint(1, 5))) for call in range(4)]
        expected |= {agent: [first, second] for agent, first, second in rows}
        played = sipp.play("keys", node.port, rows)
        assert (played.good, played.failed) == (4, 0), played.report
    assert stored(carrier) == expected
    assert set(carrier.ended.values()) == {"finished"}
    assert set(carrier.outcomes().values()) == {"complete"}


@pytest.mark.parametrize("scenario", ["info-relay", "info-dtmf"])
def test_a_burst_by_sip_info_is_stored(node: Node, carrier: FakeCarrier, scenario: str) -> None:
    rows = [(f"a{call}", str(call + 1), str(5 - call)) for call in range(4)]
    played = sipp.play(scenario, node.port, rows)
    assert (played.good, played.failed) == (4, 0), played.report
    assert stored(carrier) == {agent: [first, second] for agent, first, second in rows}


def test_a_burst_over_tcp_is_stored(node: Node, carrier: FakeCarrier) -> None:
    rows = [(f"a{call}", str(call + 1), str(5 - call)) for call in range(4)]
    played = sipp.play("keys", node.port, rows, transport="t1")
    assert (played.good, played.failed) == (4, 0), played.report
    assert stored(carrier) == {agent: [first, second] for agent, first, second in rows}


def test_hanging_up_in_bursts_keeps_what_was_pressed_and_disturbs_nobody(node: Node, carrier: FakeCarrier) -> None:
    for burst in range(3):
        for scenario in ("hang-up", "hang-up-at-once"):
            played = sipp.play(scenario, node.port, [(f"{scenario}{burst}-{call}", "4") for call in range(4)])
            assert (played.good, played.failed) == (4, 0), played.report
    for agent, digits in stored(carrier).items():
        assert digits == ([] if agent.startswith("hang-up-at-once") else ["4"])
    assert set(carrier.ended.values()) == {"caller hung up"}


def test_numbers_of_two_keys_are_read_whole(tmp_path: Path) -> None:
    carrier = FakeCarrier(form=NPS_FORM, seconds=0.1)
    with sip_node(carrier, tmp_path) as node:
        played = sipp.play("ten", node.port, [("a", "10"), ("b", "9#"), ("c", "7"), ("d", "0")])
        assert (played.good, played.failed) == (4, 0), played.report
    assert stored(carrier) == {"a": ["10"], "b": ["9"], "c": ["7"], "d": ["0"]}


def test_two_cells_hold_eight_calls_at_once(tmp_path: Path) -> None:
    carrier = FakeCarrier(seconds=0.1)
    rows = [(f"a{call}", str(call + 1), "2") for call in range(4)]
    with sip_node(carrier, tmp_path, cells=2) as node, ThreadPoolExecutor() as pool:
        for played in pool.map(lambda port: sipp.play("keys", port, rows), (node.port, node.port + 1)):
            assert (played.good, played.failed) == (4, 0), played.report
    assert len(carrier.calls) == 8
    assert all(len(carrier.digits(leg)) == 2 for leg in carrier.calls)
