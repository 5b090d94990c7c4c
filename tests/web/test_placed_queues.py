"""Queues that belong to a unit, over the API and in the simulator: those of another place are as if they were not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.house import FOREIGN, SITES, Clock, open_house, open_site, rate_call
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.ivr.simulator import page as simulator
from tonval.sms import inbound
from tonval.store.unit import open_unit
from tonval.web.desk import look
from tonval.web.desk.scopes import scope_here

Keyed = Callable[[str], FlaskClient]


@pytest.fixture
def office(peopled: Path, tmp_path: Path, clock: Clock) -> Iterator[Field]:
    """Two sites with queues of their own."""
    shutil.copy(peopled, tmp_path / "tonval.db")
    unit = open_unit(f"sqlite:///{tmp_path / 'tonval.db'}")
    yield open_house(unit, clock, SITES.replace("se/gbg: Gothenburg", "se/gbg: Gothenburg, se/sthlm/blue: Blue"))
    unit.engine.dispose()


@pytest.fixture
def site(office: Field) -> Flask:
    around = simulator.Surroundings(look.framed, partial(inbound.receive, office), lambda: scope_here(office))
    app = open_site(office, page_blueprints=(simulator.blueprint(office, around),))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def keyed(site: Flask, office: Field) -> Keyed:
    def client(unit: str) -> FlaskClient:
        fresh = site.test_client()
        raw = keys.make_key(office, f"for {unit}", ["read", "report"], unit=unit)
        fresh.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {raw}"
        return fresh

    return client


def told(**more: Any) -> dict[str, Any]:
    return {"kind": "call", "id": "c-1", "customer": {"phone": "+46701740640"}, "talk_seconds": 90, **more}


@pytest.mark.parametrize(
    ("unit", "queue", "status"),
    [
        ("se/sthlm", "sodermalm", 201),
        ("se/sthlm", "sales", 201),
        ("se/sthlm", "slottsskogen", 403),
        ("se/sthlm/blue", "sodermalm", 201),
        ("se", "slottsskogen", 201),
        ("", "slottsskogen", 201),
    ],
)
@pytest.mark.parametrize("agent", [None, "newcomer"])
def test_a_report_for_another_places_queue_is_refused_by_its_name(
    keyed: Keyed, unit: str, queue: str, status: int, agent: str | None
) -> None:
    client, report = keyed(unit), told(queue=queue, agent=agent)
    (row,) = client.post("/api/v1/interactions/bulk", json={"interactions": [report]}).get_json()["results"]
    again = client.post("/api/v1/interactions", json=report)
    assert (row["status"], again.status_code) == ((201, 200) if status == 201 else (403, 403))
    if status == 403:
        assert (
            again.get_json()["detail"]
            == f"the key 'for {unit}' is for {unit}; the queue “{queue}” belongs to another unit"
        )
        assert again.get_json()["field"] == row["field"] == "queue"


def test_a_contact_without_an_agent_is_its_queues(keyed: Keyed) -> None:
    assert keyed("se/gbg").post("/api/v1/interactions", json=told(queue="slottsskogen")).status_code == 201
    taken = keyed("se/sthlm").post("/api/v1/interactions", json=told(queue="sales"))
    assert (taken.status_code, taken.get_json()["field"]) == (409, "id")
    found = {unit: keyed(unit).get("/api/v1/interactions/call/c-1") for unit in ("se/gbg", "se", "se/sthlm")}
    assert {unit: each.status_code for unit, each in found.items()} == {"se/gbg": 200, "se": 200, "se/sthlm": 404}
    invitation = found["se"].get_json()["invitation"]["id"]
    opened = {unit: keyed(unit).get(f"/api/v1/invitations/{invitation}").status_code for unit in found}
    assert opened == {"se/gbg": 200, "se": 200, "se/sthlm": 404}


def test_a_survey_is_asked_for_by_a_queue_that_the_key_reaches(keyed: Keyed) -> None:
    body = {"customer": {"phone": "+46701740640"}, "survey": "sales-nps"}
    assert keyed("se/sthlm").post("/api/v1/invitations", json={**body, "id": "r-1"}).status_code == 201
    listed = keyed("").get("/api/v1/interactions").get_json()["rows"]
    assert [row["queue"] for row in listed] == ["sales"]
    refused = keyed("se/sthlm").post("/api/v1/invitations", json={**body, "id": "r-2", "queue": "slottsskogen"})
    assert (refused.status_code, refused.get_json()["field"]) == (403, "queue")


@pytest.mark.parametrize("path", ["/stats/agents", "/stats/queues", "/stats/dispositions", "/interactions"])
def test_numbers_and_lists_of_another_places_queue_are_not_found(keyed: Keyed, path: str) -> None:
    asked = {unit: keyed(unit).get(f"/api/v1{path}?queue=majorna") for unit in ("se/sthlm", "se/gbg", "se", "")}
    assert {unit: each.status_code for unit, each in asked.items()} == {
        "se/sthlm": 404,
        "se/gbg": 200,
        "se": 200,
        "": 200,
    }
    assert asked["se/sthlm"].get_json()["field"] == "queue"


def test_what_nobody_by_name_was_rated_with_is_read_by_its_own_place(keyed: Keyed, office: Field) -> None:
    rate_call(office, None, ["3"], "nobody", "majorna")
    paths = ("/stats/queues", "/responses", "/interactions")
    rows = {
        unit: [len(keyed(unit).get(f"/api/v1{path}").get_json()["rows"]) for path in paths]
        for unit in ("se/sthlm", "se/gbg")
    }
    assert rows == {"se/sthlm": [0, 0, 0], "se/gbg": [1, 1, 1]}


def test_the_simulator_knows_no_queue_of_another_place(signed_in: Callable[[str], FlaskClient]) -> None:
    sam, admin = signed_in("sam"), signed_in("admin")
    assert ["majorna" in each.get("/simulator").text for each in (sam, admin)] == [False, True]
    call = {"queue": "majorna", "language": "sv", "ref": "call-0001"}
    contact = {"queue": "slottsskogen", "language": "sv", "phone": "+46701740640"}
    refused = [sam.post("/simulator/calls", json=call), sam.post("/simulator/interactions", json=contact)]
    assert [each.status_code for each in refused] == [404, 404]
    assert refused[0].get_json()["detail"] == "there is no queue called “majorna”"
    assert admin.post("/simulator/calls", json=call).status_code == 201
    assert sam.post("/simulator/calls", json={**call, "queue": "sodermalm"}).status_code == 201


def test_the_filters_of_an_agent_name_the_queues_of_where_she_works(signed_in: Callable[[str], FlaskClient]) -> None:
    page = signed_in("anna").get("/desk").text
    assert "sodermalm" in page
    assert not [name for name in FOREIGN if name in page]


def test_the_unit_of_a_queue_is_chosen_from_the_tree_and_exported(signed_in: Callable[[str], FlaskClient]) -> None:
    admin = signed_in("admin")
    form = {"name": "liseberg", "channel": "keypad", "@survey": "support-nki", "unit": "se/gbg"}
    assert '<option value="se/gbg">Gothenburg (se/gbg)</option>' in admin.get("/admin/settings/queues/one").text
    assert admin.post("/admin/settings/queues/one", data=form).status_code == 303
    stands = admin.get("/admin/settings/queues/one?name=liseberg").text
    assert '<option value="se/gbg" selected>' in stands
    assert "set here by admin" in stands
    assert "  liseberg:\n    channel: keypad\n    unit: se/gbg\n" in admin.get("/admin/settings/queues.yaml").text
    assert "liseberg" not in signed_in("sam").get("/desk/asked").text
    assert signed_in("sam").get("/desk/asked?queue=liseberg").status_code == 404


def test_a_unit_that_is_not_there_is_told_on_the_queues_page(signed_in: Callable[[str], FlaskClient]) -> None:
    admin = signed_in("admin")
    form = {"name": "liseberg", "channel": "keypad", "unit": "se/kiruna"}
    assert admin.post("/admin/settings/queues/one", data=form).status_code == 303
    assert "There is no unit “se/kiruna”." in admin.get("/admin/settings/queues/one?name=liseberg").text
    assert "There is no unit" not in admin.get("/admin/settings/queues/one?name=majorna").text
    crooked = admin.post("/admin/settings/queues/one", data={**form, "name": "kungsportsplatsen", "unit": "SE GBG"})
    assert crooked.status_code == 400
    assert "“SE GBG” is no name for a unit" in crooked.text
