"""Whole calls, and what the log says of them: no number, no PIN, no password, no address that plays a comment."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import structlog

from tests.drivers import sound
from tests.drivers.outage import away
from tests.drivers.sip_callee import SipCallee
from tests.drivers.sip_node import FakeCarrier, sip_node
from tests.drivers.sip_office import TONES, InTones, open_office
from tests.drivers.sip_phone import SipPhone
from tests.fieldwork.office import Office
from tests.ivr.sip.test_outgoing import EVA as TO_EVA
from tests.ivr.sip.test_whole_flow import EVA, QUEUES
from tests.ivr.twilio.line import EVA as NUMBER
from tests.ivr.twilio.line import line_to
from tests.transcripts.script import centre
from tests.waiting import wait_until
from tonval import journal
from tonval.audio import wav
from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.centre import Sip, Trunk
from tonval.fieldwork.colleagues import people
from tonval.fieldwork.conduct import Conducted
from tonval.fieldwork.voice import dictating, prompts
from tonval.fieldwork.voice.takes import Place
from tonval.ivr.sip.callbacks import note
from tonval.ivr.sip.office import SipCarrier
from tonval.store.unit import Unit, open_unit

PERSONAL = re.compile(r"1740606|2025550123")
"""Her number, however it is written, and another's."""


@pytest.fixture
def journaled() -> Iterator[io.StringIO]:
    """What the parts of Tonval write into their log; it is put back as it was afterwards."""
    handlers, level, paper = logging.root.handlers[:], logging.root.level, io.StringIO()
    journal.set_up("json")
    for handler in logging.root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(paper)
    yield paper
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def written(home: Path) -> str:
    """What the cells and the library wrote."""
    return "".join(file.read_text(errors="replace") for file in (home / "log").iterdir())


def silent(said: str, *secrets: str) -> bool:
    """Whether nothing of hers, and none of these, stands there."""
    assert "cell" in said or "twilio" in said, "there is a log"
    return not PERSONAL.search(said) and not any(secret in said for secret in secrets)


@dataclass
class Failing(FakeCarrier):
    """Fieldwork that breaks on a caller, and says who she is."""

    def begin_call(self, call: Call) -> Conducted:
        raise ValueError(f"no such customer: {call.caller}, at sip:{call.caller}@pbx.example or 0701740606")


@pytest.mark.sip
def test_a_call_that_is_received_transferred_asked_and_spooled_leaves_no_number_in_the_log(
    tmp_path: Path, journaled: io.StringIO
) -> None:
    office = open_office(tmp_path, QUEUES)
    with sip_node(InTones(office), tmp_path) as node:
        with SipPhone(node.port) as phone:
            phone.call("support", EVA | {"Diversion": "<sip:0701740606@pbx.example>"})
            phone.wait_for_tone(TONES["reception.language en"])
            with away(office.unit):
                phone.press("2")
                phone.wait_for_tone(TONES["reception.opt_in en"])
                phone.refer_answer = "603 Decline"
                phone.press("1")
                phone.wait_for_end()
                with SipPhone(node.port) as new:
                    assert new.call("support", EVA | {"X-Tonval-Agent": "anna"}).refused == 503
        wait_until(lambda: not list(tmp_path.glob("sip-spool-*")))
    office.unit.engine.dispose()
    said = journaled.getvalue()
    assert "the database is away" in said
    assert silent(said + written(tmp_path))


@pytest.mark.sip
def test_our_own_calls_a_failure_and_a_transfer_that_cannot_be_leave_none_either(
    tmp_path: Path, journaled: io.StringIO
) -> None:
    with SipCallee("404 Not Found", password="s3cret") as callee, sip_node(carrier := Failing(), tmp_path) as node:
        carrier.password = "s3cret"
        with SipPhone(node.port) as phone:
            assert phone.call("support", EVA).refused == 500
        carrier.around = Sip(trunk=Trunk(f"sip:127.0.0.1:{callee.port}", "tonval"))
        carrier.due = [TO_EVA, replace(TO_EVA, id="dial_2", number="+1 202 \x00 <sip:2025550123")]
        wait_until(lambda: {"dial_1", "dial_2"} <= {*carrier.dialled, *carrier.put_back_by})
    said = journaled.getvalue()
    assert "call failed" in said
    assert silent(said + written(tmp_path), "s3cret")


@pytest.mark.sip
def test_the_pins_of_prompts_recorded_over_sip_stay_out_of_the_log(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, journaled: io.StringIO
) -> None:
    monkeypatch.setattr(prompts, "draft_of", lambda _: wav.silence(0.2))
    office = Office(open_unit(sqlite_url), centre())
    maria = people.add_user(office.field, "maria", "correct horse battery")
    pin = dictating.give_pin(office.field, Place("support-nki", "welcome", "sv"), Actor(maria.id, maria.name))
    with sip_node(SipCarrier(office.field), tmp_path) as node, SipPhone(node.port) as phone:
        phone.call("record", EVA)
        phone.say(0.6)
        phone.press("739152" if pin != "739152" else "739153")
        phone.say(0.6)
        phone.press(pin)
        phone.wait_for_tone(1000.0)
        phone.say(0.5, sound.sine(620, 0.5))
    office.field.unit.engine.dispose()
    assert silent(journaled.getvalue() + written(tmp_path), pin, "73915")


def test_calls_over_twilio_leave_no_number_pin_or_address_of_a_comment(
    unit: Unit, monkeypatch: pytest.MonkeyPatch, journaled: io.StringIO
) -> None:
    monkeypatch.setattr(prompts, "draft_of", lambda said: wav.silence(0.1))
    logging.getLogger("werkzeug").setLevel(
        logging.WARNING
    )  # the server of the tests; gunicorn writes no line a request
    with line_to(unit) as line:
        field, call, dictation = line.office.field, line.call("CA1"), line.call("CA2")
        maria = people.add_user(field, "maria", "correct horse battery")
        pin = dictating.give_pin(field, Place("care", "welcome", "sv"), Actor(maria.id, maria.name))
        dictation.ring("?queue=record")
        dictation.press(pin)
        call.ring("?queue=support&agent=anna&language=en")
        action = call.document.gather.action if call.document.gather else ""
        call.press("4")
        line.keep(call)
        call.speak(4)
        sealed = next(address for address in call.heard if "/spoken/" in address)
        with away(field.unit):
            line.call("CA3").ring()
            assert call.send(f"{action.rpartition('/')[0]}/4", {"Digits": pin})[0] == 503
        call.send(f"{line.url}/twilio/voice/leg_none/1", {"Digits": pin})
    said = journaled.getvalue()
    assert "the database is away" in said
    assert silent(said, pin, sealed.rpartition("/")[2], NUMBER)


def test_what_a_cell_notes_has_no_long_number(capfd: pytest.CaptureFixture[str]) -> None:
    note("cannot call sip:+46701740606@127.0.0.1:5060, PIN 123456")
    assert capfd.readouterr().err == "cannot call sip:+•••@127.0.0.1:5060, PIN •••\n"
