"""Who sees what: an admin everything, a supervisor her unit, an agent herself; the rest does not exist."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.house import CUSTOMER, NUMBER, Clock, rate_call, rate_message
from tonval.fieldwork.field import Field

SignedIn = Callable[[str], FlaskClient]

PAGES = [
    "/desk",
    "/desk/agents",
    "/desk/agents/anna",
    "/desk/comments",
    "/desk/conversations",
    "/desk/asked",
    "/desk/alerts",
    "/desk/call-backs",
    "/desk/prompts",
    "/desk/thread",
    "/desk/waves",
    "/admin",
]


@pytest.fixture
def calls(office: Field, clock: Clock) -> dict[str, str]:
    """One rated call and one comment for Anna (Stockholm) and for Bo (Gothenburg)."""
    found = {agent: rate_call(office, agent, ["2", "5"], f"call-{agent}") for agent in ("anna", "bo")}
    rate_message(office, clock, "anna", "9 Annas comment", "m-1")
    rate_message(office, clock, "bo", "3 Bos comment", "m-2", phone="+46701740607")
    return found


@pytest.mark.parametrize("path", PAGES)
def test_no_page_opens_without_signing_in(site: Flask, path: str) -> None:
    assert site.test_client().get(path).status_code in (302, 401)


def test_an_admin_sees_everybody(signed_in: SignedIn, calls: dict[str, str]) -> None:
    page = signed_in("admin").get("/desk/agents").text
    assert "Anna Lind" in page
    assert "Bo Ek" in page


@pytest.mark.parametrize("name", ["sam", "anna"])
@pytest.mark.parametrize(
    "path", ["/desk", "/desk/agents", "/desk/comments", "/desk/conversations", "/desk/asked", "/desk/alerts"]
)
def test_lists_leave_out_what_is_outside(signed_in: SignedIn, calls: dict[str, str], name: str, path: str) -> None:
    page = signed_in(name).get(path).text
    assert "Bo Ek" not in page
    assert "Bos comment" not in page
    assert "se/gbg" not in page


@pytest.mark.parametrize("name", ["sam", "anna"])
def test_what_is_outside_does_not_exist(signed_in: SignedIn, calls: dict[str, str], name: str) -> None:
    client = signed_in(name)
    assert client.get("/desk/agents/anna").status_code == 200
    assert client.get(f"/desk/conversations/{calls['anna']}").status_code == 200
    assert client.get("/desk/agents/bo").status_code == 404
    assert client.get(f"/desk/conversations/{calls['bo']}").status_code == 404


def test_a_unit_in_the_address_does_not_widen_the_scope(signed_in: SignedIn, calls: dict[str, str]) -> None:
    assert "Bo Ek" not in signed_in("sam").get("/desk/agents?unit=se/gbg").text


@pytest.mark.parametrize(("path", "status"), [("/desk/prompts", 403), ("/desk/thread", 403), ("/admin", 403)])
def test_agents_get_no_rooms_that_are_not_theirs(signed_in: SignedIn, path: str, status: int) -> None:
    assert signed_in("anna").get(path).status_code == status


def test_a_supervisor_is_no_admin(signed_in: SignedIn) -> None:
    assert signed_in("sam").get("/admin").status_code == 403


def test_a_supervisor_reads_only_her_units_messages(signed_in: SignedIn, calls: dict[str, str]) -> None:
    def thread(name: str, phone: str) -> str:
        query = {"number": NUMBER, "customer": phone}
        return signed_in(name).get("/desk/thread", query_string=query).text

    assert "Annas comment" in thread("sam", CUSTOMER)
    assert "Bos comment" not in thread("sam", "+46701740607")
    assert "Bos comment" in thread("admin", "+46701740607")


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "</textarea>"]
)
def test_what_customers_write_is_shown_as_words(signed_in: SignedIn, office: Field, clock: Clock, text: str) -> None:
    rate_message(office, clock, text, f"4 {text}", "m-9")
    client = signed_in("admin")
    for path in ("/desk", "/desk/agents", "/desk/comments", "/desk/conversations"):
        page = client.get(path)
        assert page.status_code == 200
        assert text not in page.text or text.startswith("{{")


@pytest.mark.parametrize(
    "query", ["period=x", "unit=%00", "queue=nowhere&sort=x", "period=365d&channel=' OR 1=1 --", "sort=-nki&unit=se"]
)
def test_a_strange_address_still_shows_a_page(signed_in: SignedIn, query: str) -> None:
    assert signed_in("admin").get(f"/desk/agents?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/desk/comments?cursor=x", "/desk/conversations?cursor=x", "/desk/sounds/x.wav"])
def test_what_was_never_given_out_is_not_found(signed_in: SignedIn, path: str) -> None:
    assert signed_in("admin").get(path).status_code == 404
