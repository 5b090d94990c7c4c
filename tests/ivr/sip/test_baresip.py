"""A call from a telephone of another make."""

from __future__ import annotations

import struct
import threading
from pathlib import Path

import pytest

from tests.drivers import sound
from tests.drivers.baresip import Baresip
from tests.drivers.sip_node import TONES, FakeCarrier, sip_node
from tests.waiting import wait_until

pytestmark = pytest.mark.sip


def test_baresip_hears_the_questions_and_answers_by_keys(tmp_path: Path) -> None:
    carrier, pause = FakeCarrier(), threading.Event()
    with sip_node(carrier, tmp_path / "node") as node, Baresip(tmp_path) as phone:
        phone.order("dial", f"sip:support@127.0.0.1:{node.port}")
        phone.wait_for("CALL_ESTABLISHED")
        phone.wait_for("CALL_RTPESTAB")
        for slot, key in (("question.helped", "4"), ("question.manner", "5")):
            wait_until(lambda slot=slot: heard(tmp_path, TONES[slot]), every=0.1)
            pause.wait(0.2)  # what comes sooner is taken for the echo of the key before
            phone.order("sndcode", key)
        phone.wait_for("CALL_CLOSED")
        wait_until(lambda: carrier.ended)
    assert carrier.digits("leg_1") == ["4", "5"]
    assert carrier.ended == {"leg_1": "finished"}


def heard(folder: Path, hertz: float) -> bool:
    """Whether the recording baresip keeps of what it hears has the tone in it."""
    data = b"".join(file.read_bytes()[44:] for file in folder.glob("dump-*-dec.wav"))
    samples = struct.unpack(f"<{len(data) // 2}h", data[: len(data) // 2 * 2])
    frames = (samples[start : start + 400] for start in range(0, len(samples) - 400, 400))
    return any(sound.power(frame, hertz) > 0.8 for frame in frames)
