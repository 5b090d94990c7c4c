"""The page of the organisation: files are taken whole, or refused with row and reason."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

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


def take(client: FlaskClient, page: TestResponse) -> TestResponse:
    """Press Import on the page that shows what a file would change."""
    (kind,) = re.findall(r'action="/admin/organisation/(\w+)/import"', page.text)
    return client.post(f"/admin/organisation/{kind}/import", data=fields_of(page), content_type="multipart/form-data")


def fields_of(page: TestResponse) -> dict[str, str]:
    """What the form brings back."""
    return {name: re.findall(f'name="{name}" value="([^"]*)"', page.text)[-1] for name in ("name", "file", "plan")}


def test_units_and_agents_come_from_files(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    units = take(client, send(client, "units", "Unit ID;Parent;Name\nmad;es;Madrid\nes;;España\n"))
    assert units.status_code == 200
    assert "2 added, 0 changed, 0 as before." in units.text
    agents = take(client, send(client, "agents", "agent,name,team\npaz,Paz Ruiz,es/mad\n"))
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
        ("units", "name\nred\n", "one of them must be unit or id"),
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
    done = take(client, send(client, "agents", "agent,name,unit\npaz,Paz Ruiz,se\n")).text
    assert done.index("1 added") < done.index('class="columns"')
    refused = send(client, "units", "unit,name\nse/x/y,Y\n").text
    assert 'aria-invalid="true" autofocus' in refused.split('id="units-file"')[1].split(">")[0]
    assert refused.count("autofocus") == 1


def test_an_agent_of_no_known_unit_says_so_and_each_leads_to_her_page(signed_in: SignedIn, office: Field) -> None:
    with office.unit.begin() as tx:
        tx.execute(insert(agents).values(id="x/1", name="Xenia", unit="fi/turku"))
    row = signed_in("admin").get("/admin/organisation").text.split('href="/desk/agents/x/1"')[1].split("</tr>")[0]
    assert "fi/turku" in row and "not among the units" in row


def test_a_file_is_looked_at_before_anything_changes(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    take(client, send(client, "units", "unit,name\nno,Norway\nfi,Finland\n"))
    take(client, send(client, "agents", "agent,name,unit\npaz,Paz,no\nkai,Kai,fi\n"))
    before = client.get("/admin/organisation").text
    shown = send(client, "agents", "agent,name,unit\npaz,Paz Ruiz,no\nkai,Kai,no\nlo,Lo,\n")
    assert shown.status_code == 200
    assert "1 added, 1 renamed, 1 moved, 0 as before." in shown.text
    assert "2 that it does not name stay as they are" in shown.text  # Anna and Bo
    row = shown.text.split("<code>kai</code>")[1].split("</tr>")[0]
    assert "moved" in row and "Kai, fi" in row and "Kai, no" in row
    assert rows_of(client.get("/admin/organisation").text) == rows_of(before)
    assert "1 added, 2 changed, 0 as before." in take(client, shown).text


def rows_of(page: str) -> list[str]:
    return re.findall(r"<tr[ >].*?</tr>", page, re.DOTALL)


def test_a_file_that_changes_nothing_offers_nothing(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    take(client, send(client, "units", "unit,name\nno,Norway\n"))
    page = send(client, "units", "unit,name\nno,Norway\n").text
    assert "It changes nothing." in page and "/units/import" not in page


def test_what_has_changed_meanwhile_is_shown_again_and_not_imported(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    shown = send(client, "units", "unit,name\nno,Norway\n")
    client.post("/admin/organisation/units/one", data={"unit": "no", "name": "Norge"})
    late = take(client, shown)
    assert late.status_code == 409
    assert "The organisation has changed since you looked." in late.text
    assert "0 added, 1 renamed, 0 moved, 0 as before." in late.text
    assert "Norge" in client.get("/admin/organisation").text
    assert take(client, late).status_code == 200
    assert "Norway" in client.get("/admin/organisation").text


def in_parts(fields: Mapping[str, str], filename: str = "") -> dict[str, Any]:
    """A form in parts, written by hand: the test client would leave a file of its own open behind a large one."""
    last = f'; filename="{filename}"' if filename else ""
    parts = (f'--x\r\nContent-Disposition: form-data; name="{name}"' for name in fields)
    body = "".join(f"{part}{last}\r\n\r\n{value}\r\n" for part, value in zip(parts, fields.values(), strict=True))
    return {"data": f"{body}--x--\r\n".encode(), "content_type": "multipart/form-data; boundary=x"}


def test_a_file_of_nearly_the_largest_size_comes_back_with_the_form(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    rows = "".join(f"agent-{n},Kim{' ' * 9_000},\n" for n in range(90))
    shown = client.post("/admin/organisation/agents", **in_parts({"file": f"agent,name,unit\n{rows}"}, "list.csv"))
    assert "90 added, 0 renamed" in shown.text
    done = client.post("/admin/organisation/agents/import", **in_parts(fields_of(shown)))
    assert done.status_code == 200 and "90 added, 0 changed" in done.text


@pytest.mark.parametrize("data", [{"file": "no base64!", "name": "a.csv"}, {"file": "é", "name": "a.csv"}])
def test_a_form_that_brings_back_no_file_is_refused(signed_in: SignedIn, data: dict[str, str]) -> None:
    assert signed_in("admin").post("/admin/organisation/units/import", data=data).status_code == 400


def test_an_import_is_taken_back_by_one_button(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    take(client, send(client, "units", "unit,name\nno,Norway\n"))
    before = rows_of(client.get("/admin/organisation").text)
    page = take(client, send(client, "units", "unit,name\nno,Norge\nno/oslo,Oslo\n")).text
    (back,) = re.findall(r'action="(/admin/organisation/imports/\d+/back)"', page)  # the earlier one stands no more
    (file, _earlier) = re.findall(r'href="(/admin/organisation/imports/\d+\.csv)"', page)
    assert client.get(file).text.splitlines() == ["unit,name", "no,Norway"]
    done = client.post(back)
    assert done.status_code == 200 and "Taken back: all that it changed is as it was before." in done.text
    assert rows_of(client.get("/admin/organisation").text) == before
    late = client.post(back)
    assert late.status_code == 409 and "Something has changed it since" in late.text
    assert client.post("/admin/organisation/imports/999/back").status_code == 404
    assert client.get("/admin/organisation/imports/999.csv").status_code == 404


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("agents", "agent,tema\nx,se\n", "Column “tema” is not known; did you mean “team”?"),
        ("agents", "agent,shoe size\nx,42\n", "Column “shoe size” is not known."),
        ("agents", "agent,unit,team\nx,se,se\n", "Two columns say the same: unit."),
        ("units", "unit,nmae,qqq\nse,x,y\n", "did you mean “name”? Column “qqq” is not known."),
    ],
)
def test_a_column_that_is_not_known_is_named_and_the_file_refused(
    signed_in: SignedIn, kind: str, text: str, told: str
) -> None:
    refused = send(signed_in("admin"), kind, text)
    assert refused.status_code == 400 and told in refused.text


@pytest.mark.parametrize(
    ("sort", "order", "column", "aria"),
    [
        ("", ["Anna Lind", "Bo Ek"], "unit", "descending"),
        ("name", ["Anna Lind", "Bo Ek"], "name", "ascending"),
        ("-name", ["Bo Ek", "Anna Lind"], "name", "descending"),
        ("unit", ["Bo Ek", "Anna Lind"], "unit", "ascending"),
        ("shoe", ["Bo Ek", "Anna Lind"], "unit", "ascending"),
    ],
)
def test_agents_are_sorted_by_a_column(
    signed_in: SignedIn, sort: str, order: list[str], column: str, aria: str
) -> None:
    sort = sort or "-unit"
    page = signed_in("admin").get(f"/admin/organisation?sort={sort}&q=a").text
    assert sorted(order, key=page.index) == order
    (head,) = re.findall(r'<th [^>]*aria-sort="(\w+)"[^>]*><a href="([^"]*)"', page)
    turned = f"{'-' if aria == 'ascending' else ''}{column}"
    assert head == (aria, f"/admin/organisation?sort={turned}&amp;q=a")
