"""The whole way of a caller over SIP, with fieldwork in earnest: reception, agent, and back to the survey."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.drivers import sound
from tests.drivers.sip_node import Node, sip_node
from tests.drivers.sip_office import TONES, InTones, open_office
from tests.drivers.sip_phone import SipPhone
from tests.waiting import wait_until
from tonval.fieldwork.field import Field
from tonval.store.tables import interviews, legs, speeches

pytestmark = pytest.mark.sip

EVA = {"P-Asserted-Identity": "<sip:+46701740606@pbx.example>"}
BEEP = 1000.0
QUEUES = """\
brand: Nordlys
country: SE
defaults: {languages: [sv, en]}
queues:
  support:
    survey: nki
    channel: keypad
    reception:
      languages: [sv, en]
      opt_in: true
      connect: [{to: "sip:agents@pbx.example"}]
surveys:
  nki:
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur bra hjälp fick du?", en: "How well were you helped?"}}
      - {id: why, scale: spoken, text: {sv: "Varför?", en: "Why?"}}
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Field]:
    opened = open_office(tmp_path, QUEUES)
    yield opened
    opened.unit.engine.dispose()


@pytest.fixture
def node(office: Field, tmp_path: Path) -> Iterator[Node]:
    with sip_node(InTones(office), tmp_path) as running:
        yield running


def wait_for(phone: SipPhone, name: str) -> None:
    phone.wait_for_tone(TONES[name])


def be_received(node: Node, *, opt_in: str) -> str:
    """Call, choose English, say whether to take part, be sent to the agents; gives the leg the PBX is told."""
    with SipPhone(node.port) as phone:
        phone.call("support", EVA)
        wait_for(phone, "reception.language en")
        phone.press("2")
        wait_for(phone, "reception.opt_in en")
        phone.press(opt_in)
        wait_for(phone, "reception.connecting en")
        wait_until(lambda: phone.referred)
        phone.notify("200 OK")
        phone.wait_for_end()
    found = re.fullmatch(
        r"<sip:agents@pbx\.example;x-tonval-reception=(leg_\w+)\?X-Tonval-Reception=\1>", phone.referred[0]
    )
    assert found, phone.referred
    return found[1]


def rows(office: Field, table: Any) -> list[Any]:
    with office.unit.read() as tx:
        return list(tx.execute(select(table)).all())


def test_a_caller_who_takes_part_is_asked_in_her_language_when_the_agent_has_hung_up(node: Node, office: Field) -> None:
    leg = be_received(node, opt_in="1")
    with SipPhone(node.port) as phone:
        phone.call("support", {"X-Tonval-Reception": leg, "X-Tonval-Agent": "anna"})
        wait_for(phone, "question.helped en")
        phone.press("4")
        wait_for(phone, "question.why en")
        phone.wait_for_tone(BEEP)
        phone.say(0.4)
        phone.say(1.4, sound.sine(500, 1.4))
        at = phone.press("#")
        phone.wait_for_tone(500, at)
        wait_for(phone, "verdict en")
        phone.press("1")
        wait_for(phone, "closing en")
        phone.wait_for_end()
    wait_until(lambda: all(row.ended_at for row in rows(office, legs)))
    (interview,) = rows(office, interviews)
    assert (interview.agent, interview.language, interview.disposition) == ("anna", "en", "complete")
    (speech,) = rows(office, speeches)
    assert (speech.state, speech.question, speech.interview) == ("kept", "why", interview.id)
    assert 1.3 < len(sound.samples_of(speech.wav)) / sound.RATE < 2.3
    assert [row.cause for row in rows(office, legs)] == ["transferred", "finished"]


def test_a_caller_who_does_not_take_part_is_thanked_and_let_go(node: Node, office: Field) -> None:
    leg = be_received(node, opt_in="2")
    with SipPhone(node.port) as phone:
        phone.call("support", {"X-Tonval-Reception": leg, "X-Tonval-Agent": "anna"})
        phone.wait_for_end()
    assert rows(office, interviews) == []
