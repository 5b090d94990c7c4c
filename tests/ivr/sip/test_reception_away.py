"""Who calls to reach an agent reaches the agent though the database is gone: fieldwork in earnest, both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.drivers.outage import away
from tests.drivers.sip_node import Node, sip_node
from tests.drivers.sip_office import TONES, InTones, open_office
from tests.drivers.sip_phone import SipPhone
from tests.ivr.sip.test_whole_flow import EVA, QUEUES
from tests.waiting import wait_until
from tonval.fieldwork.field import Field
from tonval.ivr.sip.reception_shadow import ReceptionShadow
from tonval.store.tables import interactions, interviews, legs
from tonval.store.unit import Unit
from tonval.surveys.reception import Step, Terms, receive
from tonval.surveys.state import ReplyRejected
from tonval.surveys.turns import DialEnded, Digits, Line, TimedOut

pytestmark = pytest.mark.sip


@pytest.fixture
def office(unit: Unit, tmp_path: Path) -> Iterator[Field]:
    url = unit.engine.url.render_as_string(hide_password=False)
    opened = open_office(tmp_path, QUEUES, url)
    yield opened
    opened.unit.engine.dispose()


@pytest.fixture
def node(office: Field, tmp_path: Path) -> Iterator[Node]:
    with sip_node(InTones(office), tmp_path) as running:
        yield running


def wait_for(phone: SipPhone, name: str) -> None:
    phone.wait_for_tone(TONES[name])


def spooled(home: Path) -> list[Path]:
    return list(home.glob("sip-spool-*"))


def rows(office: Field, table: Any) -> list[Any]:
    with office.unit.read() as tx:
        return list(tx.execute(select(table)).all())


def test_what_a_caller_pressed_in_an_outage_holds_when_she_comes_back_from_the_agent(
    node: Node, office: Field, tmp_path: Path
) -> None:
    with SipPhone(node.port) as phone:
        phone.call("support", EVA)
        wait_for(phone, "reception.language en")
        with away(office.unit):
            phone.press("2")
            wait_for(phone, "reception.opt_in en")
            phone.press("1")
            wait_for(phone, "reception.connecting en")
            wait_until(lambda: phone.referred)
            phone.notify("200 OK")
            phone.wait_for_end()
        leg = re.search(r"x-tonval-reception=(leg_\w+)", phone.referred[0])
    assert leg
    wait_until(lambda: not spooled(tmp_path))
    with SipPhone(node.port) as phone:
        phone.call("support", {"X-Tonval-Reception": leg[1], "X-Tonval-Agent": "anna"})
        wait_for(phone, "question.helped en")
        phone.press("4")
    wait_until(lambda: all(row.ended_at for row in rows(office, legs)))
    assert {row.id: row.cause for row in rows(office, legs)}[leg[1]] == "transferred"
    assert {row.ref.rpartition(" ")[2] for row in rows(office, legs)} == {"127.0.0.1"}  # which system sent her
    assert [(row.agent, row.language) for row in rows(office, interviews)] == [("anna", "en")]


def test_a_caller_whom_nobody_takes_in_an_outage_hears_so_and_it_is_written_afterwards(
    node: Node, office: Field, tmp_path: Path
) -> None:
    with SipPhone(node.port) as phone:
        phone.refer_answer = "603 Decline"
        phone.call("support", EVA | {"X-Tonval-Language": "en"})
        wait_for(phone, "reception.opt_in en")
        with away(office.unit):
            phone.press("1")
            wait_for(phone, "reception.unavailable en")
            phone.wait_for_end()
    wait_until(lambda: not spooled(tmp_path))
    wait_until(lambda: all(row.ended_at for row in rows(office, legs)))
    assert [row.disposition for row in rows(office, interactions)] == ["not-offered"]


def test_a_new_caller_in_an_outage_is_put_through_at_once_and_who_comes_for_the_survey_is_turned_away(
    node: Node, office: Field, tmp_path: Path
) -> None:
    with away(office.unit):
        with SipPhone(node.port) as phone:
            phone.call("support", EVA)
            wait_until(lambda: phone.referred)
            phone.notify("200 OK")
            phone.wait_for_end()
        assert phone.referred == ["<sip:agents@pbx.example>"]
        with SipPhone(node.port) as phone:
            assert phone.call("support", EVA | {"X-Tonval-Agent": "anna"}).refused == 503
        with SipPhone(node.port) as phone:
            phone.refer_answer = "603 Decline"
            phone.call("support", EVA)
            phone.wait_for_end()
    assert spooled(tmp_path) == []
    assert rows(office, legs) == []


TERMS = Terms(
    (Step.LANGUAGE, Step.OPT_IN), ("sv", "en", "es", "et"), (Line("+46701740605"),), words={"opt_in": {"sv": "Ja?"}}
)


def shadow(terms: Terms) -> ReceptionShadow:
    begun = receive(terms, language="sv", known=False, fills={"brand": "Nordlys"})
    return ReceptionShadow("leg_1", 1, "nki", "support", begun.reception)


NOBODY = DialEnded(timedelta(0))


@given(st.lists(st.sampled_from([TimedOut(), NOBODY, *(Digits(key) for key in "0123456789*#")]), max_size=8))
def test_whatever_is_pressed_what_is_said_was_made_ready(replies: list[Any]) -> None:
    alone = shadow(TERMS)
    ready = alone.may_say()
    for reply in replies:
        with suppress(ReplyRejected):
            assert set(alone.go_on(reply).says) <= ready


def test_the_survey_is_not_begun_without_the_database() -> None:
    alone = shadow(Terms((Step.LANGUAGE,), ("sv", "en")))
    assert alone.leads_on(Digits("7"))
    assert not alone.leads_on(Digits("2"))
