"""The page of the organisation: files are taken whole, or refused with row and reason."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

from tonval.fieldwork.field import Field
from tonval.store.tables import agents

SignedIn = Callable[[str], FlaskClient]


def send(client: FlaskClient, kind: str, text: str, name: str = "list.csv") -> TestResponse:
    data = {"file": (io.BytesIO(text.encode()), name)}
    return client.post(f"/admin/organisation/{kind}", data=data, content_type="multipart/form-data")


def test_units_and_agents_come_from_files(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    units = send(client, "units", "Unit ID;Parent;Name\nmad;es;Madrid\nes;;España\n")
    assert units.status_code == 200
    assert "2 added, 0 changed, 0 as before." in units.text
    agents = send(client, "agents", "agent,name,team\npaz,Paz Ruiz,es/mad\n")
    assert "1 added, 0 changed, 0 as before." in agents.text
    page = client.get("/admin/organisation").text
    assert "Paz Ruiz" in page
    assert "Madrid" in page
    assert "es/mad" in client.get("/desk").text  # the filter of places knows it


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("units", "unit,name\nse/x/y,Y\n", "Row 2, parent: there is no unit “se/x” above it"),
        ("units", "id,parent\na,b\nb,a\n", "Row 2, parent: lies within itself: a → b → a"),
        ("agents", "agent,unit\nanna,se\n", "Row 2, agent: “anna” is managed by queues.yaml; change her there"),
        ("agents", "agent,unit\nx,atlantis\nx,se\n", "Row 3, agent: “x” stands in row 2 already"),
        ("units", "colour\nred\n", "one of them must be unit or id"),
        ("agents", "", "The file is empty"),
    ],
)
def test_a_crooked_file_is_refused_in_words_and_changes_nothing(
    signed_in: SignedIn, kind: str, text: str, told: str
) -> None:
    client = signed_in("admin")
    before = client.get("/admin/organisation").text
    refused = send(client, kind, text)
    assert refused.status_code == 400
    assert told in refused.text
    assert client.get("/admin/organisation").text.count("<tr>") == before.count("<tr>")


def test_without_a_file_the_page_says_so(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    refused = client.post("/admin/organisation/units", data={})
    assert refused.status_code == 400
    assert "Choose a file first." in refused.text
    assert client.post("/admin/organisation/kings", data={}).status_code == 404


def test_names_are_shown_as_words(signed_in: SignedIn) -> None:
    page = send(signed_in("admin"), "units", "unit,name\nx,<script>alert(1)</script>\n").text
    assert "<script>alert(1)" not in page


def test_units_and_agents_are_added_by_hand_one_at_a_time(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    page = client.post("/admin/organisation/units/one", data={"unit": "se/malmo", "name": "Malmö"})
    assert page.status_code == 200 and "Malmö" in page.text and "1 added, 0 changed" in page.text
    page = client.post("/admin/organisation/agents/one", data={"agent": "eva", "name": "Eva Ås", "unit": "se/malmo"})
    assert page.status_code == 200 and "Eva Ås" in page.text
    page = client.post("/admin/organisation/units/one", data={"unit": "no/Oslo", "name": "Oslo"})
    assert page.status_code == 400 and 'id="units-one-unit-fault"' in page.text and 'value="no/Oslo"' in page.text
    page = client.post("/admin/organisation/agents/one", data={"agent": "bo", "name": "Bo", "unit": "fi"})
    assert page.status_code == 400 and 'value="fi"' in page.text


def test_what_came_of_it_stands_first_and_a_crooked_file_has_the_focus(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    done = send(client, "agents", "agent,name,unit\npaz,Paz Ruiz,se\n").text
    assert done.index("1 added") < done.index('class="columns"')
    refused = send(client, "units", "unit,name\nse/x/y,Y\n").text
    assert 'aria-invalid="true" autofocus' in refused.split('id="units-file"')[1].split(">")[0]
    assert refused.count("autofocus") == 1


def test_an_agent_of_no_known_unit_says_so_and_each_leads_to_her_page(signed_in: SignedIn, office: Field) -> None:
    with office.unit.begin() as tx:
        tx.execute(insert(agents).values(id="x/1", name="Xenia", unit="fi/turku"))
    row = signed_in("admin").get("/admin/organisation").text.split('href="/desk/agents/x/1"')[1].split("</tr>")[0]
    assert "fi/turku" in row and "not among the units" in row
