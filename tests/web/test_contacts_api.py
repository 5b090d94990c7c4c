"""PUT and GET /api/v1/contacts, and the lists they are on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.house import CUSTOMER, Clock, open_house, open_site
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.fieldwork.periodic import lists
from tonval.store.unit import Unit

URL = "/api/v1/contacts"
EVA: dict[str, Any] = {
    "phone": CUSTOMER,
    "email": "Eva@Example.com",
    "name": "Eva",
    "language": "sv-SE",
    "tier": "gold",
    "unit": "se/sthlm",
    "zone": "Europe/Madrid",
    "attributes": {"site": "Madrid"},
    "lists": ["customers", "pilots"],
}


@pytest.fixture
def office(unit: Unit, clock: Clock) -> Field:
    """A small centre on either kind of database."""
    return open_house(unit, clock)


@pytest.fixture
def api(office: Field) -> FlaskClient:
    """A client whose key may read and report."""
    client = open_site(office).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {keys.make_key(office, 'crm', ['read', 'report'])}"
    return client


def _lists(api: FlaskClient) -> dict[str, int]:
    return {row["name"]: row["members"] for row in api.get("/api/v1/lists").get_json()["rows"]}


def test_a_contact_is_kept_and_found_by_either_address(api: FlaskClient) -> None:
    put = api.put(URL, json=EVA)
    assert put.status_code == 200
    card = put.get_json()
    assert card.items() >= (EVA | {"email": "eva@example.com", "language": "sv"}).items()
    for address in ({"phone": "070-174 06 06"}, {"email": "EVA@example.com"}):
        assert api.get(URL, query_string=address).get_json() == card


def test_what_is_left_out_stays_as_it_was(api: FlaskClient) -> None:
    api.put(URL, json=EVA)
    card = api.put(URL, json={"email": "eva@example.com", "tier": "silver", "attributes": {"fleet": 7}}).get_json()
    assert (card["tier"], card["name"], card["phone"]) == ("silver", "Eva", CUSTOMER)
    assert card["attributes"] == {"site": "Madrid", "fleet": 7}
    assert card["lists"] == ["customers", "pilots"]


def test_lists_are_those_that_are_named(api: FlaskClient) -> None:
    api.put(URL, json=EVA)
    api.put(URL, json={"email": "bo@example.com", "lists": ["customers"]})
    assert _lists(api) == {"customers": 2, "pilots": 1}
    assert api.put(URL, json={"phone": CUSTOMER, "lists": ["pilots"]}).get_json()["lists"] == ["pilots"]
    assert api.put(URL, json={"email": "bo@example.com", "lists": []}).get_json()["lists"] == []
    assert _lists(api) == {"customers": 0, "pilots": 1}


def test_a_list_is_walked_through_from_contact_to_contact(api: FlaskClient, office: Field) -> None:
    for number in range(7):
        api.put(URL, json={"email": f"eva{number}@example.com", "lists": ["customers", "others"][: number % 2 + 1]})
    seen, after = [], ""
    while True:
        with office.unit.read() as tx:
            page = lists.members(tx, "customers", after, 3)
        if not page:
            break
        seen += [member.customer.email for member in page]
        after = page[-1].contact
    assert sorted(str(email) for email in seen) == [f"eva{number}@example.com" for number in range(7)]


BAD = [
    ({}, "phone"),
    ({"phone": "12"}, "phone"),
    ({"phone": CUSTOMER, "email": "eva"}, "email"),
    ({"phone": CUSTOMER, "name": 7}, "name"),
    ({"phone": CUSTOMER, "zone": "Mars/Olympus"}, "zone"),
    ({"phone": CUSTOMER, "language": "Swedish please"}, "language"),
    ({"phone": CUSTOMER, "attributes": []}, "attributes"),
    ({"phone": CUSTOMER, "attributes": {"a": "\x00"}}, "attributes.a"),
    ({"phone": CUSTOMER, "lists": "customers"}, "lists"),
    ({"phone": CUSTOMER, "lists": [7]}, "lists"),
    ({"phone": CUSTOMER, "lists": [""]}, "lists"),
    ({"phone": CUSTOMER, "lists": [" customers"]}, "lists"),
    ({"phone": CUSTOMER, "lists": ["x" * 101]}, "lists"),
    ({"phone": CUSTOMER, "lists": [str(number) for number in range(101)]}, "lists"),
]


@pytest.mark.parametrize(("contact", "field"), BAD)
def test_a_faulty_field_is_named(api: FlaskClient, contact: dict[str, Any], field: str) -> None:
    answer = api.put(URL, data=json.dumps(contact))
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (400, field)


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("", 400, "phone"),
        ("phone=&email=", 400, "phone"),
        ("phone=%2B46701740606&email=eva@example.com", 400, "phone"),
        ("phone=12", 400, "phone"),
        ("email=eva", 400, "email"),
        ("email=eva%00@example.com", 400, "email"),
        ("phone=%2B46701740607", 404, "phone"),
        ("email=nobody@example.com", 404, "email"),
    ],
)
def test_nobody_is_found_by_a_wrong_address(api: FlaskClient, query: str, status: int, field: str) -> None:
    answer = api.get(f"{URL}?{query}")
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (status, field)


def test_reading_and_writing_need_their_scopes(office: Field) -> None:
    client = open_site(office).test_client()
    for scope, status in (("read", (200, 403)), ("report", (403, 200)), ("admin", (200, 200))):
        headers = {"Authorization": f"Bearer {keys.make_key(office, scope, [scope])}"}
        put = client.put(URL, json=EVA, headers=headers).status_code
        got = client.get("/api/v1/lists", headers=headers).status_code
        assert (got, put) == status
