"""Two cells behind Kamailio, with the configuration that deploy/kamailio offers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drivers import sipp
from tests.drivers.kamailio import kamailio
from tests.drivers.sip_node import TONES, FakeCarrier, answers, cell_pids, sip_node
from tests.drivers.sip_phone import SipPhone
from tests.waiting import wait_until

pytestmark = pytest.mark.sip


@pytest.fixture
def carrier() -> FakeCarrier:
    return FakeCarrier(seconds=0.1)


@pytest.fixture
def port(carrier: FakeCarrier, tmp_path: Path) -> Iterator[int]:
    with sip_node(carrier, tmp_path, cells=2) as node, kamailio([node.port, node.port + 1], tmp_path) as front:
        yield front


def rows(count: int) -> list[tuple[str, str, str]]:
    return [(f"a{call}", str(call % 5 + 1), str(5 - call % 5)) for call in range(count)]


def stored(carrier: FakeCarrier) -> dict[str | None, list[str]]:
    wait_until(lambda: len(carrier.ended) == len(carrier.calls))
    return {call.agent: carrier.digits(leg) for leg, call in carrier.calls.items()}


def test_eight_calls_at_once_find_their_place_on_two_cells(port: int, carrier: FakeCarrier) -> None:
    played = sipp.play("keys", port, rows(8), together=8)
    assert (played.good, played.failed) == (8, 0), played.report
    assert stored(carrier) == {agent: [first, second] for agent, first, second in rows(8)}


def test_a_killed_cell_is_gone_round(port: int, carrier: FakeCarrier, tmp_path: Path) -> None:
    with SipPhone(port) as kept, SipPhone(port) as lost:
        for phone in (kept, lost):
            phone.call()
            phone.wait_for_tone(TONES["question.helped"])
        os.kill(cell_pids(tmp_path)[0], signal.SIGKILL)
        wait_until(lambda: "cell lost" in carrier.ended.values())
        played = sipp.play("keys", port, rows(2), together=2)
        assert (played.good, played.failed) == (2, 0), played.report
        assert list(carrier.ended.values()).count("cell lost") == 1
        for phone in (kept, lost):
            phone.requests.append("BYE is not what this test is about")


def test_a_caller_who_is_not_let_in_hears_nothing_from_kamailio_either(port: int) -> None:
    assert wait_until(lambda: answers(port)).startswith(b"SIP/2.0 200")
    assert answers(port, "127.0.0.2") == b""
