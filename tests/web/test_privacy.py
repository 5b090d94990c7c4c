"""The privacy page: a customer is found, handed what is kept of her, and erased with her name typed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.web.house import CUSTOMER, Clock, open_site, rate_message
from tonval.fieldwork import invitations
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import read_interaction
from tonval.fieldwork.reading import Reading
from tonval.fieldwork.replaying.replay import replay
from tonval.store.tables import audit, contacts, erasures, interviews, tally_deltas

PAGE = "/admin/privacy"
NAME, MAIL = "Eva Lind", "eva@example.com"


@pytest.fixture
def site(office: Field, tmp_path: Path) -> Flask:
    """A site with a home of its own."""
    app = open_site(office, intake=tmp_path / "intake")
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def admin(site: Flask, office: Field, clock: Clock) -> FlaskClient:
    """Signed in as the admin of a centre with one customer who has answered."""
    rate_message(office, clock, "anna", "9 toppen hälsar Eva", "call-1")
    told = {"id": "call-2", "kind": "call", "queue": "sales", "agent": "anna", "talk_seconds": 60}
    told["customer"] = {"phone": CUSTOMER, "email": MAIL, "name": NAME}  # type: ignore[assignment]
    invitations.report(office, read_interaction(Reading(told, ""), office.centre))
    client = site.test_client()
    client.post("/login", data={"name": "admin", "password": "correct horse battery"})
    return client


def _count(office: Field, table: object) -> int:
    with office.unit.read() as tx:
        number: int = tx.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]
    return number


@pytest.mark.parametrize("written", [CUSTOMER, "070-174 06 06", MAIL.upper()])
def test_a_customer_is_found_by_her_number_or_address(admin: FlaskClient, written: str) -> None:
    page = admin.post(PAGE, data={"address": written})
    assert page.status_code == 200
    assert NAME in page.text and "Messages between us" in page.text


def test_nobody_is_told_of_as_nobody(admin: FlaskClient) -> None:
    assert "Nothing is kept of that number or address." in admin.post(PAGE, data={"address": "0701740699"}).text


def test_what_is_no_address_is_refused_beside_the_field_and_kept_there(admin: FlaskClient) -> None:
    page = admin.post(PAGE, data={"address": "eva"})
    assert page.status_code == 400 and 'value="eva"' in page.text and "is not a telephone number" in page.text


def test_she_is_handed_everything_that_is_kept(admin: FlaskClient) -> None:
    answer = admin.post(f"{PAGE}/export", data={"address": CUSTOMER})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == ["person.json", "summary.txt"]
        document = json.loads(archive.read("person.json"))
        summary = archive.read("summary.txt").decode()
    assert document["addresses"] == [CUSTOMER, MAIL]
    assert [row["body"] for row in document["tables"]["messages"] if row["direction"] == "in"] == [
        "9 toppen hälsar Eva"
    ]
    assert "Messages between us: 3" in summary
    assert re.search(r"^Made on \d{4}-\d\d-\d\d \d\d:\d\d CES?T\.$", summary, re.MULTILINE)
    assert document["exported_at"].endswith("+00:00")


def test_without_her_name_typed_nothing_is_erased(admin: FlaskClient, office: Field) -> None:
    page = admin.post(f"{PAGE}/erase", data={"address": CUSTOMER, "confirmation": "Eva"})
    assert page.status_code == 400 and "Nothing was erased" in page.text
    assert (_count(office, contacts), _count(office, erasures)) == (1, 0)


def test_an_erased_customer_is_gone_and_leaves_a_receipt(admin: FlaskClient, office: Field, tmp_path: Path) -> None:
    counted = _count(office, tally_deltas)
    sent = {"address": MAIL, "confirmation": "eva lind", "for_ever": "yes"}
    answer = admin.post(f"{PAGE}/erase", data=sent)
    receipt = admin.get(answer.location)
    assert receipt.status_code == 200 and "By a hash that leads back to nobody" in receipt.text
    found = admin.get(f"{answer.location}.json").get_json()
    assert found["rows"]["contacts"] == 1 and found["kept"]["opted_out"] == 2
    assert (_count(office, contacts), _count(office, tally_deltas)) == (0, counted)
    assert found["receipt"] in (tmp_path / "erased.jsonl").read_text()
    assert found["receipt"] in admin.get(PAGE).text
    with office.unit.read() as tx:
        noted = tx.execute(select(audit.c.action, audit.c.ref, audit.c.detail).order_by(audit.c.id.desc())).first()
    assert noted is not None and noted.action == "person.erased" and not {CUSTOMER, MAIL, NAME} & set(str(noted))


def test_the_agents_of_the_house_have_no_business_there(site: Flask, office: Field) -> None:
    client = site.test_client()
    client.post("/login", data={"name": "sam", "password": "correct horse battery"})
    assert {client.get(PAGE).status_code, client.post(f"{PAGE}/export").status_code} == {403}


def test_every_page_can_still_be_read_after_an_erasure(admin: FlaskClient, office: Field) -> None:
    admin.post(f"{PAGE}/erase", data={"address": CUSTOMER, "confirmation": NAME})
    with office.unit.read() as tx:
        ids = list(tx.execute(select(interviews.c.id)).scalars())
    of_one = [f"/desk/conversations/{each}" for each in ids]
    of_all = ["/desk", "/desk/asked", "/desk/conversations", "/desk/comments", "/desk/alerts", "/desk/call-backs"]
    refs = ["/desk/asked/call/call-1", "/desk/asked/call/call-2"]
    pages = {page: admin.get(page) for page in (*of_one, *of_all, *refs, "/admin/audit", "/desk/blocklist")}
    assert {page: answer.status_code for page, answer in pages.items() if answer.status_code != 200} == {}
    assert not any(each in answer.text for answer in pages.values() for each in (CUSTOMER, MAIL, "hälsar Eva"))


def test_the_past_can_still_be_replayed_after_an_erasure(admin: FlaskClient, office: Field) -> None:
    admin.post(f"{PAGE}/erase", data={"address": CUSTOMER, "confirmation": NAME})
    week, minute = timedelta(days=7), timedelta(minutes=1)
    replayed = replay(office, office.centre, office.now() - week, office.now() + minute)
    assert (replayed.kept, replayed.queues["sales"].total, replayed.queues["sales"].changed) == (2, 2, 0)
