"""Files through the browser: sent, looked at, confirmed and followed; by admins, and never by anybody else."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.house import Clock, open_site
from tonval.fieldwork.field import Field
from tonval.intake.doors import look_in, take_due
from tonval.intake.folders import Folders
from tonval.intake.runs import recent_runs
from tonval.web.security import LARGEST_BODY

SignedIn = Callable[[str], FlaskClient]
CALLS = """Samtals-ID;Kö;Telefon;Handläggare;Samtalstid
call-1;sales;0701740606;anna;3:04
call-2;sales;0701740607;anna;0:09
call-3;sales;=1+1;anna;3:04
"""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Where files wait."""
    return Folders(tmp_path / "intake")


@pytest.fixture
def site(office: Field, folders: Folders) -> Flask:
    """The application with an intake folder."""
    app = open_site(office, intake=folders.root)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


def _send(client: FlaskClient, content: str | bytes, name: str = "calls.csv", **form: str) -> TestResponse:
    body = content.encode() if isinstance(content, str) else content
    given = {"source": "pbx", "kind": "interactions", **form}
    return client.post("/desk/imports", data={**given, "file": (io.BytesIO(body), name)})


def _look(client: FlaskClient, content: str = CALLS, **form: str) -> tuple[str, str]:
    """Send a file and look at it: the address of its page, and the page."""
    sent = _send(client, content, **form)
    assert sent.status_code == 302
    return sent.location.partition("?")[0], client.get(sent.location).text


def _form(page: str) -> dict[str, str]:
    """What the page's form would send."""
    hidden = re.search(r"name=\"columns\" value='([^']*)'", page)
    assert hidden is not None
    form = {"columns": hidden[1], "source": "pbx", "kind": re.findall(r'name="kind" value="(\w+)"', page)[0]}
    for name, options in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r" selected>([^<]*)", options)
        form[name] = chosen[1] if chosen else ""
    return form


def test_a_file_is_seen_before_anything_is_done(signed_in: SignedIn, office: Field) -> None:
    _, page = _look(signed_in("admin"))
    assert "Read as the headings say." in page
    assert re.search(r"<dt>Invited</dt><dd>1</dd>", page)
    assert re.search(r"<dt>Refused</dt><dd>1</dd>", page)
    assert "1 talk too short" in page
    assert "Row 4: “Telefon” cannot be used: “=1+1” is not a telephone number." in page
    assert recent_runs(office) == []


def test_a_confirmed_file_is_taken_by_a_worker_and_followed_to_its_end(
    signed_in: SignedIn, office: Field, folders: Folders
) -> None:
    client = signed_in("admin")
    address, page = _look(client)
    taken = client.post(address, data=_form(page))
    assert taken.status_code == 302
    assert "0 rows so far" in client.get(taken.location).text
    take_due(office, folders, 1)
    page = client.get(taken.location).text
    assert "3 rows read" in page
    assert "1 of them was refused" in page
    assert recent_runs(office)[0].author == "admin"
    assert "calls.csv" in client.get("/desk/imports").text


def test_an_open_page_is_told_when_nothing_has_moved(signed_in: SignedIn, office: Field, folders: Folders) -> None:
    client = signed_in("admin")
    address, page = _look(client)
    location = client.post(address, data=_form(page)).location
    state = re.findall(r'data-version="([^"]+)"', client.get(location).text)[0]
    headers = {"X-Tonval-Live": "1", "If-None-Match": state}
    assert client.get(location, headers=headers).status_code == 204
    take_due(office, folders, 1)
    assert "3 rows read" in client.get(location, headers=headers).text


def test_a_run_that_nobody_takes_says_so(signed_in: SignedIn, clock: Clock) -> None:
    client = signed_in("admin")
    address, page = _look(client)
    location = client.post(address, data=_form(page)).location
    clock.time += timedelta(minutes=5)
    assert "Nothing has happened for some minutes." in client.get(location).text


def test_refused_rows_are_downloaded_as_text_to_a_spreadsheet(
    signed_in: SignedIn, office: Field, folders: Folders
) -> None:
    client = signed_in("admin")
    address, page = _look(client)
    location = client.post(address, data=_form(page)).location
    take_due(office, folders, 1)
    sheet = client.get(f"{location}/refused.csv")
    assert sheet.mimetype == "text/csv"
    reason = "“Telefon” cannot be used: “=1+1” is not a telephone number."
    assert sheet.text == f"row,field,reason,value\n4,customer.phone,{reason},'=1+1\n"


def test_columns_are_chosen_and_remembered(signed_in: SignedIn, office: Field, folders: Folders) -> None:
    client = signed_in("admin")
    address, page = _look(client, "A;B\n0701740606;x\n")
    assert "It cannot be taken like this" in page
    chosen = {**_form(page), "c0": "customer.phone", "c1": "attributes.B", "set_queue": "sales"}
    page = client.get(address, query_string=chosen).text
    assert "Read as you chose" in page
    assert re.search(r"<dt>Invited</dt><dd>1</dd>", page)
    assert client.post(address, data=_form(page)).status_code == 302
    _, again = _look(client, "A;B\n0701740607;y\n")
    assert "Read as the last file from pbx was." in again


def test_what_cannot_be_taken_is_not_taken_whatever_the_browser_sends(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    address, page = _look(client, "A;B\n0701740606;x\n")
    refused = client.post(address, data=_form(page))
    assert refused.status_code == 400
    assert "No column holds a phone number" in refused.text
    assert recent_runs(office) == []


def test_the_very_same_file_is_recognised(signed_in: SignedIn, office: Field, folders: Folders) -> None:
    client = signed_in("admin")
    address, page = _look(client)
    client.post(address, data=_form(page))
    take_due(office, folders, 1)
    address, page = _look(client)
    again = client.post(address, data=_form(page))
    assert again.status_code == 409
    assert "This very file was taken on 2026-11-20 13:00 CET" in again.text
    assert len(recent_runs(office)) == 1


def test_contacts_are_put_on_a_list(signed_in: SignedIn, office: Field, folders: Folders) -> None:
    client = signed_in("admin")
    address, page = _look(client, "Telefon;Namn\n0701740606;Eva\n", kind="contacts")
    assert "Contacts taken" in page
    location = client.post(address, data={**_form(page), "list": "members"}).location
    take_due(office, folders, 1)
    assert "onto the list members" in client.get(location).text
    assert recent_runs(office)[0].outcomes == {"contacts": 1}


def test_a_failed_file_from_the_drop_folder_is_mapped_and_taken_here(
    signed_in: SignedIn, office: Field, folders: Folders, clock: Clock
) -> None:
    folders.make(["pbx"])
    (folders.root / "pbx" / "odd.csv").write_text("A;B\n0701740606;x\n")
    clock.time += timedelta(days=36500)  # the file's own time is today's
    look_in(office, folders)
    take_due(office, folders, 1)
    (run,) = recent_runs(office)
    client = signed_in("admin")
    page = client.get(f"/desk/imports/{run.id}").text
    assert "No column holds a phone number" in page
    link = re.findall(r'href="(/desk/imports/files/[^"]+)"', page)[0].replace("&amp;", "&")
    address, form = link.partition("?")[0], _form(client.get(link).text)
    taken = client.post(address, data={**form, "c0": "customer.phone", "set_queue": "sales"})
    assert taken.location.endswith(run.id)
    take_due(office, folders, 1)
    assert "1 row read" in client.get(taken.location).text


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "The file is empty."), (b"PK\x03\x04" + bytes(99), "cannot be read")]
)
def test_a_file_that_is_no_table_is_told_in_words(signed_in: SignedIn, content: bytes, said: str) -> None:
    client = signed_in("admin")
    page = client.get(_send(client, content).location).text
    assert said in page
    assert "Nothing was taken from it." in page


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\a.csv", ".hidden", "\u202egnp.csv", "x" * 300])
def test_a_name_is_only_a_name(signed_in: SignedIn, folders: Folders, name: str) -> None:
    assert _send(signed_in("admin"), CALLS, name).status_code == 302
    (kept,) = folders.uploads.iterdir()
    assert kept.name.isprintable()
    assert len(kept.name) < 120


def test_a_form_that_says_too_little_is_told_so(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    assert "Choose a file first." in client.post("/desk/imports", data={"source": "pbx"}).text
    assert "The source is a short word" in _send(client, CALLS, source="../x").text


def test_a_large_file_is_taken_here_and_nowhere_else(signed_in: SignedIn, site: Flask) -> None:
    part = 'Content-Disposition: form-data; name="{}"'
    parts = [f'{part.format("file")}; filename="a.csv"', "", CALLS + "x" * LARGEST_BODY, "--edge"]
    parts += [part.format("source"), "", "pbx", "--edge", part.format("kind"), "", "interactions", "--edge--", ""]
    body = "\r\n".join(["--edge", *parts]).encode()
    form: dict[str, Any] = {"data": body, "content_type": "multipart/form-data; boundary=edge"}
    client = signed_in("admin")
    assert client.post("/desk/imports", **form).status_code == 302
    assert client.post("/desk/imports/files/imp_1", **form).status_code == 413
    site.config["WTF_CSRF_ENABLED"] = True  # it reads the form before the view says who may send
    assert site.test_client().post("/desk/imports", **form).status_code == 413


@pytest.mark.parametrize("name", ["sam", "anna"])
def test_only_admins_may_import(signed_in: SignedIn, office: Field, name: str) -> None:
    client = signed_in(name)
    for path in ("", "/imp_1", "/files/imp_1", "/imp_1/refused.csv"):
        assert client.get(f"/desk/imports{path}").status_code == 403
    assert _send(client, CALLS).status_code == 403
    assert client.post("/desk/imports/files/imp_1", data={}).status_code == 403
    assert "/desk/imports" not in client.get("/desk").text


@pytest.mark.parametrize("path", ["imp_1", "files/imp_1?source=pbx", "imp_1/refused.csv", "files/..%2Fx?source=x"])
def test_what_does_not_exist_is_not_found(signed_in: SignedIn, path: str) -> None:
    assert signed_in("admin").get(f"/desk/imports/{path}").status_code == 404


def test_script_in_headings_cells_and_names_is_shown_as_text(signed_in: SignedIn) -> None:
    evil = "<script>alert(1)</script>"
    _, page = _look(signed_in("admin"), f"{evil};Telefon'\"\n{evil};0701740606\n", name=f"{evil}.csv")
    assert evil not in page
    assert "&lt;script&gt;" in page
