"""Mail providers tell by API that a letter came back."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import select, update

from tests.mail.returned import report
from tests.web.house import open_site
from tests.web.test_openapi import DESCRIPTION
from tonval.fieldwork import ledger, links
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.contacts import know_contacts
from tonval.fieldwork.deciding.refusals import refused
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging.outgoing import queue_letter
from tonval.fieldwork.respondents import Agent, Customer
from tonval.mail.doors import take_in
from tonval.store.tables import messages, outbox
from tonval.surveys.questionnaire import Channel

BOUNCES = "/api/v1/mail/bounces"
EVA, ID = "eva@customer.example", "<0123456789abcdef@nordlys.example>"


@pytest.fixture
def client(office: Field) -> FlaskClient:
    """A client whose key may report, at a site that reads mail."""
    client = open_site(office, take_mail=partial(take_in, office)).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {keys.make_key(office, 'provider', ['report'])}"
    return client


@pytest.fixture
def letter(office: Field) -> str:
    """A letter that was accepted: the interview it asks for."""
    form = next(iter(office.centre.forms.values()))
    with office.unit.begin() as tx:
        (eva,) = know_contacts(tx, office, [Customer(email=EVA)])
        assert eva is not None
        opening = ledger.Opening(form, Channel.EMAIL, "support", Agent("anna", "Anna", "se"), "sv", None, eva.id, None)
        interview, _ = ledger.open_interview(tx, office, opening)
        links.make_links(tx, office, interview, timedelta(days=14))
        queue_letter(tx, office, EVA, "Hej", "Hej", interview)
        tx.execute(update(messages).where(messages.c.interview == interview).values(state="accepted", ref=ID))
    return interview


def state(office: Field) -> tuple[str, str | None]:
    with office.unit.read() as tx:
        found = tx.execute(select(messages.c.state, messages.c.error)).one()
        return found.state, found.error


def test_a_hard_bounce_has_another_way_tried(client: FlaskClient, office: Field, letter: str) -> None:
    told = {"message_id": ID.strip("<>"), "kind": "hard", "reason": "550 no\nsuch user"}
    for _ in range(2):
        answer = client.post(BOUNCES, json=told)
        assert (answer.status_code, answer.json) == (200, {"known": True})
    assert state(office) == ("undelivered", "The mail provider sent it back: 550 no such user")
    with office.unit.read() as tx:
        assert tx.execute(select(outbox.c.ref).where(outbox.c.kind == "undelivered")).scalars().all() == [letter]


def test_an_address_alone_means_the_last_letter_to_it(client: FlaskClient, office: Field, letter: str) -> None:
    answer = client.post(BOUNCES, json={"recipient": EVA.upper(), "kind": "soft", "reason": "full"})
    assert answer.json == {"known": True}
    assert state(office) == ("accepted", "Still on its way: The mail provider sent it back: full")
    assert client.post(BOUNCES, json={"recipient": "bo@customer.example", "kind": "hard"}).json == {"known": False}


def test_an_old_letter_is_not_meant(client: FlaskClient, office: Field, letter: str) -> None:
    with office.unit.begin() as tx:
        tx.execute(update(messages).values(created_at=office.now() - timedelta(days=15)))
    assert client.post(BOUNCES, json={"recipient": EVA, "kind": "hard"}).json == {"known": False}


def test_who_calls_a_letter_spam_gets_no_more(client: FlaskClient, office: Field, letter: str) -> None:
    assert client.post(BOUNCES, json={"message_id": ID, "kind": "complaint"}).json == {"known": True}
    with office.unit.read() as tx:
        assert refused(tx, {(EVA, "email"), (EVA, "sms")}).keys() == {(EVA, "email")}


def test_a_mail_that_came_back_is_taken_as_it_is(client: FlaskClient, office: Field, letter: str) -> None:
    raw = report("failed", "5.1.1", ours=ID)
    assert client.post(BOUNCES, data=raw, content_type="message/rfc822").json == {"known": True}
    assert state(office) == ("undelivered", "There is no such mailbox.")
    assert client.post(BOUNCES, data=b"nonsense", content_type="message/rfc822").json == {"known": False}
    assert client.post(BOUNCES, data=b"x" * 1_000_001, content_type="message/rfc822").status_code == 413


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "hard"}, "message_id"),
        ({"message_id": ID}, "kind"),
        ({"message_id": ID, "kind": "purple"}, "kind"),
        ({"recipient": "nobody", "kind": "hard"}, "recipient"),
        ({"message_id": 7, "kind": "hard"}, "message_id"),
    ],
)
def test_a_fault_is_named_by_its_field(client: FlaskClient, body: dict[str, Any], field: str) -> None:
    answer = client.post(BOUNCES, json=body)
    assert answer.status_code == 400
    assert answer.json is not None and answer.json["field"] == field


def test_a_key_must_be_there_and_may_report(client: FlaskClient, office: Field) -> None:
    reader = keys.make_key(office, "reader", ["read"])
    body = {"message_id": ID, "kind": "hard"}
    assert client.post(BOUNCES, json=body, headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.post(BOUNCES, json=body, headers={"Authorization": f"Bearer {reader}"}).status_code == 403


def test_the_answer_is_as_described(client: FlaskClient) -> None:
    answers = DESCRIPTION["paths"][BOUNCES]["post"]["responses"]
    schema = answers["200"]["content"]["application/json"]["schema"]
    told = client.post(BOUNCES, json={"message_id": ID, "kind": "hard"})
    Draft202012Validator(schema).validate(told.json)
