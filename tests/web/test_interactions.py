"""POST /api/v1/interactions: what is taken in, what is refused, and which field is named."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.web.house import CUSTOMER
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.store.tables import contacts

URL = "/api/v1/interactions"
GOOD: dict[str, Any] = {
    "id": "call-8812",
    "kind": "call",
    "queue": "sales",
    "agent": "anna",
    "customer": {
        "phone": CUSTOMER,
        "email": None,
        "name": "Eva",
        "language": "sv",
        "tier": "gold",
        "attributes": {"site": "Madrid"},
    },
    "direction": "inbound",
    "ended_by": "agent",
    "started_at": "2026-11-20T09:00:00Z",
    "ended_at": "2026-11-20T09:03:04Z",
    "talk_seconds": 184,
}
MISSING = object()


def _with(path: str, value: Any) -> dict[str, Any]:
    document = deepcopy(GOOD)
    *outer, last = path.split(".")
    inner = document
    for name in outer:
        inner = inner[name]
    if value is MISSING:
        del inner[last]
    else:
        inner[last] = value
    return document


def test_a_report_is_decided_at_once(api: FlaskClient) -> None:
    answer = api.post(URL, json=GOOD)
    assert answer.status_code == 201
    decision = answer.get_json()["decision"]
    assert (
        decision.items()
        >= {
            "outcome": "invited",
            "channel": "sms",
            "survey": "sales-nps",
            "due_at": "2026-11-20T09:05:04Z",
        }.items()
    )
    assert answer.get_json()["interaction"] == {"kind": "call", "id": "call-8812"}


def test_the_same_report_again_gives_the_same_body(api: FlaskClient) -> None:
    first, second = api.post(URL, json=GOOD), api.post(URL, json=GOOD)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json() == second.get_json()
    shown = api.get(f"{URL}/call/call-8812")
    assert shown.get_json()["decision"] == first.get_json()["decision"]


def test_a_short_call_is_not_asked_and_told_why(api: FlaskClient) -> None:
    decision = api.post(URL, json=_with("talk_seconds", 9)).get_json()["decision"]
    assert (decision["rule"], decision["detail"]) == ("min_talk", "talk time 9 s is under 15 s")


def test_a_national_number_is_read_with_the_centres_country(api: FlaskClient) -> None:
    assert api.post(URL, json=_with("customer.phone", "070-174 06 06")).status_code == 201


@pytest.mark.parametrize("control", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])
def test_a_name_cannot_turn_the_text_around_it(api: FlaskClient, office: Field, control: str) -> None:
    assert api.post(URL, json=_with("customer.name", f" {control}Eva {control}")).status_code == 201
    with office.unit.read() as tx:
        assert tx.execute(select(contacts.c.name)).scalars().all() == ["Eva"]


def test_a_document_is_read_whatever_its_media_type_says(api: FlaskClient) -> None:
    answer = api.post(URL, data=json.dumps(GOOD), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 201


BAD = [
    ("id", MISSING, "id"),
    ("id", "", "id"),
    ("id", "   ", "id"),
    ("id", 8812, "id"),
    ("id", "x" * 201, "id"),
    ("id", "a\x00b", "id"),
    ("id", "\ud800", "id"),
    ("kind", MISSING, "kind"),
    ("kind", "Call!", "kind"),
    ("kind", ["call"], "kind"),
    ("queue", MISSING, "queue"),
    ("queue", None, "queue"),
    ("agent", {"id": "anna"}, "agent"),
    ("customer", [], "customer"),
    ("customer", "Eva", "customer"),
    ("customer.phone", "12", "customer.phone"),
    ("customer.phone", "call me", "customer.phone"),
    ("customer.phone", 46701740606, "customer.phone"),
    ("customer.phone", "+4670174060612345678", "customer.phone"),
    ("customer.email", "eva", "customer.email"),
    ("customer.email", "eva@", "customer.email"),
    ("customer.language", "Swedish please", "customer.language"),
    ("customer.attributes", [1], "customer.attributes"),
    ("customer.attributes", {"a": "\x00"}, "customer.attributes.a"),
    ("direction", 1, "direction"),
    ("started_at", "yesterday", "started_at"),
    ("started_at", "2026-11-20T09:00:00", "started_at"),
    ("started_at", 1700000000, "started_at"),
    ("ended_at", "2026-11-20T08:00:00Z", "ended_at"),
    ("ended_at", "1026-11-20T08:00:00Z", "ended_at"),
    ("ended_at", "2026-13-20T08:00:00Z", "ended_at"),
    ("talk_seconds", -1, "talk_seconds"),
    ("talk_seconds", True, "talk_seconds"),
    ("talk_seconds", "184", "talk_seconds"),
    ("talk_seconds", 10**400, "talk_seconds"),
    ("talk_seconds", 2_592_001, "talk_seconds"),
]


@pytest.mark.parametrize(("path", "value", "field"), BAD)
def test_a_faulty_field_is_named(api: FlaskClient, path: str, value: Any, field: str) -> None:
    answer = api.post(URL, data=json.dumps(_with(path, value)))
    problem = answer.get_json(force=True)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert problem["field"] == field
    assert problem["detail"].startswith(field)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"id": NaN}',
        b"[" * 100_000,
        b'{"talk_seconds": ' + b"9" * 5000 + b"}",
        b"id=call-1&kind=call",
    ],
)
def test_a_body_that_is_no_json_object_is_refused_in_words(api: FlaskClient, body: bytes) -> None:
    answer = api.post(URL, data=body)
    assert answer.status_code == 400
    assert "JSON" in answer.get_json(force=True)["detail"]


def test_a_deep_document_is_refused(api: FlaskClient) -> None:
    deep = "{" + '"a":{' * 50 + "}" * 51
    assert api.post(URL, data=deep).status_code == 400


def test_an_unknown_queue_is_not_found(api: FlaskClient) -> None:
    answer = api.post(URL, json=_with("queue", "nowhere"))
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (404, "queue")


def test_a_megabyte_is_the_most(api: FlaskClient) -> None:
    answer = api.post(URL, data=b" " * (1024 * 1024 + 1))
    assert (answer.status_code, answer.content_type) == (413, "application/problem+json")


def test_an_unreported_interaction_is_not_found(api: FlaskClient) -> None:
    assert api.get(f"{URL}/call/nobody").status_code == 404


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer tvl_wrong", "Basic dGVzdA==", "Bearer \xff"])
def test_without_a_key_nothing_is_told(site: Flask, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = site.test_client().post(URL, json=GOOD, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_missing_scope_is_named(site: Flask, office: Field) -> None:
    raw = keys.make_key(office, "board", ["read"])
    answer = site.test_client().post(URL, json=GOOD, headers={"Authorization": f"Bearer {raw}"})
    assert answer.status_code == 403
    assert "'report'" in answer.get_json(force=True)["detail"]


def test_an_unknown_address_of_the_api_is_a_problem_document(api: FlaskClient) -> None:
    answer = api.get("/api/v1/nothing")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
