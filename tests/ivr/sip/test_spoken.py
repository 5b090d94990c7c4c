"""Spoken comments over real calls: what is stored is what was said."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.drivers import sipp, sound
from tests.drivers.sip_node import FORM, TONES, FakeCarrier, Node, cell_pids, sip_node
from tests.drivers.sip_phone import SipPhone
from tests.waiting import wait_until
from tonval.fieldwork.conduct import Conducted
from tonval.ivr.sip.carrier import DatabaseAway
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.turns import Digits, Recording, Reply, TimedOut

pytestmark = pytest.mark.sip

FIRST, CLOSING, VERDICT = TONES["question.helped"], TONES["closing"], TONES["verdict"]
BEEP = 1000.0
SPOKEN = Form(
    FORM.id,
    1,
    ("en",),
    (FORM.questions[0], Question("why", "spoken", {"en": "Why?"})),
    FORM.phrases,
)


@dataclass
class Away(FakeCarrier):
    """Fieldwork that hears comments, and whose database can be away."""

    form: Form = SPOKEN
    seconds: float = 0.2
    away: threading.Event = field(default_factory=threading.Event)

    def resume(self, leg: str, reply: Reply, turn_no: int) -> Conducted:
        self._check()
        return super().resume(leg, reply, turn_no)

    def take_in(self, leg: str, turn_no: int, length: timedelta, wav: bytes) -> Recording:
        self._check()
        return super().take_in(leg, turn_no, length, wav)

    def end_leg(self, leg: str, cause: str) -> None:
        self._check()
        super().end_leg(leg, cause)

    def _check(self) -> None:
        if self.away.is_set():
            raise DatabaseAway("connection refused")


@pytest.fixture
def carrier() -> Away:
    return Away()


@pytest.fixture
def node(carrier: Away, tmp_path: Path) -> Iterator[Node]:
    with sip_node(carrier, tmp_path) as running:
        yield running


def reach_the_tone(phone: SipPhone, agent: str = "anna") -> float:
    """Answer the first question and wait for the tone."""
    phone.call(headers={"X-Tonval-Agent": agent})
    phone.wait_for_tone(FIRST)
    at = phone.press("4")
    return phone.wait_for_tone(BEEP, at)


def speak(phone: SipPhone, hertz: float, seconds: float) -> None:
    """Wait until the tone is over, then hum."""
    phone.say(0.4)
    phone.say(seconds, sound.sine(hertz, seconds))


def ended(carrier: FakeCarrier, leg: str = "leg_1") -> str:
    return wait_until(lambda: carrier.ended.get(leg)) or ""


def spoken_tone(wav: bytes, hertz: float) -> float:
    """How long the tone lasts in a recording, in seconds."""
    samples = sound.samples_of(wav)
    frames = [samples[start : start + 160] for start in range(0, len(samples) - 159, 160)]
    return 0.02 * sum(sound.power(frame, hertz) > 0.8 for frame in frames)


def left_on_disk(home: Path) -> list[str]:
    return [file.name for file in (home / "spoken").rglob("*.wav")]


def test_a_comment_is_recorded_as_it_was_spoken_played_back_and_kept(node: Node, carrier: Away, tmp_path: Path) -> None:
    with SipPhone(node.port) as phone:
        reach_the_tone(phone)
        speak(phone, 500, 1.6)
        at = phone.press("#")
        phone.wait_for_tone(500, at)
        phone.wait_for_tone(VERDICT, at)
        phone.press("1")
        phone.wait_for_tone(CLOSING)
        phone.wait_for_end()
    assert ended(carrier) == "finished"
    (wav,) = carrier.spoken.values()
    assert spoken_tone(wav, 500) == pytest.approx(1.6, abs=0.1)
    assert len(sound.samples_of(wav)) / sound.RATE == pytest.approx(1.6 + 0.1, abs=0.4)
    assert carrier.outcomes() == {"leg_1": "complete"}
    assert [speech.recording for speech in carrier.interviews["leg_1"].speeches] == list(carrier.spoken)
    assert left_on_disk(tmp_path) == []


def test_a_comment_is_spoken_anew(node: Node, carrier: Away) -> None:
    with SipPhone(node.port) as phone:
        reach_the_tone(phone)
        speak(phone, 500, 1.2)
        at = phone.press("5")
        phone.wait_for_tone(VERDICT, at)
        at = phone.press("2")
        phone.wait_for_tone(BEEP, at)
        speak(phone, 700, 1.2)
        at = phone.press("5")
        phone.wait_for_tone(700, at)
        phone.press("1")
        phone.wait_for_end()
    ended(carrier)
    assert [speech.recording for speech in carrier.interviews["leg_1"].speeches] == list(carrier.spoken)[1:]
    first, second = (spoken_tone(wav, 700) for wav in carrier.spoken.values())
    assert first == 0.0
    assert second > 0.8  # a telephone that sends nothing while it listens loses a little to the jitter buffer


def test_hanging_up_while_speaking_keeps_what_was_said(node: Node, carrier: Away, tmp_path: Path) -> None:
    with SipPhone(node.port) as phone:
        reach_the_tone(phone)
        speak(phone, 500, 1.4)
        phone.hang_up()
    assert ended(carrier) == "caller hung up"
    (wav,) = carrier.spoken.values()
    assert spoken_tone(wav, 500) > 1.2
    assert [type(reply) for _, _, reply in carrier.replies] == [Digits, Recording]
    assert carrier.outcomes() == {"leg_1": "complete"}
    assert left_on_disk(tmp_path) == []


@pytest.mark.parametrize("seconds", [0.0, 0.4], ids=["silent", "too short"])
def test_nothing_worth_keeping_is_nothing(node: Node, carrier: Away, seconds: float) -> None:
    with SipPhone(node.port) as phone:
        reach_the_tone(phone)
        speak(phone, 500, seconds) if seconds else phone.say(1.5)
        phone.press("1")
        phone.wait_for_end()
    ended(carrier)
    assert carrier.spoken == {}
    assert [type(reply) for _, _, reply in carrier.replies] == [Digits, TimedOut]


def noise(seconds: float) -> list[int]:
    """That of a hall, -30 dBFS."""
    chance = random.Random(1)
    return [round(chance.gauss(0, 1036)) for _ in range(round(seconds * sound.RATE))]


def test_a_recording_ends_when_only_the_noise_of_a_hall_is_left_and_that_is_not_kept(node: Node, carrier: Away) -> None:
    hall, hum = noise(6.2), sound.sine(500, 1.2)
    for place, sample in enumerate(hum, round(0.6 * sound.RATE)):
        hall[place] += sample
    with SipPhone(node.port) as phone:
        at = reach_the_tone(phone)
        phone.say(6.2, hall)
        phone.wait_for_tone(VERDICT, at)
    ended(carrier)
    (wav,) = carrier.spoken.values()
    assert len(sound.samples_of(wav)) / sound.RATE == pytest.approx(0.3 + 1.2 + 0.4, abs=0.3)


def test_a_comment_spoken_while_the_database_is_away_waits_on_the_disk(
    node: Node, carrier: Away, tmp_path: Path
) -> None:
    with SipPhone(node.port) as phone:
        reach_the_tone(phone)
        carrier.away.set()
        speak(phone, 500, 1.2)
        at = phone.press("5")
        phone.wait_for_tone(500, at)
        phone.wait_for_tone(VERDICT, at)
        phone.press("1")
        phone.wait_for_tone(CLOSING)
        phone.wait_for_end()
    assert carrier.spoken == {}
    assert left_on_disk(tmp_path) == ["leg_1.2.wav"]
    carrier.away.clear()
    ended(carrier)
    (wav,) = carrier.spoken.values()
    assert spoken_tone(wav, 500) > 1
    assert carrier.outcomes() == {"leg_1": "complete"}
    wait_until(lambda: left_on_disk(tmp_path) == [])


def test_a_killed_cell_costs_what_was_being_said_and_nothing_before(node: Node, carrier: Away, tmp_path: Path) -> None:
    with SipPhone(node.port) as phone:
        reach_the_tone(phone)
        speak(phone, 500, 0.5)
        os.kill(cell_pids(tmp_path)[0], signal.SIGKILL)
        assert ended(carrier) == "cell lost"
        phone.requests.append("BYE cannot be said to a dead cell")
    assert carrier.digits("leg_1") == ["4"]
    assert carrier.outcomes() == {"leg_1": "complete"}
    assert left_on_disk(tmp_path) == []


def test_bursts_of_four_recordings_are_each_callers_own(node: Node, carrier: Away) -> None:
    def one(number: int) -> None:
        with SipPhone(node.port) as phone:
            reach_the_tone(phone, f"a{number}")
            speak(phone, 500 + 200 * number, 1.2)
            if number % 2:
                phone.press("5")
                phone.wait_for_tone(VERDICT)
            phone.hang_up()

    with ThreadPoolExecutor(4) as pool:
        for _ in range(2):
            list(pool.map(one, range(4)))
            wait_until(lambda: len(carrier.ended) == len(carrier.calls))
    assert len(carrier.spoken) == 8
    for leg, call in carrier.calls.items():
        hertz = 500 + 200 * int((call.agent or "a0")[1:])
        (speech,) = carrier.interviews[leg].speeches
        assert spoken_tone(carrier.spoken[speech.recording], hertz) > 1.0


def test_a_burst_of_four_callers_from_sipp_is_recorded(node: Node, carrier: Away) -> None:
    hum = sound.encode(8, sound.sine(500, 1.5))
    played = sipp.play("speak", node.port, [(f"a{number}", "4") for number in range(4)], sounds={"tone.alaw": hum})
    assert (played.good, played.failed) == (4, 0), played.report
    wait_until(lambda: len(carrier.ended) == 4)
    for state in carrier.interviews.values():
        (speech,) = state.speeches
        assert spoken_tone(carrier.spoken[speech.recording], 500) > 1.0
