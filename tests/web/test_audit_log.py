"""The audit log: who did what, who looked at whom, whether it is whole, as a page and as a file."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

import tonval
from tests.acting import acting
from tests.web.house import CUSTOMER, NUMBER, Clock, rate_call, rate_message
from tonval.fieldwork import audit
from tonval.fieldwork.audit import Deed
from tonval.fieldwork.colleagues import keys, people
from tonval.fieldwork.field import Field
from tonval.fieldwork.organisation import ROLLS
from tonval.stats.deeds import Entry, Wanted, deeds
from tonval.store import tables as t
from tonval.web.desk.audit.names import DEEDS
from tonval.web.desk.audit.sentences import _TOLD, sentence
from tonval.web.desk.audit.terms import terms_of

SignedIn = Callable[[str], FlaskClient]


def _note(office: Field, action: str, ref: str, **detail: Any) -> None:
    with office.unit.begin() as tx:
        audit.note(tx, office, acting("Eva"), Deed(action, "thing", ref, detail))


def _actions(office: Field, **wanted: Any) -> list[str]:
    return [each.action for each in deeds(office.unit, Wanted(**wanted)).rows]


def test_every_deed_has_a_name_and_a_sentence(clock: Clock) -> None:
    assert set(DEEDS) == set(_TOLD)
    for action in DEEDS:
        assert sentence(Entry(1, clock(), "usr_1", "Eva", action, "thing", "ref", {})).startswith("Eva ")


def test_every_deed_that_is_noted_anywhere_has_words() -> None:
    sources = Path(tonval.__file__).parent.rglob("*.py")
    noted = {name for source in sources for name in re.findall(r'Deed\(\s*"([a-z_]+\.[a-z_]+)"', source.read_text())}
    assert "unit.moved" in noted
    noted |= {f"{kind}.{deed}" for kind in ROLLS for deed in ("imported", "taken_back")}
    assert noted - set(DEEDS) == set()


@pytest.mark.parametrize(
    ("action", "detail", "told"),
    [
        ("units.imported", {"paths": ["se", "se/sthlm"]}, "Eva named the units se, se/sthlm"),
        ("units.taken_back", {"paths": ["se"], "entry": 1}, "Eva took back the import of the units se"),
        ("unit.moved", {"before": "se/a", "after": "no/a"}, "Eva moved the unit se/a to no/a"),
        ("unit.renamed", {"before": "A", "after": "B"}, "Eva gave the unit ref the name “B”; it was “A”"),
        ("unit.removed", {"before": "A"}, "Eva removed the unit ref, “A”"),
        ("agents.imported", {"ids": list("abcdefg")}, "Eva placed the agents a, b, c, d, e and 2 more"),
        (
            "key.rotated",
            {"until": "2026-11-23T19:25:51.063349+01:00"},
            "Eva renewed the API key “ref”; the old one holds until 2026-11-23 18:25 UTC",
        ),
    ],
)
def test_an_entry_is_told_in_full_and_not_at_length(
    clock: Clock, action: str, detail: dict[str, Any], told: str
) -> None:
    assert sentence(Entry(1, clock(), "usr_1", "Eva", action, "thing", "ref", detail)) == told


@pytest.mark.parametrize(
    ("kind", "ref", "there"),
    [
        ("prompt", "queue:support welcome sv", "/desk/prompts/queue%3Asupport/sv/welcome"),
        ("user", "usr_1", "/admin/people/usr_1"),
        ("user", "nobody", ""),
        ("survey", "nps", "/desk/surveys/nps"),
        ("key", "pbx", "/admin/keys"),
        ("person", "abc", ""),
    ],
)
def test_an_entry_leads_to_what_it_is_about(
    office: Field, signed_in: SignedIn, kind: str, ref: str, there: str
) -> None:
    with office.unit.begin() as tx:
        audit.note(tx, office, acting("Eva"), Deed("user.language", kind, ref, {}))
    page = signed_in("admin").get("/admin/audit", query_string={"person": "usr_eva"}).text
    assert re.findall(r'<a class="name" href="([^"]*)"', page) == ([there] if there else [])


def test_the_page_is_for_admins_alone(signed_in: SignedIn) -> None:
    for path in ("/admin/audit", "/admin/audit.csv", "/admin/audit/whole"):
        assert signed_in("admin").get(path).status_code == 200
        assert [signed_in(name).get(path).status_code for name in ("sam", "anna")] == [403, 403]


def test_a_conversation_is_noted_once_in_an_hour_and_not_when_it_follows_by_itself(
    office: Field, signed_in: SignedIn, clock: Clock
) -> None:
    rate_message(office, clock, "anna", "9", "m-1")
    with office.unit.read() as tx:
        talk = tx.execute(select(t.interviews.c.id)).scalar_one()
    sam, path = signed_in("sam"), f"/desk/conversations/{talk}"
    sam.get(path, headers={"X-Tonval-Live": "1"})
    assert _actions(office, ref=talk) == []
    for _ in range(3):
        sam.get(path)
    assert _actions(office, ref=talk) == ["customer.seen"]
    signed_in("admin").get(path)
    clock.forward(hours=1)
    sam.get(path)
    assert _actions(office, ref=talk) == ["customer.seen"] * 3


def test_who_sees_no_number_is_not_noted_and_the_log_keeps_none(
    office: Field, signed_in: SignedIn, clock: Clock
) -> None:
    rate_message(office, clock, "anna", "9", "m-1")
    signed_in("admin").get("/desk/thread", query_string={"number": NUMBER, "customer": CUSTOMER})
    signed_in("anna").get(f"/desk/conversations/{deeds(office.unit, Wanted(action='customer.seen')).rows[0].ref}")
    (entry,) = deeds(office.unit, Wanted(action="customer.seen")).rows
    assert (entry.name, entry.kind) == ("admin", "thread")
    with office.unit.read() as tx:
        assert CUSTOMER not in str(tx.execute(select(t.audit)).all())


def test_signing_in_is_noted_and_a_wrong_password_once_in_an_hour(office: Field, site: Any, clock: Clock) -> None:
    client = site.test_client()
    for name in ("sam", "sam", "pass word of mine"):
        client.post("/login", data={"name": name, "password": "wrong password"})
    refused = deeds(office.unit, Wanted(action="user.refused")).rows
    assert [each.detail for each in refused] == [{}, {"name": "sam"}]
    assert "pass word of mine" not in str(refused)
    client.post("/login", data={"name": "sam", "password": "correct horse battery"})
    assert _actions(office)[0] == "user.signed_in"


def test_what_the_console_and_keys_do_is_noted_without_anybodys_number(office: Field, api: FlaskClient) -> None:
    fresh = replace(office, fresh_id=lambda prefix: f"{prefix}_nils")
    people.add_user(fresh, "Nils", "long enough", role="supervisor", unit="se")
    people.set_password(office, "Nils", "longer than that")
    keys.make_key(office, "crm", ["read"])
    assert api.post("/api/v1/optouts", json={"address": CUSTOMER, "channel": "sms"}).status_code == 201
    found = deeds(office.unit, Wanted()).rows
    assert [each.action for each in found][:4] == ["optouts.added", "key.added", "user.password", "user.added"]
    assert (found[0].name, found[0].ref) == ("key pbx", "+46•••••06")
    assert {each.actor for each in found[1:]} == {"console"}


def test_the_blocklist_is_noted_both_ways(office: Field, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    admin.post("/desk/blocklist/blocked/add", data={"pattern": CUSTOMER, "channel": "*", "reason": "asked us"})
    admin.post("/desk/blocklist/blocked/remove", data={"key": CUSTOMER, "channel": "*"})
    page = admin.get("/admin/audit").text
    assert "admin blocked +46•••••06 for everything" in page
    assert "admin took +46•••••06 off the blocklist for everything" in page


def test_the_list_is_filtered_by_person_deed_object_and_day(office: Field, signed_in: SignedIn, clock: Clock) -> None:
    _note(office, "survey.archived", "nps")
    clock.forward(days=1)
    _note(office, "survey.restored", "nps")
    admin = signed_in("admin")

    def shown(**asked: str) -> str:
        return admin.get("/admin/audit", query_string=asked).text

    assert "put the survey nps away" in shown(person="usr_eva")
    assert "put the survey nps away" not in shown(person="nobody")
    assert "put the survey nps away" not in shown(deed="survey.restored")
    assert "signed in" not in shown(object="nps").split("<tbody>")[1]
    assert "put the survey nps away" not in shown(**{"from": "2026-11-21"})
    assert "put the survey nps away" in shown(**{"from": "2026-11-20", "to": "2026-11-20"})
    assert "took the survey nps out" not in shown(to="2026-11-20")
    assert admin.get("/admin/audit?cursor=nonsense").status_code == 404
    assert "No entry is about all that you chose" in shown(object="nothing")


@pytest.mark.parametrize(
    ("asked", "marked", "fault"),
    [
        ({"from": "nonsense"}, "from", "The first day is no day. Write it as 2026-11-22."),
        ({"to": "2026-02-30"}, "to", "The last day is no day. Write it as 2026-11-22."),
        ({"from": "2026-11-20", "to": "2026-11-19"}, "to", "The last day is before the first. Choose a later one."),
    ],
)
def test_a_day_that_is_none_is_told_beside_its_field_and_kept(
    signed_in: SignedIn, asked: dict[str, str], marked: str, fault: str
) -> None:
    for path in ("/admin/audit", "/admin/audit.csv"):
        answer = signed_in("admin").get(path, query_string={**asked, "search": "nps"})
        assert answer.status_code == 400
        assert f'<p class="fault whole-row" id="{marked}-fault" role="alert">{fault}</p>' in answer.text
        assert [f'value="{value}"' in answer.text for value in (*asked.values(), "nps")] == [True] * (len(asked) + 1)
        assert "<tbody>" not in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_time_is_a_day(signed_in: SignedIn, day: str) -> None:
    assert signed_in("admin").get("/admin/audit", query_string={"from": day, "to": day}).status_code == 200


def test_a_day_is_one_of_the_centre(office: Field, signed_in: SignedIn, clock: Clock) -> None:
    clock.forward(hours=11, minutes=30)  # half past midnight in Stockholm, half past eleven in the evening in UTC
    _note(office, "survey.archived", "nps")
    admin = signed_in("admin")
    counted = [
        admin.get("/admin/audit", query_string={"from": day, "to": day}).text.count("put the survey nps away")
        for day in ("2026-11-20", "2026-11-21")
    ]
    assert counted == [0, 1]
    (row,) = csv.DictReader(io.StringIO(admin.get("/admin/audit.csv?object=nps").text))
    assert row["time"] == "2026-11-21T00:30:00+01:00"


SEARCHES = [
    ("archived", False),  # what programs call it
    ("EVA", True),
    ("eva away", True),
    ("away put", True),
    ("karin", False),
    ("åsa öberg", True),
    ("ÅSA", True),
    ("after-call", True),
    ("call%", False),
    ("_ve", False),
    ("name", False),  # a field's name is no word of the entry
    ("eva after-call zebra", False),
    ("\\", False),
    ("'", False),
]


@pytest.mark.parametrize(("search", "found"), SEARCHES)
def test_entries_are_searched_by_who_and_what_and_by_the_words_of_the_sentence(
    office: Field, search: str, found: bool
) -> None:
    _note(office, "survey.archived", "after-call", name="Åsa Öberg")
    assert (_actions(office, terms=terms_of(search)) == ["survey.archived"]) is found


def test_the_words_of_a_sentence_are_searched_in_the_readers_language(office: Field, signed_in: SignedIn) -> None:
    _note(office, "key.revoked", "crm")
    admin = signed_in("admin")
    admin.post("/account/language", data={"language": "sv"})
    page = admin.get("/admin/audit?search=api-nyckel").text
    assert page.count("<tr>") == 2
    assert "“" not in page.split("<tbody>")[1]


def test_looks_are_searched_by_what_was_looked_at(office: Field) -> None:
    for kind in ("interview", "thread", "contact"):
        with office.unit.begin() as tx:
            audit.note(tx, office, acting("Eva"), Deed("customer.seen", kind, "itv_1", {}))
    assert [each.kind for each in deeds(office.unit, Wanted(terms=terms_of("opened messages"))).rows] == ["thread"]


def test_a_search_goes_on_over_the_pages(office: Field, signed_in: SignedIn) -> None:
    for number in range(60):
        _note(office, "survey.archived" if number % 2 else "survey.restored", f"nps-{number}")
    page = signed_in("admin").get("/admin/audit?search=eva+nps").text
    older = html.unescape(re.findall(r'href="(/admin/audit\?[^"]*cursor[^"]*)"', page)[0])
    rest = signed_in("admin").get(older).text
    assert [text.count("nps-") for text in (page.split("<tbody>")[1], rest.split("<tbody>")[1])] == [50, 10]


def test_saving_the_log_as_a_file_is_noted_without_what_was_searched_for(office: Field, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    admin.get("/admin/audit.csv", query_string={"search": CUSTOMER, "from": "2026-11-01"})
    admin.get("/admin/audit.csv?from=nonsense")
    (entry,) = deeds(office.unit, Wanted(action="audit.exported")).rows
    assert (entry.name, entry.detail) == ("admin", {"by": ["from", "search"], "from": "2026-11-01"})
    assert sentence(entry) == "admin saved a part of the audit log as a file"
    admin.get("/admin/audit.csv")
    assert sentence(deeds(office.unit, Wanted()).rows[0]) == "admin saved the audit log as a file"


def test_the_file_has_no_formula_in_it(office: Field, signed_in: SignedIn) -> None:
    _note(office, "survey.assigned", "=1+1", after="@SUM(A1)")
    answer = signed_in("admin").get("/admin/audit.csv?object=%3D1%2B1")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["object"], row["after"], row["who"]) == ("'=1+1", "'@SUM(A1)", "Eva")
    assert answer.mimetype == "text/csv"


@pytest.mark.parametrize("htmx", [True, False])
def test_a_changed_entry_is_told_by_its_number(office: Field, signed_in: SignedIn, htmx: bool) -> None:
    _note(office, "survey.archived", "nps")
    admin = signed_in("admin")
    headers = {"HX-Request": "true"} if htmx else {}
    assert "Whole:" in admin.get("/admin/audit/whole", headers=headers).text
    with office.unit.begin() as tx:
        tx.execute(update(t.audit).where(t.audit.c.ref == "nps").values(name="Mallory"))
        number = tx.execute(select(t.audit.c.id).where(t.audit.c.ref == "nps")).scalar_one()
    told = admin.get("/admin/audit/whole", headers=headers).text
    assert f"entry {number} was changed" in told
    assert ("<html" in told) is not htmx


def test_messages_that_need_a_look_are_told_with_what_to_do(office: Field, signed_in: SignedIn, clock: Clock) -> None:
    rate_message(office, clock, "anna", "9", "m-1")
    with office.unit.begin() as tx:
        first = tx.execute(select(t.messages.c.id).where(t.messages.c.direction == "out")).scalars().first()
        lost = {"state": "failed", "error": "The number is not in use. (30005)", "changed_at": clock()}
        tx.execute(update(t.messages).where(t.messages.c.id == first).values(**lost))
    page = signed_in("admin").get("/admin").text
    assert "Messages that need a look" in page
    assert "The number is not in use. (30005)" in page
    rate_call(office, "anna", ["5"], "call-1")
    assert "Today: " in page
