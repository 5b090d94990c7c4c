"""Whatever is sent to the API, it is taken or refused in words, never answered with a fault of ours."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.web.house import CUSTOMER, Clock, open_house, open_site
from tests.web.test_interactions import GOOD
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.store.tables import invitations
from tonval.store.unit import Unit

DOCUMENTS: dict[str, dict[str, Any]] = {
    "POST /api/v1/interactions": GOOD | {"agents": ["anna"], "ticket": "t-1", "template": "x", "auto_closed": False},
    "POST /api/v1/invitations": {
        "survey": "sales-nps",
        "queue": "sales",
        "channel": "sms",
        "language": "sv",
        "customer": {"phone": CUSTOMER, "email": "eva@example.com", "zone": "Europe/Madrid", "attributes": {}},
        "interaction": {"kind": "call", "id": "call-8812"},
        "not_before": "2026-12-01T10:00:00Z",
    },
    "PUT /api/v1/contacts": {"phone": CUSTOMER, "email": "eva@example.com", "name": "Eva", "lists": ["customers"]},
}
_ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["sales", "call", "+46701740607", "2026-11-20T09:00:00Z", "0001-01-01T00:00:00+23:00", "\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def office(unit: Unit, clock: Clock) -> Field:
    """A small centre on either kind of database."""
    return open_house(unit, clock)


@pytest.fixture
def api(office: Field) -> FlaskClient:
    """A client whose key may read and report."""
    client = open_site(office).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {keys.make_key(office, 'pbx', ['read', 'report'])}"
    return client


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_document_is_taken_or_refused_in_words(api: FlaskClient, data: st.DataObject) -> None:
    method, path = data.draw(st.sampled_from([*DOCUMENTS])).split()
    document = json.loads(json.dumps(DOCUMENTS[f"{method} {path}"]))
    for _ in range(data.draw(st.integers(0, 2))):
        inside = document["customer"] if "customer" in document and data.draw(st.booleans()) else document
        inside = inside if isinstance(inside, dict) and inside else document
        inside[data.draw(st.sampled_from([*inside]))] = data.draw(_ANYTHING)
    headers = data.draw(st.sampled_from([{}, {"Idempotency-Key": "a"}, {"Idempotency-Key": "å\x80"}]))
    answer = api.open(path, method=method, data=json.dumps(document), headers=headers)
    assert answer.status_code in (200, 201, 400, 404, 422)
    assert answer.status_code < 300 or answer.get_json(force=True)["detail"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["contacts", "lists", "responses", "stats/agents", "interactions", "invitations/x"]),
    query=st.dictionaries(
        st.sampled_from(["phone", "email", "cursor", "limit", "from", "to", "queue", "agent"]), st.text(max_size=12)
    ),
)
def test_any_question_is_answered_or_refused_in_words(api: FlaskClient, path: str, query: dict[str, str]) -> None:
    encoded = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    answer = api.get(f"/api/v1/{path}", query_string=encoded)
    assert answer.status_code in (200, 400, 404, 405)


def test_many_who_ask_about_one_contact_at_once_get_one_invitation(office: Field, api: FlaskClient) -> None:
    assert api.post("/api/v1/interactions", json=GOOD | {"talk_seconds": 1}).status_code == 201
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def ask(number: int) -> None:
        client = api.application.test_client()
        client.environ_base |= api.environ_base
        customer = {"phone": f"+4670174061{number}"}
        body = {"survey": "sales-nps", "customer": customer, "interaction": {"kind": "call", "id": "call-8812"}}
        start.wait()
        told = client.post("/api/v1/invitations", json=body).get_json()["decision"]
        outcomes.append(told.get("rule", told["outcome"]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already_invited"] * 3 + ["invited"]
    with office.unit.read() as tx:
        assert tx.execute(select(func.count()).select_from(invitations)).scalar_one() == 1
