"""A key of one unit reads that unit in every route of the API, and finds nothing of any other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.house import Clock, rate_call, rate_message
from tonval.fieldwork.audit import CONSOLE
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.fieldwork.organisation import put
from tonval.fieldwork.places import Line

Reading = Callable[[str], FlaskClient]


@pytest.fixture
def reading(site: Flask, office: Field, clock: Clock) -> Reading:
    """``reading("se/sthlm")``: a client with a key of that unit; Anna and Bo are rated."""
    for agent, phone in (("anna", "+46701740606"), ("bo", "+46701740607")):
        rate_call(office, agent, ["2", "5"], f"call-{agent}")
        rate_message(office, clock, agent, f"4 ord om {agent}", f"sms-{agent}", phone=phone)

    put(office, "units", [Line(2, {"unit": "se/kiruna"})], CONSOLE)

    def client(unit: str) -> FlaskClient:
        fresh = site.test_client()
        raw = keys.make_key(office, f"for {unit}", ["read", "report"], unit=unit)
        fresh.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {raw}"
        return fresh

    return client


LISTS = ("/stats/agents", "/responses", "/interactions", "/call-backs")


@pytest.mark.parametrize("path", LISTS[:3])
def test_lists_hold_what_is_of_the_unit_alone(reading: Reading, path: str) -> None:
    agents = {row["agent"] for row in reading("se/gbg").get(f"/api/v1{path}").get_json()["rows"]}
    assert agents == {"bo"}
    assert {row["agent"] for row in reading("se").get(f"/api/v1{path}").get_json()["rows"]} == {"anna", "bo"}
    assert reading("se/kiruna").get(f"/api/v1{path}").get_json()["rows"] == []


def test_counts_are_of_the_unit_alone(reading: Reading) -> None:
    def answers(unit: str) -> tuple[int, int]:
        client = reading(unit)
        queues = client.get("/api/v1/stats/queues").get_json()["rows"]
        return sum(row["nki"]["n"] for row in queues), client.get("/api/v1/stats/dispositions").get_json()["total"]

    assert (answers("se"), answers("se/gbg"), answers("se/kiruna")) == ((4, 4), (2, 2), (0, 0))


def test_one_thing_of_another_unit_is_not_found(reading: Reading) -> None:
    for unit, status in (("se/gbg", 404), ("se/sthlm", 200)):
        client = reading(unit)
        told = client.get("/api/v1/interactions/call/sms-anna")
        assert told.status_code == status
    invitation = told.get_json()["invitation"]["id"]
    assert reading("se/sthlm").get(f"/api/v1/invitations/{invitation}").status_code == 200
    missing = reading("se/gbg").get(f"/api/v1/invitations/{invitation}")
    assert missing.status_code == 404
    assert missing.get_json()["detail"] == reading("se").get("/api/v1/invitations/inv_0").get_json()["detail"].replace(
        "inv_0", invitation
    )


@pytest.mark.parametrize("path", ["/contacts?phone=%2B46701740607", "/lists", "/blocklist", "/optouts"])
def test_what_has_no_unit_is_not_for_a_key_that_has_one(reading: Reading, path: str) -> None:
    refused = reading("se/gbg").get(f"/api/v1{path}")
    assert refused.status_code == 403
    assert "for se/gbg" in refused.get_json()["detail"]


CALL = {"id": "new-1", "kind": "call", "queue": "sales", "customer": {"phone": "+46701740640"}, "talk_seconds": 90}


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"agent": "anna"}, 201, None),
        ({"agent": "newcomer"}, 201, None),
        ({}, 201, None),
        ({"agent": "bo"}, 403, "agent"),
        ({"id": "sms-anna", "agent": "anna"}, 200, None),
        ({"id": "sms-bo", "agent": "anna"}, 409, "id"),
        ({"id": "sms-bo"}, 409, "id"),
    ],
)
def test_a_key_of_one_unit_reports_nothing_of_another(
    reading: Reading, change: dict[str, str], status: int, field: str | None
) -> None:
    client, told = reading("se/sthlm"), {**CALL, **change}
    one = client.post("/api/v1/interactions", json=told)
    assert (one.status_code, one.get_json(force=True).get("field")) == (status, field)
    assert status < 400 or "decision" not in one.get_json(force=True)
    (row,) = client.post("/api/v1/interactions/bulk", json={"interactions": [told]}).get_json()["results"]
    assert (row["status"], row.get("field")) == (200 if status == 201 else status, field)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"interaction": {"kind": "call", "id": "sms-bo"}}, 409),
        ({"id": "r-1", "agent": "bo"}, 403),
        ({"id": "r-1"}, 201),
    ],
)
def test_a_key_of_one_unit_asks_about_nothing_of_another(
    reading: Reading, asked: dict[str, object], status: int
) -> None:
    body = {"survey": "sales-nps", "customer": {"phone": "+46701740640"}, **asked}
    assert reading("se/sthlm").post("/api/v1/invitations", json=body).status_code == status
