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
        pause.wait(1.0)
        phone.order("sndcode", "4")
        wait_until(lambda: carrier.digits("leg_1") == ["4"])
        pause.wait(0.6)
        phone.order("sndcode", "5")
        phone.wait_for("CALL_CLOSED")
        wait_until(lambda: carrier.ended)
    assert carrier.digits("leg_1") == ["4", "5"]
    assert carrier.ended == {"leg_1": "finished"}
    assert [slot for slot in ("question.helped", "question.manner") if not heard(tmp_path, TONES[slot])] == []


def heard(folder: Path, hertz: float) -> bool:
    """Whether the recording baresip keeps of what it hears has the tone in it."""
    (file,) = folder.glob("dump-*-dec.wav")
    data = file.read_bytes()[44:]
    samples = struct.unpack(f"<{len(data) // 2}h", data[: len(data) // 2 * 2])
    frames = (samples[start : start + 400] for start in range(0, len(samples) - 400, 400))
    return any(sound.power(frame, hertz) > 0.8 for frame in frames)
