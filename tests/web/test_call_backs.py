"""Call-backs on the desk and in the API: who waits, who may see it, and who was first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker

from tests.web.house import Clock
from tests.web.test_openapi import DESCRIPTION
from tests.web.wishing import FILE, wish
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import publish
from tonval.fieldwork.routing import read_centre

SignedIn = Callable[[str], FlaskClient]
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PAGE, API = "/desk/call-backs", "/api/v1/call-backs"


@pytest.fixture
def office(office: Field) -> Field:
    """A centre that calls back on weekday mornings."""
    return replace(office, centre=publish(office.unit, read_centre(FILE), office.now()))


@pytest.fixture
def eva(office: Field) -> str:
    """The id of a call-back for Anna's customer Eva, on Monday at nine."""
    return wish(office, "anna", "Eva", MONDAY)


def press(client: FlaskClient, call_back: str, state: str, seen: str = "planned", **more: str) -> str:
    """Press a button, and read the page that follows."""
    sent = client.post(f"{PAGE}/{call_back}", data={"state": state, "seen": seen, **more}, follow_redirects=True)
    assert sent.status_code == 200
    return sent.text


def test_a_planned_call_back_stands_under_its_day_with_all_that_a_caller_needs(signed_in: SignedIn, eva: str) -> None:
    page = signed_in("sam").get(PAGE).text
    wanted = (
        "Monday 23 November",
        "09:00–10:00",
        "Eva",
        'href="tel:+46701740611"',
        "Anna Lind",
        "I waited long",
        "care",
    )
    assert [words for words in wanted if words not in page] == []
    assert f'href="/desk/conversations/{eva.replace("cbk_", "itv_")}"' in page


def test_the_days_are_called_by_their_nearness_and_the_overdue_come_first(
    signed_in: SignedIn, office: Field, clock: Clock, eva: str
) -> None:
    wish(office, "anna", "Ida", MONDAY + timedelta(days=1))
    wish(office, "anna", "Ola", MONDAY + timedelta(hours=2))
    clock.time = MONDAY + timedelta(hours=1)
    page = signed_in("sam").get(PAGE).text
    order = [
        page.index(words) for words in (">Overdue<", ">Eva<", ">Today, Monday", ">Ola<", ">Tomorrow, Tuesday", ">Ida<")
    ]
    assert order == sorted(order)
    assert page.count(">overdue<") == 1


def test_who_was_called_leaves_the_page_and_comes_back_by_undo(signed_in: SignedIn, eva: str) -> None:
    sam = signed_in("sam")
    page = press(sam, eva, "done", note="  sorted\tout ")
    assert "Eva: noted as called." in page
    assert "Nobody waits to be called" in page
    kept = sam.get(f"{PAGE}?state=done").text
    assert ">Eva<" in kept
    assert "sorted out" in kept
    press(sam, eva, "planned", seen="done")
    assert ">Eva<" in sam.get(PAGE).text


def test_the_second_to_press_is_told_who_was_first(signed_in: SignedIn, eva: str) -> None:
    press(signed_in("sam"), eva, "done")
    assert "sam was first: called, 13:00 CET." in press(signed_in("admin"), eva, "missed")


def test_whom_nobody_reached_gets_a_new_time(signed_in: SignedIn, eva: str) -> None:
    sam, tuesday = signed_in("sam"), "2026-11-24T08:00:00.000Z"
    press(sam, eva, "missed")
    assert f'value="{tuesday}"' in sam.get(f"{PAGE}?state=missed").text
    press(sam, eva, "planned", seen="missed", moment=tuesday)
    assert "Tuesday 24 November" in sam.get(PAGE).text


def test_whom_somebody_reached_after_all_is_noted_as_called_whatever_time_was_chosen(
    signed_in: SignedIn, eva: str
) -> None:
    sam = signed_in("sam")
    press(sam, eva, "missed")
    press(sam, eva, "done", seen="missed", moment="2026-11-24T08:00:00.000Z")
    assert ">Eva<" in sam.get(f"{PAGE}?state=done").text


def test_a_new_time_that_is_taken_is_told(signed_in: SignedIn, office: Field, eva: str) -> None:
    wish(office, "anna", "Ida", MONDAY + timedelta(days=1))
    press(signed_in("sam"), eva, "missed")
    page = press(signed_in("sam"), eva, "planned", seen="missed", moment="2026-11-24T08:00:00Z")
    assert "That time has just been taken" in page


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"state": "done", "seen": "withdrawn"},
        {"state": "withdrawn", "seen": "planned"},
        {"state": "planned", "seen": "missed", "moment": "soon"},
        {"state": "planned", "seen": "missed", "moment": "2026-11-24T08:00:00"},
    ],
)
def test_what_no_button_sends_is_refused(signed_in: SignedIn, eva: str, data: dict[str, str]) -> None:
    assert signed_in("sam").post(f"{PAGE}/{eva}", data=data).status_code == 400


def test_a_supervisor_neither_sees_nor_marks_another_units(signed_in: SignedIn, office: Field) -> None:
    bos = wish(office, "bo", "Eva", MONDAY)
    sam = signed_in("sam")
    assert ">Eva<" not in sam.get(PAGE).text
    assert sam.post(f"{PAGE}/{bos}", data={"state": "done", "seen": "planned"}).status_code == 404
    assert ">Eva<" in signed_in("admin").get(PAGE).text


def test_agents_and_strangers_are_refused(site: Flask, signed_in: SignedIn, eva: str) -> None:
    anna = signed_in("anna")
    assert (anna.get(PAGE).status_code, anna.post(f"{PAGE}/{eva}").status_code) == (403, 403)
    assert site.test_client().get(PAGE).status_code in (302, 401)


def test_a_press_without_its_token_is_refused(site: Flask, signed_in: SignedIn, eva: str) -> None:
    sam = signed_in("sam")
    site.config["WTF_CSRF_ENABLED"] = True
    assert sam.post(f"{PAGE}/{eva}", data={"state": "done", "seen": "planned"}).status_code == 400


def test_today_says_what_is_planned_and_overdue_to_those_who_may_see_it(
    signed_in: SignedIn, office: Field, clock: Clock, eva: str
) -> None:
    wish(office, "anna", "Ola", MONDAY + timedelta(hours=2))
    wish(office, "anna", "Ida", MONDAY + timedelta(days=1))
    clock.time = MONDAY + timedelta(hours=1)
    page = signed_in("sam").get("/desk").text
    assert ">1 overdue<" in page
    assert "1 planned for the rest of today" in page
    assert "call-back" not in signed_in("anna").get("/desk").text


# The API


def _fits(path: str, method: str, body: object) -> None:
    answer = DESCRIPTION["paths"][path][method]["responses"]["200"]
    schema = {**answer["content"]["application/json"]["schema"], "components": DESCRIPTION["components"]}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(body)


def test_call_backs_are_listed_in_the_order_of_their_times(api: FlaskClient, office: Field, eva: str) -> None:
    ola = wish(office, "bo", "Ola", MONDAY + timedelta(hours=2))
    ida = wish(office, "anna", "Ida", MONDAY + timedelta(hours=1))
    listed = api.get(API).get_json()
    _fits(API, "get", listed)
    assert ([row["id"] for row in listed["rows"]], listed["next"]) == ([eva, ida, ola], None)
    assert listed["rows"][0] == {
        "id": eva,
        "state": "planned",
        "opens_at": "2026-11-23T08:00:00.000Z",
        "closes_at": "2026-11-23T09:00:00.000Z",
        "phone": "+46701740611",
        "name": "Eva",
        "queue": "care",
        "agent": "anna",
        "unit": "se/sthlm",
        "question": "call",
        "response": eva.replace("cbk_", "res_"),
        "note": None,
        "author": None,
        "created_at": "2026-11-20T12:00:00.000Z",
        "changed_at": "2026-11-20T12:00:00.000Z",
    }


def test_pages_go_on_where_the_last_one_ended(api: FlaskClient, office: Field) -> None:
    wished = [wish(office, "anna", f"Customer {n}", MONDAY + timedelta(hours=n)) for n in range(3)]
    found, cursor = [], ""
    for _ in wished:
        page = api.get(API, query_string={"limit": 1, "cursor": cursor}).get_json()
        found += [row["id"] for row in page["rows"]]
        cursor = page["next"]
    assert (found, cursor) == (wished, None)


def test_call_backs_are_narrowed_by_state_and_day(api: FlaskClient, office: Field, eva: str) -> None:
    later = wish(office, "anna", "Ida", MONDAY + timedelta(days=1))
    api.patch(f"{API}/{eva}", json={"state": "done"})

    def asked(**wanted: str) -> list[str]:
        return [row["id"] for row in api.get(API, query_string=wanted).get_json()["rows"]]

    assert (asked(state="done"), asked(state="planned"), asked(state="missed")) == ([eva], [later], [])
    assert asked(**{"from": "2026-11-24"}) == [later]
    assert asked(**{"from": "2026-11-23", "to": "2026-11-23"}) == [eva]


def test_a_program_notes_what_became_of_a_call(api: FlaskClient, eva: str) -> None:
    told = api.patch(f"{API}/{eva}", json={"state": "missed", "note": "busy"})
    _fits(API + "/{call_back}", "patch", told.get_json())
    assert (told.status_code, told.get_json()["state"]) == (200, "missed")
    assert (told.get_json()["note"], told.get_json()["author"]) == ("busy", "key pbx")
    again = api.patch(f"{API}/{eva}", json={"state": "missed", "note": "busy"})
    assert (again.status_code, again.get_json()) == (200, told.get_json())


def test_a_word_that_cannot_follow_says_what_stands(api: FlaskClient, signed_in: SignedIn, eva: str) -> None:
    press(signed_in("sam"), eva, "done")
    refused = api.patch(f"{API}/{eva}", json={"state": "missed"})
    assert (refused.status_code, refused.mimetype) == (409, "application/problem+json")
    assert refused.get_json()["detail"] == "it is done already: sam was first"


@pytest.mark.parametrize(
    ("body", "field", "status"),
    [
        ({}, "state", 400),
        ({"state": "withdrawn"}, "state", 400),
        ({"state": 7}, "state", 400),
        ({"state": "done", "note": "x" * 501}, "note", 400),
        ({"state": "done", "note": "a\0"}, "note", 400),
        ({"state": "done", "note": 7}, "note", 400),
        ([], None, 400),
    ],
)
def test_a_faulty_word_is_refused_with_its_field(
    api: FlaskClient, eva: str, body: object, field: str | None, status: int
) -> None:
    refused = api.patch(f"{API}/{eva}", json=body)
    assert (refused.status_code, refused.get_json().get("field")) == (status, field)


@pytest.mark.parametrize(
    ("query", "field"),
    [({"state": "late"}, "state"), ({"from": "soon"}, "from"), ({"cursor": "x"}, "cursor"), ({"limit": "0"}, "limit"),
     ({"from": "2026-11-24", "to": "2026-11-23"}, "to"), ({"cursor": "WyJ4IiwieSJd"}, "cursor")],
)  # fmt: skip
def test_a_faulty_question_is_refused_with_its_field(api: FlaskClient, query: dict[str, str], field: str) -> None:
    refused = api.get(API, query_string=query)
    assert (refused.status_code, refused.get_json()["field"]) == (400, field)


def test_what_nobody_wished_for_is_not_found(api: FlaskClient) -> None:
    assert api.patch(f"{API}/cbk_none", json={"state": "done"}).status_code == 404
