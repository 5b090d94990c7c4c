"""Calls from a telephone of our own on plain sockets, to a real conductor with real cells."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.drivers import sound
from tests.drivers.sip_node import FORM, TONES, FakeCarrier, Node, Tone, answers, cell_pids, options, sip_node
from tests.drivers.sip_phone import SipPhone
from tests.waiting import wait_until
from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.conduct import Conducted
from tonval.ivr.sip import prompt_files
from tonval.ivr.sip.caller import Patience
from tonval.ivr.sip.carrier import CannotStart, DatabaseAway, SipSettings
from tonval.ivr.sip.conductor import run
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.turns import Utterance

pytestmark = pytest.mark.sip

FIRST, SECOND, CLOSING = (TONES[slot] for slot in ("question.helped", "question.manner", "closing"))
NEW = 3100.0
NPS_FORM = Form(FORM.id, 1, ("en",), (Question("recommend", "nps", {"en": "?"}),), FORM.phrases)


@pytest.fixture
def carrier() -> FakeCarrier:
    return FakeCarrier()


@pytest.fixture
def node(carrier: FakeCarrier, tmp_path: Path) -> Iterator[Node]:
    with sip_node(carrier, tmp_path) as running:
        yield running


def ended(carrier: FakeCarrier, leg: str = "leg_1") -> str:
    return wait_until(lambda: carrier.ended.get(leg)) or ""


@dataclass
class Renewed(FakeCarrier):
    """Its second question is recorded anew while the first is asked."""

    new: bool = False

    def audio_for(self, survey: str, utterance: Utterance, queue: str = "") -> Tone:
        if self.new and utterance.slot == "question.manner":
            return Tone("recorded-anew", sound.tone(NEW, self.seconds, 0.4))
        return super().audio_for(survey, utterance, queue)


def test_a_prompt_recorded_anew_is_heard_in_the_next_call_and_not_in_one_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt_files, "_FRESH", 0.0)
    carrier = Renewed()
    with sip_node(carrier, tmp_path) as node:
        for second in (SECOND, NEW):
            with SipPhone(node.port) as phone:
                phone.call()
                phone.wait_for_tone(FIRST)
                carrier.new = True
                phone.press("4")
                phone.wait_for_tone(second)


def test_a_call_is_asked_answers_by_keys_and_is_thanked(node: Node, carrier: FakeCarrier) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(FIRST)
        phone.press("4")
        phone.wait_for_tone(SECOND)
        phone.press("5")
        phone.wait_for_tone(CLOSING)
        phone.wait_for_end()
    assert ended(carrier) == "finished"
    assert carrier.digits("leg_1") == ["4", "5"]
    assert carrier.outcomes() == {"leg_1": "complete"}


@pytest.mark.parametrize("codec", [8, 0], ids=["PCMA", "PCMU"])
def test_the_prompt_heard_is_the_recording(tmp_path: Path, codec: int) -> None:
    """A chirp, so that only the right place in the recording fits."""
    chirp = [round(12000 * sound.math.sin(i * (0.2 + i / 12000))) for i in range(4000)]

    class Chirping(FakeCarrier):
        def audio_for(self, survey: str, utterance: Utterance, queue: str = "") -> Tone:
            return Tone("chirp", sound.wav(chirp))

    def heard(port: int) -> list[int]:
        with SipPhone(port, codec=codec) as phone:
            phone.call()
            wait_until(lambda: len(phone.heard) > 60)
            assert {packet.payload_type for packet in phone.heard} == {codec}
            return phone.samples()

    with sip_node(Chirping(), tmp_path) as node:  # a busy machine may lose a frame of one call
        calls = (sound.likeness(heard(node.port), chirp[400:3600], within=2000) for _ in range(3))
        assert any(likeness > 0.99 for likeness in calls)


def test_two_prompts_follow_each_other_without_a_hole(node: Node) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        welcome = phone.wait_for_tone(TONES["welcome"])
        question = phone.wait_for_tone(FIRST)
        between = [packet for packet in phone.heard if welcome <= packet.at <= question]
        sequence = [packet.sequence for packet in between]
        assert sequence == list(range(sequence[0], sequence[0] + len(sequence)))
        assert len(between) <= 15 + 3  # 300 ms of welcome, and at most three packets of change


@pytest.mark.parametrize("kind", ["application/dtmf-relay", "application/dtmf"])
def test_keys_by_sip_info_count(node: Node, carrier: FakeCarrier, kind: str) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(FIRST)
        phone.info("3", kind)
        phone.wait_for_tone(SECOND)
        phone.info("2", kind)
        phone.wait_for_tone(CLOSING)
        phone.wait_for_end()
    ended(carrier)
    assert carrier.digits("leg_1") == ["3", "2"]


def test_a_key_barges_in_on_the_prompt(tmp_path: Path) -> None:
    carrier = FakeCarrier(seconds=4.0)
    with sip_node(carrier, tmp_path) as node, SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(TONES["welcome"])
        phone.say(0.3)
        phone.press("4")
        phone.wait_for_tone(SECOND)
        assert phone.hears(FIRST) is None
    ended(carrier)
    assert carrier.digits("leg_1") == ["4"]


def test_a_long_press_counts_once(node: Node, carrier: FakeCarrier) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(FIRST)
        phone.press("4", hold=1.5)
        phone.wait_for_tone(SECOND)
        phone.say(0.5)
    ended(carrier)
    assert carrier.digits("leg_1") == ["4"]


def test_two_keys_at_once_count_as_one(node: Node, carrier: FakeCarrier) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(FIRST)
        phone.press("45", hold=0.02, gap=0.0)
        phone.wait_for_tone(SECOND)
        phone.say(0.5)
    ended(carrier)
    assert carrier.digits("leg_1") == ["4"]


def test_a_wrong_key_is_asked_again(node: Node, carrier: FakeCarrier) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(FIRST)
        at = phone.press("9")
        phone.wait_for_tone(TONES["invalid"], at)
        phone.wait_for_tone(FIRST, at)
        phone.press("3")
        phone.wait_for_tone(SECOND)
    ended(carrier)
    assert carrier.digits("leg_1") == ["9", "3"]


def test_a_star_repeats_the_question(node: Node, carrier: FakeCarrier) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(FIRST)
        at = phone.press("*")
        phone.wait_for_tone(FIRST, at + 0.2)
        phone.press("2")
        phone.wait_for_tone(SECOND)
    ended(carrier)
    assert carrier.digits("leg_1") == ["*", "2"]


def test_silence_is_asked_again_and_then_goodbye(tmp_path: Path) -> None:
    carrier = FakeCarrier(timeout=timedelta(seconds=0.5))
    with sip_node(carrier, tmp_path) as node, SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(TONES["no_input"])
        phone.wait_for_tone(TONES["goodbye"])
        phone.wait_for_end()
    assert ended(carrier) == "finished"
    assert carrier.digits("leg_1") == ["", "", ""]
    assert carrier.outcomes() == {"leg_1": "break-off"}


@pytest.mark.parametrize(("keys", "read"), [("10", "10"), ("9#", "9"), ("9", "9")], ids=["full", "finished", "pause"])
def test_a_number_of_two_keys_ends_when_it_is_clear(tmp_path: Path, keys: str, read: str) -> None:
    carrier = FakeCarrier(form=NPS_FORM)
    with sip_node(carrier, tmp_path) as node, SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(TONES["question.recommend"])
        phone.press(keys)
        phone.wait_for_tone(CLOSING)
        phone.wait_for_end()
    ended(carrier)
    assert carrier.digits("leg_1") == [read]


def test_hanging_up_after_the_first_key_keeps_it(node: Node, carrier: FakeCarrier) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(FIRST)
        phone.press("4")
        phone.wait_for_tone(SECOND)
        phone.hang_up()
    assert ended(carrier) == "caller hung up"
    assert carrier.outcomes() == {"leg_1": "partial"}


def test_hanging_up_at_once_is_a_break_off(node: Node, carrier: FakeCarrier) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        phone.hang_up()
    assert ended(carrier) == "caller hung up"
    assert carrier.outcomes() == {"leg_1": "break-off"}


def test_a_call_taken_back_before_the_answer_leaves_nothing_behind(tmp_path: Path) -> None:
    class Slow(FakeCarrier):
        def begin_call(self, call: Call) -> Conducted:
            wait_until(lambda: phone.refused == 487)
            return super().begin_call(call)

    carrier = Slow()
    with sip_node(carrier, tmp_path) as node, SipPhone(node.port) as phone:
        phone.invite()
        wait_until(lambda: phone.responses)
        phone.cancel()
        assert ended(carrier) == "cancelled"
        assert not phone.answered


def test_the_headers_reach_fieldwork(node: Node, carrier: FakeCarrier) -> None:
    headers = {
        "X-Tonval-Queue": "support",
        "X-Tonval-Agent": "anna",
        "X-Tonval-Interaction": "call-8812",
        "X-Tonval-Language": "en",
        "P-Asserted-Identity": "<sip:0701740607@pbx.example>",
    }
    with SipPhone(node.port) as phone:
        phone.call("support-nki", headers)
    ended(carrier)
    call = carrier.calls["leg_1"]
    assert call.ref.startswith(f"{phone.call_id} ")
    assert call == Call("sip", call.ref, "support-nki", "support", "anna", "call-8812", "en", "+46701740607", "test")


def test_a_diverted_call_is_known_by_the_number_dialled_first(node: Node, carrier: FakeCarrier) -> None:
    with SipPhone(node.port) as phone:
        phone.call("1234", {"Diversion": "<sip:+46701740605@pbx.example>;reason=unconditional"})
    ended(carrier)
    assert carrier.calls["leg_1"].dialled == "+46701740605"


def test_a_call_without_headers_is_taken(node: Node, carrier: FakeCarrier) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        assert phone.answered
    ended(carrier)
    call = carrier.calls["leg_1"]
    assert (call.queue, call.agent, call.interaction, call.language) == (None, None, None, None)


def test_an_offer_that_comes_late_is_answered(node: Node, carrier: FakeCarrier) -> None:
    with SipPhone(node.port) as phone:
        phone.call(offer=False)
        phone.wait_for_tone(FIRST)
        phone.press("4")
        phone.wait_for_tone(SECOND)
        assert not [request for request in phone.requests if request.startswith("INVITE")]
    ended(carrier)
    assert carrier.digits("leg_1") == ["4"]


def test_the_fifth_call_is_busy_and_the_place_is_free_again_after(node: Node, carrier: FakeCarrier) -> None:
    phones = [SipPhone(node.port) for _ in range(5)]
    try:
        assert [phone.call().refused for phone in phones] == [None, None, None, None, 486]
        phones[0].hang_up()
        ended(carrier)
        with SipPhone(node.port) as sixth:
            assert sixth.call().answered
    finally:
        for phone in phones:
            phone.__exit__()


def knock_by_tcp(port: int, own: str) -> bytes | None:
    """What comes back over TCP; ``None`` when not even the connection came about."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as knock:
        knock.bind((own, 0))
        knock.settimeout(1.5)
        try:
            knock.connect(("127.0.0.1", port))
            knock.sendall(options(own, knock.getsockname()[1], "TCP"))
            return knock.recv(2048)
        except TimeoutError:
            return None


def test_a_stranger_gets_no_byte_by_udp(node: Node, carrier: FakeCarrier) -> None:
    assert wait_until(lambda: answers(node.port)).startswith(b"SIP/2.0 200")
    assert answers(node.port, "127.0.0.2") == b""
    with SipPhone(node.port, own="127.0.0.2") as stranger:
        stranger.invite()
        wait_until(lambda: answers(node.port))  # the cell has been round since
        assert stranger.responses == []
    assert carrier.calls == {}


def test_a_stranger_cannot_even_connect_by_tcp(node: Node) -> None:
    assert (wait_until(lambda: knock_by_tcp(node.port, "127.0.0.1")) or b"").startswith(b"SIP/2.0 200")
    assert knock_by_tcp(node.port, "127.0.0.2") is None


def test_a_caller_who_never_acknowledges_is_let_go(tmp_path: Path) -> None:
    carrier = FakeCarrier()
    with sip_node(carrier, tmp_path, patience=Patience(media=500)) as node, SipPhone(node.port) as phone:
        phone.invite()
        assert ended(carrier) == "no media"
        phone.requests.append("BYE was never due")


def test_a_caller_who_sends_no_media_is_let_go(tmp_path: Path) -> None:
    carrier = FakeCarrier(seconds=20.0)
    with sip_node(carrier, tmp_path, patience=Patience(progress=1000)) as node, SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_end()
    assert ended(carrier) == "no progress"


def test_no_call_lasts_for_ever(tmp_path: Path) -> None:
    carrier = FakeCarrier(seconds=20.0)
    with sip_node(carrier, tmp_path, patience=Patience(call=1000)) as node, SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_end()
    assert ended(carrier) == "too long"


def test_a_killed_cell_costs_its_own_calls_alone_and_comes_back(tmp_path: Path) -> None:
    carrier = FakeCarrier()
    with sip_node(carrier, tmp_path, cells=2) as node:
        with SipPhone(node.port) as lost, SipPhone(node.port + 1) as kept:
            lost.call()
            lost.wait_for_tone(FIRST)
            kept.call()
            os.kill(cell_pids(tmp_path)[0], signal.SIGKILL)
            assert ended(carrier) == "cell lost"
            kept.wait_for_tone(FIRST)
            kept.press("4")
            kept.wait_for_tone(SECOND)
            lost.requests.append("BYE cannot be said to a dead cell")
        wait_until(lambda: answers(node.port))
        with SipPhone(node.port) as again:
            again.call()
            again.wait_for_tone(FIRST)
    assert carrier.digits("leg_2") == ["4"]


def test_a_node_that_starts_ends_the_legs_it_lost_before(node: Node, carrier: FakeCarrier) -> None:
    assert carrier.lost_nodes == [node.settings.node]


def test_draining_refuses_new_calls_and_lets_the_others_finish(node: Node, carrier: FakeCarrier) -> None:
    with SipPhone(node.port) as talking:
        talking.call()
        talking.wait_for_tone(FIRST)
        node.stop.set()
        wait_until(lambda: refused_by(node) == 503)
        talking.press("4")
        talking.wait_for_tone(SECOND)
        talking.press("5")
        talking.wait_for_end()
    assert ended(carrier) == "finished"
    node.thread.join(40)
    assert not node.thread.is_alive()
    assert carrier.outcomes()["leg_1"] == "complete"


def refused_by(node: Node) -> int | None:
    with SipPhone(node.port) as late:
        return late.call().refused


def test_a_stop_in_a_hurry_says_goodbye_to_all(node: Node, carrier: FakeCarrier) -> None:
    with SipPhone(node.port) as phone:
        phone.call()
        phone.wait_for_tone(FIRST)
        node.hurry.set()
        node.stop.set()
        phone.wait_for_end()
    node.thread.join(40)
    assert ended(carrier) == "stopped"


def test_a_call_is_refused_while_the_database_is_away(tmp_path: Path) -> None:
    class Away(FakeCarrier):
        def begin_call(self, call: Call) -> Conducted:
            raise DatabaseAway

    with sip_node(Away(), tmp_path) as node, SipPhone(node.port) as phone:
        assert phone.call().refused == 503


def test_a_call_that_fieldwork_stumbles_over_is_refused_and_the_next_is_taken(tmp_path: Path) -> None:
    class Stumbling(FakeCarrier):
        def begin_call(self, call: Call) -> Conducted:
            if call.agent == "banana peel":
                raise RuntimeError("fell")
            return super().begin_call(call)

    with sip_node(Stumbling(), tmp_path) as node:
        with SipPhone(node.port) as phone:
            assert phone.call(headers={"X-Tonval-Agent": "banana peel"}).refused == 500
        with SipPhone(node.port) as phone:
            assert phone.call().answered


def settings(tmp_path: Path, **changes: object) -> SipSettings:
    plain = {"host": "127.0.0.1", "port": 5099, "cells": 1, "calls_per_cell": 4, "allow": ("127.0.0.1/32",)}
    return SipSettings(node="test", home=tmp_path, **(plain | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"calls_per_cell": 5}, "holds 4 calls in one process, not 5: set TONVAL_SIP_CALLS_PER_CELL to 4 or less"),
        ({"allow": ("everyone",)}, "TONVAL_SIP_ALLOW: 'everyone'"),
        ({"allow": ()}, "nobody could call"),
        ({"port": 80}, "do not fit"),
    ],
)
def test_false_settings_are_refused_with_a_reason(tmp_path: Path, changes: dict[str, object], why: str) -> None:
    with pytest.raises(CannotStart, match=why):
        run(settings(tmp_path, **changes), FakeCarrier(), stop=stopped())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.20", "0.0.0.0"])
def test_a_program_on_this_machine_may_always_ask_whether_the_node_is_there(tmp_path: Path, host: str) -> None:
    networks = settings(tmp_path, host=host, allow=("192.0.2.10/32",)).networks()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("127.0.0.1" if host == "0.0.0.0" else host, 5060))
        here = ip_address(probe.getsockname()[0])
    assert any(here in network for network in networks)
    assert not any(ip_address("192.0.2.11") in network for network in networks)


def test_a_node_on_a_network_knows_its_own_address(tmp_path: Path) -> None:
    own = settings(tmp_path, host="192.0.2.20", allow=("192.0.2.10/32",)).networks()
    assert [str(network) for network in own] == ["192.0.2.10/32", "192.0.2.20/32"]
    assert len(settings(tmp_path, host="sip.example", allow=("192.0.2.10/32",)).networks()) == 1


def stopped() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def test_a_taken_port_is_named(tmp_path: Path, node: Node) -> None:
    with pytest.raises(CannotStart, match=rf"cannot listen on 127\.0\.0\.1:{node.port}"):
        run(settings(tmp_path, port=node.port), FakeCarrier(), stop=stopped())
