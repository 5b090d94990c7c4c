"""The whole house: it comes up, heals, goes down and leaves nothing, whatever is killed."""

from __future__ import annotations

import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drivers.house import PARTS, House, alive, running_house
from tests.waiting import wait_until
from tonval.workers.probes import address_of, sip_answers, tcp_in_use, udp_in_use, web_answers
from tonval.workers.worker import is_registered

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with running_house() as running:
        yield running


def status_of(url: str) -> int:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return int(answer.status)


def test_it_serves_pages_answers_sip_and_has_a_worker(house: House) -> None:
    assert status_of(f"{house.url}/readyz") == 200
    wait_until(lambda: sip_answers(address_of(house.sip)))
    assert is_registered(house.redis_url, house.pid("worker") or 0)
    assert f"  Pages     {house.url}" in house.said


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_is_back_and_at_work(house: House, part: str) -> None:
    killed = house.kill(part)
    house.wait_for(part, other_than=killed)
    wait_until(lambda: web_answers(address_of(house.http), "/readyz"))
    wait_until(lambda: status_of(f"{house.url}/healthz") == 200)
    wait_until(lambda: sip_answers(address_of(house.sip)))
    wait_until(lambda: is_registered(house.redis_url, house.pid("worker") or 0))


def test_a_second_house_in_the_same_home_is_refused(house: House) -> None:
    second = House(house.home)
    refused = second.run("up")
    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        f"tonval is already up in {house.home}; stop it first, or set TONVAL_HOME to another folder"
    )


@pytest.mark.parametrize(("setting", "address"), [("TONVAL_HTTP", "http"), ("TONVAL_SIP", "sip")])
def test_a_port_in_use_is_one_line_that_names_the_setting(house: House, setting: str, address: str) -> None:
    taken = getattr(house, address)
    with running_house({setting: taken}, start=False) as other:
        refused = other.run("up")
    assert refused.returncode == 1
    assert refused.stdout == ""
    (line,) = refused.stderr.strip().splitlines()
    assert line.startswith(f"{taken} is already in use; set {setting} to another one")


def test_stopping_leaves_nothing_and_says_0() -> None:
    with running_house() as house:
        _stops_cleanly(house)


def _stops_cleanly(house: House) -> None:
    processes = house.pids()
    assert len(processes) > len(PARTS)
    assert house.stop(signal.SIGINT) == 0
    assert not [pid for pid in processes if alive(pid)]
    assert not tcp_in_use(address_of(house.http))
    assert not udp_in_use(address_of(house.sip))
    assert not (house.home / "redis" / "socket").exists()
    assert house.said.splitlines()[-1] == "all stopped"


def test_a_killed_supervisor_takes_everything_with_it_and_the_next_start_is_clean() -> None:
    with running_house() as house:
        processes = house.pids()
        house.kill("supervisor")
        wait_until(lambda: not [pid for pid in processes if alive(pid)])
        house.start()
        assert status_of(f"{house.url}/readyz") == 200
        assert house.stop() == 0


def test_a_home_deep_down_works_too(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 40)
    deep.mkdir(parents=True)
    house = House(deep)
    try:
        house.start()
        assert status_of(f"{house.url}/readyz") == 200
        assert house.stop() == 0
    finally:
        house.clean_up()


def test_a_busy_udp_port_is_noticed() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        assert udp_in_use(taken.getsockname())
