"""Rough treatment: the conductor, the nursery and cells killed, and packets of every bad kind while a call is up."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.drivers.sip_node import TONES, FakeCarrier, answers, cell_pids, free_port, sip_node
from tests.drivers.sip_phone import SipPhone
from tests.waiting import wait_until

pytestmark = pytest.mark.sip

ROOT = Path(__file__).parent.parent.parent.parent
FIRST, SECOND = TONES["question.helped"], TONES["question.manner"]

NODE = """
import sys, threading
from pathlib import Path
from tests.drivers.sip_node import FakeCarrier
from tonval.ivr.sip.carrier import SipSettings
from tonval.ivr.sip.conductor import run
port, home = int(sys.argv[1]), Path(sys.argv[2])
run(SipSettings("127.0.0.1", port, 1, 4, ("127.0.0.1/32",), "n", home), FakeCarrier(), stop=threading.Event())
"""


def start(port: int, home: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", NODE, str(port), str(home)], cwd=ROOT, stdout=subprocess.DEVNULL)
    wait_until(lambda: answers(port), 60)
    return process


def test_a_killed_conductor_leaves_no_call_in_silence_and_no_process_behind(tmp_path: Path) -> None:
    port = free_port(1, 4)
    process = start(port, tmp_path)
    with SipPhone(port) as phone:
        phone.call()
        phone.wait_for_tone(FIRST)
        process.kill()
        process.wait()
        phone.wait_for_end()
    wait_until(lambda: not cell_pids(tmp_path))
    process = start(port, tmp_path)
    with SipPhone(port) as phone:
        assert phone.call().answered
    process.kill()
    process.wait()
    wait_until(lambda: not cell_pids(tmp_path))


def nursery_pid(home: Path) -> int:
    """The parent of the cells."""
    stat = Path(f"/proc/{cell_pids(home)[0]}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def test_a_killed_nursery_costs_no_call_and_is_started_anew_when_a_cell_is_needed(tmp_path: Path) -> None:
    carrier = FakeCarrier()
    with sip_node(carrier, tmp_path) as node:
        with SipPhone(node.port) as phone:
            phone.call()
            phone.wait_for_tone(FIRST)
            os.kill(nursery_pid(tmp_path), signal.SIGKILL)
            phone.press("4")
            phone.wait_for_tone(SECOND)
        os.kill(cell_pids(tmp_path)[0], signal.SIGKILL)
        wait_until(lambda: not answers(node.port))
        wait_until(lambda: answers(node.port), 60)
        with SipPhone(node.port) as phone:
            phone.call()
            phone.wait_for_tone(FIRST)


def nasty(dice: random.Random, port: int) -> bytes:
    """A packet no honest telephone sends: noise, or a request with a piece torn out, doubled or blown up."""
    invite = (
        f"INVITE sip:x@127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK{dice.random()}\r\n"
        f"From: <sip:x@x>;tag={dice.random()}\r\nTo: <sip:y@y>\r\nCall-ID: {dice.random()}\r\nCSeq: 1 OPTIONS\r\n"
        "Contact: <sip:x@127.0.0.1:9>\r\nContent-Type: application/sdp\r\nContent-Length: 400\r\n\r\nv=0\r\nm=audio x"
    ).encode()
    match dice.randrange(4):
        case 0:
            return dice.randbytes(dice.randrange(1, 1400))
        case 1:
            cut = dice.randrange(len(invite))
            return invite[:cut] + invite[cut + dice.randrange(60) :]
        case 2:
            at = dice.randrange(len(invite))
            return invite[:at] + dice.randbytes(dice.randrange(40)) + invite[at:]
        case _:
            return invite.replace(b"Contact", b"X-" + b"A" * dice.randrange(5000) + b": 1\r\nContact", 1)


def test_two_thousand_broken_packets_disturb_nobody(tmp_path: Path) -> None:
    dice, carrier = random.Random(7), FakeCarrier()
    with sip_node(carrier, tmp_path) as node, SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(FIRST)
        pid = cell_pids(tmp_path)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gun:
            gun.bind(("127.0.0.1", 0))
            for shot in range(2000):
                gun.sendto(nasty(dice, node.port), ("127.0.0.1", node.port))
                if shot % 200 == 0:
                    wait_until(lambda: answers(node.port))
        phone.press("4")
        phone.wait_for_tone(SECOND)
        assert cell_pids(tmp_path) == pid
    wait_until(lambda: carrier.ended)
    assert carrier.digits("leg_1") == ["4"]
