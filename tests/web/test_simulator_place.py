"""The simulator in the hands of somebody of one place: what is tried there counts, so it stays within hers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.web.house import CUSTOMER, NUMBER, Clock, open_site
from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer
from tonval.ivr.simulator import page as simulator
from tonval.sms import inbound
from tonval.stats.responses import responses
from tonval.stats.scope import EVERYTHING
from tonval.store.tables import legs
from tonval.web.desk import look
from tonval.web.desk.scopes import scope_here

OTHERS = "+46701740607"


@pytest.fixture
def site(office: Field) -> Flask:
    """The application with its simulator, put together as ``app`` does."""
    around = simulator.Surroundings(look.framed, partial(inbound.receive, office), lambda: scope_here(office))
    app = open_site(office, page_blueprints=(simulator.blueprint(office, around),))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def sam(signed_in: Callable[[str], FlaskClient]) -> FlaskClient:
    """The supervisor of Stockholm, where Anna works and Bo does not."""
    return signed_in("sam")


def asked(office: Field, clock: Clock, agent: str, phone: str) -> None:
    """A customer of the agent has her question by SMS."""
    customer = Customer(phone=phone, language="en")
    invitations.report(office, Interaction(f"sms-{agent}", "call", "sales", agent, customer, clock(), None, {}))
    clock.forward(minutes=3)
    asking.ask_due(office)


def test_only_her_own_agents_are_named(sam: FlaskClient, signed_in: Callable[[str], FlaskClient]) -> None:
    hers, all_of_them = sam.get("/simulator").text, signed_in("admin").get("/simulator").text
    assert ("Anna Lind" in hers, "Bo Ek" in hers) == (True, False)
    assert ("Anna Lind" in all_of_them, "Bo Ek" in all_of_them) == (True, True)


@pytest.mark.parametrize(("agent", "status"), [("anna", 201), ("", 201), ("bo", 404), ("nobody", 404)])
def test_calls_and_contacts_are_tried_for_her_own_agents_alone(sam: FlaskClient, agent: str, status: int) -> None:
    call = {"queue": "support", "agent": agent, "language": "en", "ref": "call-0001"}
    assert sam.post("/simulator/calls", json=call).status_code == status
    contact = {"queue": "sales", "agent": agent, "language": "en", "phone": CUSTOMER}
    assert sam.post("/simulator/interactions", json=contact).status_code == status


def test_nobody_answers_for_another_places_customer(sam: FlaskClient, office: Field, clock: Clock) -> None:
    asked(office, clock, "anna", CUSTOMER)
    asked(office, clock, "bo", OTHERS)
    answers = {
        phone: sam.post("/simulator/messages", json={"number": NUMBER, "phone": phone, "body": "2"}).status_code
        for phone in (CUSTOMER, OTHERS, "+46701740608")
    }
    assert answers == {CUSTOMER: 204, OTHERS: 404, "+46701740608": 404}
    assert [row.agent for row in responses(office.unit, EVERYTHING).rows if row.answers] == ["anna"]


def test_a_real_call_is_not_hung_up_from_the_simulator(signed_in: Callable[[str], FlaskClient], office: Field) -> None:
    leg = conduct.begin_call(office, Call(provider="sip", ref="real", dialled="support", agent="anna")).leg
    assert signed_in("admin").post(f"/simulator/calls/{leg}/end", json={}).status_code == 404
    with office.unit.read() as tx:
        assert tx.execute(select(legs.c.ended_at).where(legs.c.id == leg)).scalar() is None
