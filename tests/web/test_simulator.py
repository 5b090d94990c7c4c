"""The simulator's requests: the real conduct behind them, and nothing a browser could make up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.house import CUSTOMER, NUMBER, PASSWORD, Clock, open_site
from tonval.fieldwork import asking
from tonval.fieldwork.field import Field
from tonval.ivr.simulator import page as simulator
from tonval.sms import inbound
from tonval.stats.conversations import conversations
from tonval.stats.queries import Filter
from tonval.stats.responses import responses
from tonval.stats.scope import EVERYTHING
from tonval.web.desk import look

CALL = {"queue": "support", "agent": "anna", "language": "en", "phone": "", "ref": "call-0001"}


@pytest.fixture
def site(office: Field) -> Flask:
    """The application with its simulator."""
    around = simulator.Surroundings(look.framed, partial(inbound.receive, office))
    app = open_site(office, page_blueprints=(simulator.blueprint(office, around),))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def phone(signed_in: Callable[[str], FlaskClient]) -> FlaskClient:
    """The admin at the telephone."""
    return signed_in("admin")


def _begin(phone: FlaskClient, **more: str) -> dict[str, Any]:
    answer = phone.post("/simulator/calls", json={**CALL, **more})
    assert answer.status_code == 201
    turn: dict[str, Any] = answer.get_json()
    return turn


def _keys(phone: FlaskClient, turn: dict[str, Any], keys: str, now: float = 1000.0) -> Any:
    pressed = [{"at": 500.0 + place, "key": key} for place, key in enumerate(keys)]
    body = {"ticket": turn["ticket"], "keys": pressed, "prompts_end": None, "now": now}
    return phone.post(f"/simulator/calls/{turn['leg']}/keys", json=body)


def test_a_call_is_answered_key_by_key_to_its_end(phone: FlaskClient, office: Field) -> None:
    first = _begin(phone)
    assert [said["text"] for said in first["says"]][-1] == "How well were you helped?"
    assert phone.get(first["says"][0]["sound"]).data[:4] == b"RIFF"
    second = _keys(phone, first, "4").get_json()
    last = _keys(phone, second, "5").get_json()
    assert last["ticket"] is None
    assert phone.post(f"/simulator/calls/{last['leg']}/end", json={"cause": "completed"}).status_code == 204
    (saved,) = responses(office.unit, EVERYTHING).rows
    assert (saved.disposition, [answer.value for answer in saved.answers]) == ("complete", [4, 5])


def test_the_same_keys_sent_again_give_the_same_turn(phone: FlaskClient) -> None:
    first = _begin(phone)
    once, again = _keys(phone, first, "4"), _keys(phone, first, "4")
    assert once.get_json()["says"] == again.get_json()["says"]
    assert once.get_json()["turn"] == again.get_json()["turn"] == 2


def test_no_key_yet_says_until_when_it_waits(phone: FlaskClient) -> None:
    first = _begin(phone)
    body = {"ticket": first["ticket"], "keys": [], "prompts_end": 800, "now": 900}
    waiting = phone.post(f"/simulator/calls/{first['leg']}/keys", json=body).get_json()
    assert waiting == {"deadline": 5800.0, "barged": False, "digits": ""}


def test_silence_is_asked_again(phone: FlaskClient) -> None:
    first = _begin(phone)
    body = {"ticket": first["ticket"], "keys": [], "prompts_end": 800, "now": 5801}
    again = phone.post(f"/simulator/calls/{first['leg']}/keys", json=body).get_json()
    assert again["says"][-1]["slot"] == "question.helped"


def test_hanging_up_keeps_what_was_answered(phone: FlaskClient, office: Field) -> None:
    second = _keys(phone, _begin(phone), "3").get_json()
    for _ in range(2):
        assert phone.post(f"/simulator/calls/{second['leg']}/end", json={}).status_code == 204
    (saved,) = responses(office.unit, EVERYTHING).rows
    assert saved.disposition == "partial"


@pytest.mark.parametrize(
    "change",
    [
        {"ticket": "made up"},
        {"ticket": None},
        {"keys": "4"},
        {"keys": [{"at": 1, "key": "A"}]},
        {"keys": [{"at": "soon", "key": "4"}]},
        {"keys": [{"key": "4"}]},
        {"keys": [{"at": 1, "key": "4"}] * 201},
        {"keys": [4]},
        {"now": True},
        {"now": None},
        {"prompts_end": "x"},
    ],
)
def test_what_no_telephone_sends_is_refused(phone: FlaskClient, change: dict[str, Any]) -> None:
    first = _begin(phone)
    body = {"ticket": first["ticket"], "keys": [], "prompts_end": None, "now": 1.0, **change}
    answer = phone.post(f"/simulator/calls/{first['leg']}/keys", json=body)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_a_ticket_is_good_for_its_own_call_only(phone: FlaskClient) -> None:
    first, other = _begin(phone), _begin(phone, ref="call-0002")
    body = {"ticket": first["ticket"], "keys": [], "prompts_end": None, "now": 1.0}
    assert phone.post(f"/simulator/calls/{other['leg']}/keys", json=body).status_code == 400


@pytest.mark.parametrize(
    "change",
    [{"queue": "nowhere"}, {"ref": ""}, {"ref": "../.."}, {"phone": "12"}, {"agent": "a\0b"}, {"agent": "x" * 201}],
)
def test_a_call_that_cannot_be_placed_is_refused_in_words(phone: FlaskClient, change: dict[str, str]) -> None:
    answer = phone.post("/simulator/calls", json={**CALL, **change})
    assert answer.status_code == 400
    assert answer.get_json(force=True)["detail"]


def test_agents_and_strangers_have_no_telephone(signed_in: Callable[[str], FlaskClient], site: Flask) -> None:
    assert signed_in("anna").get("/simulator").status_code == 403
    assert signed_in("anna").post("/simulator/calls", json=CALL).status_code == 403
    assert site.test_client().post("/simulator/calls", json=CALL).status_code in (302, 401)


def test_a_call_needs_the_pages_token(office: Field) -> None:
    around = simulator.Surroundings(look.framed, partial(inbound.receive, office))
    app = open_site(office, page_blueprints=(simulator.blueprint(office, around),))
    client = app.test_client()
    app.config.update(WTF_CSRF_ENABLED=False)
    client.post("/login", data={"name": "admin", "password": PASSWORD})
    app.config.update(WTF_CSRF_ENABLED=True)
    assert client.post("/simulator/calls", json=CALL).status_code == 400


def test_a_message_is_asked_and_answered_by_the_way_of_real_ones(
    phone: FlaskClient, office: Field, clock: Clock
) -> None:
    report = {"queue": "sales", "agent": "bo", "phone": CUSTOMER, "language": "en", "at_once": "1"}
    told = phone.post("/simulator/interactions", json=report).get_json()
    assert (told["decision"]["outcome"], told["from"]) == ("invited", NUMBER)
    asking.ask_due(office)
    text = {"phone": CUSTOMER, "number": NUMBER, "body": "STOP"}
    assert phone.post("/simulator/messages", json=text).status_code == 204
    (talk,) = conversations(office.unit, EVERYTHING, Filter(clock().date(), clock().date())).rows
    assert talk.disposition == "refused"
    refused = phone.post("/simulator/interactions", json=report).get_json()["decision"]
    assert refused["outcome"] == "suppressed"


@pytest.mark.parametrize("change", [{"body": ""}, {"number": "+46701740699"}, {"phone": "x"}])
def test_a_message_from_nowhere_is_refused(phone: FlaskClient, change: dict[str, str]) -> None:
    text = {"phone": CUSTOMER, "number": NUMBER, "body": "9", **change}
    assert phone.post("/simulator/messages", json=text).status_code == 400
