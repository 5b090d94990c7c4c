"""Speaking and talking with an agent on the simulator's telephone: pretended, and carried by the real conduct."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.web.house import Clock, add_people, open_house, open_site
from tonval.fieldwork.conduct import Call, begin_call
from tonval.fieldwork.field import Field
from tonval.ivr.simulator import page as simulator
from tonval.sms import inbound
from tonval.store import tables as t
from tonval.store.unit import Unit
from tonval.web.desk import look

FILE = """
brand: Nordlys
country: SE
defaults: {cap: 0, languages: [sv, en], survey: care}
queues:
  support:
    channel: keypad
    reception: {languages: [sv, en], opt_in: true, connect: [{to: "0701740610", agent: anna}]}
surveys:
  care:
    questions:
      - {id: more, scale: spoken, text: {sv: "Berätta gärna.", en: "Tell us more."}}
      - {id: helped, scale: nki, text: {sv: "Hur gick det?", en: "How did it go?"}}
"""
CALL = {"queue": "support", "agent": "bo", "language": "sv", "phone": "", "ref": "call-0001"}


@pytest.fixture
def office(unit: Unit, clock: Clock) -> Field:
    office = open_house(unit, clock, FILE)
    add_people(office)
    return office


@pytest.fixture
def site(office: Field) -> Flask:
    around = simulator.Surroundings(look.framed, partial(inbound.receive, office))
    app = open_site(office, page_blueprints=(simulator.blueprint(office, around),))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def phone(signed_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return signed_in("admin")


def begin(phone: FlaskClient, **more: str) -> dict[str, Any]:
    turn: dict[str, Any] = phone.post("/simulator/calls", json={**CALL, **more}).get_json()
    return turn


def press(phone: FlaskClient, turn: dict[str, Any], key: str) -> dict[str, Any]:
    body = {"ticket": turn["ticket"], "keys": [{"at": 500.0, "key": key}], "prompts_end": None, "now": 4000.0}
    following: dict[str, Any] = phone.post(f"/simulator/calls/{turn['leg']}/keys", json=body).get_json()
    return following


def act(phone: FlaskClient, turn: dict[str, Any], did: Any) -> Any:
    body = {"ticket": turn["ticket"], "did": did, "agent": "bo"}
    return phone.post(f"/simulator/calls/{turn['leg']}/acts", json=body)


def connected(phone: FlaskClient) -> dict[str, Any]:
    return press(phone, press(phone, begin(phone, received="1"), "2"), "1")


def slots(turn: dict[str, Any]) -> list[str]:
    return [said["slot"] for said in turn["says"]]


def test_a_reception_is_tried_out_to_a_comment_that_is_heard_again_and_kept(phone: FlaskClient, office: Field) -> None:
    turn = connected(phone)
    assert (slots(turn), turn["waits"]) == (["reception.connecting"], "agent")
    turn = act(phone, turn, "agent leaves").get_json()
    assert turn["waits"] == "speech"
    spoken = act(phone, turn, "speaks").get_json()
    assert act(phone, turn, "speaks").get_json()["says"] == spoken["says"]
    sound = phone.get(spoken["says"][0]["sound"])
    assert (sound.data[:4], sound.headers["Cache-Control"]) == (b"RIFF", "no-store")
    last = press(phone, press(phone, spoken, "1"), "5")
    assert last["ticket"] is None
    with office.unit.read() as tx:
        interview = tx.execute(select(t.interviews)).one()
        speech = tx.execute(select(t.speeches)).one()
    assert (interview.agent, interview.language, interview.disposition) == ("bo", "en", "complete")
    assert speech.state == "kept"


def test_nobody_answers_and_the_caller_is_told_so(phone: FlaskClient) -> None:
    over = act(phone, connected(phone), "nobody").get_json()
    assert (slots(over), over["ticket"]) == (["reception.unavailable"], None)


def test_a_caller_who_leaves_the_agent_ends_her_call(phone: FlaskClient, office: Field) -> None:
    assert act(phone, connected(phone), "leaves").get_json()["ticket"] is None
    with office.unit.read() as tx:
        assert tx.execute(select(t.legs.c.ended_at)).scalar_one() is not None


def test_saying_nothing_goes_on_with_the_next_question(phone: FlaskClient) -> None:
    turn = act(phone, connected(phone), "agent leaves").get_json()
    assert slots(act(phone, turn, "keeps silent").get_json())[-1] == "question.helped"


def test_without_the_reception_the_call_comes_after_the_agent(phone: FlaskClient) -> None:
    assert begin(phone)["waits"] == "speech"


def test_what_cannot_be_done_now_is_refused(phone: FlaskClient) -> None:
    turn = connected(phone)
    for did in ("speaks", "flies", "", None, 4, ["speaks"]):
        assert act(phone, turn, did).status_code == 400, did


def test_a_ticket_of_another_call_or_made_up_is_refused(phone: FlaskClient) -> None:
    turn = connected(phone)
    assert act(phone, {**turn, "leg": "leg_other"}, "agent leaves").status_code == 400
    assert act(phone, {**turn, "ticket": "made up"}, "agent leaves").status_code == 400


def test_only_what_was_spoken_here_is_heard_here(phone: FlaskClient, office: Field) -> None:
    begin_call(office, Call("twilio", "CA1", "support", queue="support", agent="bo"))
    with office.unit.begin() as tx:
        leg = tx.execute(select(t.legs.c.id)).scalar_one()
        kept = {"id": "rec_1_1", "leg": leg, "state": "kept", "seconds": 1.0, "wav": b"RIFF"}
        tx.execute(t.speeches.insert(), {**kept, "created_at": office.now()})
    assert phone.get("/simulator/spoken/rec_1_1.wav").status_code == 404
