"""The blocklist and the opt-outs, as other systems change them by API and as people see them on the desk."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker

from tests.web.house import Clock, open_house
from tests.web.test_openapi import DESCRIPTION
from tonval.fieldwork import books
from tonval.fieldwork.audit import CONSOLE
from tonval.fieldwork.books import BLOCKLIST, BOOKS, OPT_OUTS, Entry
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.stats.deeds import Wanted, deeds
from tonval.store.unit import Unit

SignedIn = Callable[[str], FlaskClient]
BLOCK, OPTOUT = "/api/v1/blocklist", "/api/v1/optouts"
EVA = "+46701740606"


@pytest.fixture
def unit_house(unit: Unit, clock: Clock) -> Field:
    """The small centre on either database."""
    return open_house(unit, clock)


@pytest.fixture
def admin_api(site: Flask, office: Field) -> FlaskClient:
    """A client whose key may do everything."""
    client = site.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {keys.make_key(office, 'crm', ['admin'])}"
    return client


def test_an_entry_is_added_listed_and_struck_out(admin_api: FlaskClient) -> None:
    added = admin_api.post(BLOCK, json={"pattern": "0701740606", "channel": "sms", "reason": "by letter"})
    assert (added.status_code, added.json) == (
        201,
        {"pattern": EVA, "channel": "sms", "reason": "by letter", "created_at": "2026-11-20T12:00:00.000Z",
         "author": "key crm"},
    )  # fmt: skip
    again = admin_api.post(BLOCK, json={"pattern": EVA, "channel": "sms", "reason": "another"})
    assert (again.status_code, again.json) == (200, added.json)
    assert admin_api.get(BLOCK).json == {"rows": [added.json], "next": None}
    gone = [admin_api.delete(BLOCK, query_string={"pattern": EVA, "channel": "sms"}).status_code for _ in range(2)]
    assert gone == [204, 404]
    assert admin_api.get(BLOCK).json == {"rows": [], "next": None}


def _fits(path: str, method: str, status: int, body: object) -> None:
    answer = DESCRIPTION["paths"][path][method]["responses"][str(status)]
    schema = {**answer["content"]["application/json"]["schema"], "components": DESCRIPTION["components"]}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(body)


def test_what_the_api_answers_is_what_it_describes(admin_api: FlaskClient) -> None:
    for path, body in ((BLOCK, {"pattern": "+4670*"}), (OPTOUT, {"address": EVA, "channel": "sms"})):
        for status in (201, 200):
            _fits(path, "post", status, admin_api.post(path, json=body).json)
        _fits(path, "get", 200, admin_api.get(path).json)
        file = admin_api.post(path, data="pattern\nx\n+46701740699\n", content_type="text/csv")
        _fits(path, "post", 200, file.json)


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "pattern", "is missing"),
        ({"pattern": "*"}, "pattern", "too broad"),
        ({"pattern": 7}, "pattern", "must be a string"),
        ({"pattern": EVA, "channel": "fax"}, "channel", "must be one of"),
        ({"pattern": EVA, "reason": "x" * 201}, "reason", "longer than"),
        ({"pattern": EVA, "reason": "a\nb"}, "reason", "cannot be kept"),
        ({"pattern": EVA, "created_at": "yesterday"}, "created_at", "ISO 8601"),
    ],
)
def test_a_faulty_entry_is_refused_by_field(admin_api: FlaskClient, body: object, field: str, words: str) -> None:
    answer = admin_api.post(BLOCK, json=body)
    problem = answer.get_json(force=True)
    assert (answer.status_code, problem["field"]) == (400, field)
    assert words in problem["detail"]


@pytest.mark.parametrize("address", ["+4670*", "*@example.com", "anna", "a@example.com\0"])
def test_an_opt_out_is_of_one_person(api: FlaskClient, address: str) -> None:
    answer = api.post(OPTOUT, json={"address": address})
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (400, "address")


def test_a_reporting_key_may_note_opt_outs_and_change_nothing_else(api: FlaskClient, office: Field) -> None:
    assert api.post(OPTOUT, json={"address": EVA, "source": "crm case 12"}).status_code == 201
    assert api.get(BLOCK).status_code == api.get(OPTOUT).status_code == 200
    assert api.post(BLOCK, json={"pattern": EVA}).status_code == 403
    assert api.delete(f"{OPTOUT}?address={EVA}").status_code == 403
    assert [entry.words for entry in books.entries(office, OPT_OUTS)] == ["crm case 12"]
    assert [entry.author for entry in books.entries(office, OPT_OUTS)] == ["key pbx"]


def test_who_has_no_key_sees_nothing(site: Flask) -> None:
    assert site.test_client().get(BLOCK).status_code == 401


def test_pages_follow_each_other_without_gap_or_double(admin_api: FlaskClient) -> None:
    wanted = sorted(f"+467017406{number:02}" for number in range(11))
    for pattern in wanted:
        admin_api.post(BLOCK, json={"pattern": pattern})
    seen, cursor = [], None
    while page := admin_api.get(BLOCK, query_string={"limit": 3, "cursor": cursor or ""}).json:
        seen += [row["pattern"] for row in page["rows"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == wanted


def test_the_newest_entries_come_first(unit_house: Field) -> None:
    began = datetime(2026, 11, 1, tzinfo=UTC)
    days = [began + timedelta(days=day) for day in (4, 9, 1, 7, 2, 2)]
    given = [Entry(f"+467017406{n:02}", "*", "", at, None) for n, at in enumerate(days)]
    for book in BOOKS:
        books.add(unit_house, book, given, CONSOLE)
        pages, cursor = list[datetime](), None
        while page := books.entries(unit_house, book, cursor, 2):
            pages += [entry.created_at for entry in page]
            cursor = books.cursor_of(unit_house, book, page[-1])
        assert pages == sorted(days, reverse=True)
        assert [entry.created_at for entry in books.all_entries(unit_house, book)] == pages


def test_an_address_of_a_page_holds_no_number(office: Field) -> None:
    cursor = books.cursor_of(office, BLOCKLIST, Entry(EVA, "*", "", datetime(2026, 11, 1, tzinfo=UTC), None))
    assert EVA[3:] not in urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()


@pytest.mark.parametrize(("name", "for_ever"), [("blocked", False), ("optouts", False), ("optouts", True)])
def test_what_is_left_of_an_erased_person_is_seen_by_her_address_and_taken_back(
    signed_in: SignedIn, office: Field, name: str, for_ever: bool
) -> None:
    admin, book = signed_in("admin"), BLOCKLIST if name == "blocked" else OPT_OUTS
    if not for_ever:
        admin.post(f"/desk/blocklist/{name}/add", data={book.key: EVA, "channel": "*", book.words: "by letter"})
    erase(office, Order((EVA,), CONSOLE, for_ever=for_ever))
    assert books.entries(office, book) == ()
    page = admin.get(f"/desk/blocklist/{name}?q=070-1740606", follow_redirects=True).text
    assert "known by a hash alone" in page and "not asked" in page
    gone = admin.post(f"/desk/blocklist/{name}/remove", data={"key": EVA, "channel": "*"}, follow_redirects=True).text
    assert f"{EVA} is removed." in gone
    assert "not asked" not in admin.get(f"/desk/blocklist/{name}?q=070-1740606", follow_redirects=True).text
    entry = deeds(office.unit, Wanted(action=f"{book.name}.removed")).rows[0]
    assert (entry.name, entry.ref, entry.detail) == ("admin", "+46•••••06", {"channel": "*"})
    assert admin.post(f"/desk/blocklist/{name}/remove", data={"key": EVA, "channel": "*"}).status_code == 302
    assert len(deeds(office.unit, Wanted(action=f"{book.name}.removed")).rows) == 1


def test_a_program_takes_back_what_is_left_of_an_erased_person(admin_api: FlaskClient, office: Field) -> None:
    admin_api.post(OPTOUT, json={"address": EVA, "channel": "sms"})
    erase(office, Order((EVA,), CONSOLE))
    (row,) = admin_api.get(OPTOUT, query_string={"address": EVA}).json["rows"]
    assert (row["address"], row["channel"], row["author"]) == (EVA, "sms", None)
    gone = [admin_api.delete(OPTOUT, query_string={"address": EVA, "channel": "sms"}).status_code for _ in range(2)]
    assert gone == [204, 404]
    assert admin_api.get(OPTOUT, query_string={"address": EVA}).json["rows"] == []


@pytest.mark.parametrize("query", ["cursor=x", "cursor=WzFd", "cursor=%00", "limit=0", "limit=1001", "limit=x"])
def test_a_question_that_cannot_be_read_is_refused(admin_api: FlaskClient, query: str) -> None:
    answer = admin_api.get(f"{BLOCK}?{query}")
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (400, query.partition("=")[0])


@pytest.mark.parametrize("address", [EVA, "%2B46701740606", "0701740606"])
def test_the_entries_that_mean_somebody_are_found_the_narrowest_first(admin_api: FlaskClient, address: str) -> None:
    for pattern in ("+4670*", "+46701*", EVA, "+46731*"):
        admin_api.post(BLOCK, json={"pattern": pattern})
    rows = admin_api.get(f"{BLOCK}?address={address}").json["rows"]
    assert [row["pattern"] for row in rows] == [EVA, "+46701*", "+4670*"]


def test_a_file_goes_out_and_comes_back(admin_api: FlaskClient, office: Field) -> None:
    admin_api.post(BLOCK, json={"pattern": "+4670*", "reason": "=1+1"})
    out = admin_api.get(BLOCK, headers={"Accept": "text/csv"})
    assert out.mimetype == "text/csv"
    assert out.text.splitlines()[1].startswith("'+4670*,*,'=1+1,2026-11-20T12:00:00+00:00,key crm")
    before = books.entries(office, BLOCKLIST)
    admin_api.delete(f"{BLOCK}?pattern=+4670*")
    done = admin_api.post(BLOCK, data=out.data + b"x,sms,,,\r\n", content_type="text/csv").json
    assert (done["added"], done["known"], done["refused"]) == (1, 0, 1)
    assert done["faults"] == [{"row": 3, "field": "pattern", "detail": "pattern: “x” is not a telephone number"}]
    assert books.entries(office, BLOCKLIST) == before


def test_a_file_longer_than_other_bodies_may_be_is_taken(admin_api: FlaskClient) -> None:
    rows = b"pattern,reason\n" + b"".join(b"x%06d,%s\n" % (n, b"." * 190) for n in range(6000))
    assert len(rows) > 1024 * 1024
    done = admin_api.post(BLOCK, data=rows, content_type="text/csv").json
    assert (done["refused"], len(done["faults"])) == (6000, 6000)


def test_a_file_that_is_none_is_a_problem_in_words(admin_api: FlaskClient) -> None:
    answer = admin_api.post(BLOCK, data=b"", content_type="text/csv")
    assert (answer.status_code, answer.get_json(force=True)["detail"]) == (400, "The file is empty.")


def test_the_page_says_whether_somebody_is_blocked_and_by_what(signed_in: SignedIn, admin_api: FlaskClient) -> None:
    admin_api.post(BLOCK, json={"pattern": "+46701*", "channel": "sms", "reason": "<script>"})
    admin_api.post(OPTOUT, json={"address": EVA, "channel": "keypad"})
    page = signed_in("admin").get("/desk/blocklist?q=070-1740606").text
    verdict = re.findall(r'<span class="name">([^<]+)</span><span class="pill[^>]*>([^<]+)<', page)
    assert verdict == [("Keypad", "not asked"), ("SMS", "not asked"), ("SMS link", "not asked")]
    assert "blocked as +46701*: &lt;script&gt;" in page and "<script>" not in page.split("<body>")[1]
    assert "Blocked (1)" in page and "Opted out (1)" in page
    assert "may be asked" in signed_in("admin").get("/desk/blocklist?q=eva@example.com").text
    assert "“nobody” is not a telephone number" in signed_in("admin").get("/desk/blocklist?q=nobody").text


def test_an_admin_adds_removes_and_takes_back(signed_in: SignedIn, office: Field) -> None:
    admin = signed_in("admin")
    form = {"pattern": "070-174 06 06", "channel": "sms", "reason": "by letter"}
    page = admin.post("/desk/blocklist/blocked/add", data=form, follow_redirects=True).text
    assert f"{EVA} is added." in page
    before = books.entries(office, BLOCKLIST)
    assert [(entry.place, entry.author) for entry in before] == [((EVA, "sms"), "admin")]
    gone = admin.post("/desk/blocklist/blocked/remove", data={"key": EVA, "channel": "sms"}, follow_redirects=True).text
    assert f"{EVA} is removed." in gone and books.entries(office, BLOCKLIST) == ()
    undo = re.search(r'name="entry" value="([^"]+)"', gone)
    assert undo is not None
    admin.post("/desk/blocklist/blocked/restore", data={"entry": undo[1]})
    assert books.entries(office, BLOCKLIST) == before
    assert admin.post("/desk/blocklist/optouts/restore", data={"entry": undo[1]}).status_code == 400
    assert admin.post("/desk/blocklist/blocked/restore", data={"entry": "forged"}).status_code == 400


def test_a_form_that_is_refused_keeps_what_was_typed(signed_in: SignedIn) -> None:
    form = {"pattern": "*", "channel": "sms", "reason": "everybody"}
    answer = signed_in("admin").post("/desk/blocklist/blocked/add", data=form)
    assert answer.status_code == 400
    assert "“*” is too broad" in answer.text and 'value="everybody"' in answer.text
    assert '<option value="sms" selected>' in answer.text


def test_an_opt_out_noted_on_the_page_says_so(signed_in: SignedIn, office: Field) -> None:
    signed_in("admin").post("/desk/blocklist/optouts/add", data={"address": "Eva@Example.com", "channel": "*"})
    (entry,) = books.entries(office, OPT_OUTS)
    assert (entry.key, entry.words, entry.author) == ("eva@example.com", "page", "admin")


def test_a_file_is_taken_in_on_the_page_with_its_refused_rows(signed_in: SignedIn, office: Field) -> None:
    file = (BytesIO(b"pattern\n+46701740606\n<b>\n"), "list.csv")
    page = signed_in("admin").post("/desk/blocklist/blocked/file", data={"file": file}).text
    assert "1 added, 0 on the list already, 1 refused." in page and "Row 3: pattern: “&lt;b&gt;”" in page
    none = signed_in("admin").post("/desk/blocklist/blocked/file", data={})
    assert (none.status_code, "Choose a file first." in none.text) == (400, True)


def test_supervisors_look_admins_change_agents_do_neither(signed_in: SignedIn, admin_api: FlaskClient) -> None:
    admin_api.post(BLOCK, json={"pattern": EVA})
    supervisor, agent = signed_in("sam"), signed_in("anna")
    page = supervisor.get("/desk/blocklist").text
    assert EVA in page and "Remove" not in page.split("<tbody>")[1] and "Block somebody" not in page
    for path in ("add", "remove", "restore", "file"):
        assert supervisor.post(f"/desk/blocklist/blocked/{path}").status_code == 403
    for path in ("/desk/blocklist", "/desk/blocklist/optouts", "/desk/blocklist/blocked.csv"):
        assert agent.get(path).status_code == 403
    assert signed_in("admin").get("/desk/blocklist/others").status_code == 404


def test_the_pages_go_on_and_the_file_holds_them_all(signed_in: SignedIn, admin_api: FlaskClient) -> None:
    wanted = [f"+467017{number:05}" for number in range(60)]
    admin_api.post(BLOCK, data="pattern\n" + "\n".join(wanted), content_type="text/csv")
    admin = signed_in("admin")
    first = admin.get("/desk/blocklist").text
    more = re.search(r'<a class="btn" href="([^"]+)">Next page', first)
    assert more is not None
    second = admin.get(more[1].replace("&amp;", "&")).text
    shown = [re.findall(r'<b class="name">([^<]+)</b>', page) for page in (first, second)]
    assert sorted(shown[0] + shown[1]) == wanted and len(shown[0]) == 50
    assert len(admin.get("/desk/blocklist/blocked.csv").text.splitlines()) == 61


def test_empty_lists_say_what_would_be_there(signed_in: SignedIn) -> None:
    assert "Whoever is added here is never asked again." in signed_in("admin").get("/desk/blocklist").text
    assert "Customers who answer STOP appear here" in signed_in("admin").get("/desk/blocklist/optouts").text
