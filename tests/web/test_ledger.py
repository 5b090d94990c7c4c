"""The ledger on pages and over the API: every interaction explained, counted and found, and only by whom it may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.house import CUSTOMER, NUMBER, Clock, rate_message
from tests.web.test_interactions import GOOD
from tests.web.test_openapi import _fits
from tonval.fieldwork import asking, conduct, optouts
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.conduct import Inbound
from tonval.fieldwork.field import Field
from tonval.stats.reasons import EVERY
from tonval.web.desk import why

SignedIn = Callable[[str], FlaskClient]
URL = "/api/v1/interactions"
OTHER = "+46701740607"


def report(api: FlaskClient, ref: str, **changes: Any) -> dict[str, Any]:
    """Report a call, and give the decision."""
    answer = api.post(URL, json={**GOOD, "id": ref, **changes})
    assert answer.status_code in (200, 201), answer.text
    decision: dict[str, Any] = answer.get_json()["decision"]
    return decision


@pytest.fixture
def reported(api: FlaskClient) -> FlaskClient:
    """Eva asked, and too short a call; Bo's in Gothenburg."""
    report(api, "call-1")
    report(api, "call-2", talk_seconds=9)
    bo = {"phone": OTHER, "name": "Oskar Ny"}
    report(api, "call-3", agent="bo", customer=bo)
    report(api, "call-4", agent="bo", customer=bo, talk_seconds=9)
    return api


def test_every_rule_has_words() -> None:
    assert set(why.RULES) == EVERY


def test_an_explanation_names_every_rule_in_order(reported: FlaskClient) -> None:
    asked, not_asked = (reported.get(f"{URL}/call/call-{number}").get_json() for number in (1, 2))
    assert all(step["passed"] for step in asked["explanation"])
    assert asked["invitation"]["state"] == "waiting"
    assert [event["event"] for event in asked["events"]] == ["invited"]
    assert not_asked["explanation"][-1] == {
        "rule": "min_talk",
        "passed": False,
        "sentence": "talk time 9 s is under 15 s",
    }
    assert (not_asked["invitation"], not_asked["events"]) == (None, [])


def test_what_came_after_is_told(api: FlaskClient, office: Field, clock: Clock) -> None:
    report(api, "call-1", ended_at=clock().isoformat())
    clock.forward(minutes=3)
    asking.ask_due(office)
    conduct.receive_message(office, Inbound("console", "in-1", CUSTOMER, NUMBER, "9", clock()))
    told = api.get(f"{URL}/call/call-1").get_json()
    assert told["disposition"] == "complete"
    assert {"invited", "asked", "message", "reply", "ended"} == {event["event"] for event in told["events"]}
    assert told["events"][-1]["response"].startswith("res_")
    _fits(f"{URL}/{{kind}}/{{id}}", "get", 200, told)


def test_the_list_goes_by_what_is_asked_for(reported: FlaskClient) -> None:
    def refs(query: str) -> list[str]:
        answer = reported.get(f"{URL}?{query}")
        assert answer.status_code == 200, answer.text
        _fits(URL, "get", 200, answer.get_json())
        return [row["interaction"]["id"] for row in answer.get_json()["rows"]]

    assert refs("") == ["call-4", "call-3", "call-2", "call-1"]
    assert refs("disposition=suppressed") == refs("rule=min_talk") == ["call-4", "call-2"]
    assert (
        refs(f"phone={CUSTOMER}") == refs("phone=070-1740606") == refs("phone=%2B46701740606") == ["call-2", "call-1"]
    )
    assert refs("email=nobody@example.com") == []
    assert refs("queue=support") == refs("from=2026-11-21") == refs("to=2026-11-19") == []
    assert refs("from=2026-11-20&to=2026-11-20&queue=sales&rule=min_talk") == ["call-4", "call-2"]


def test_pages_of_the_list_join(reported: FlaskClient) -> None:
    first = reported.get(f"{URL}?limit=3").get_json()
    second = reported.get(f"{URL}?limit=3&cursor={first['next']}").get_json()
    rows = [*first["rows"], *second["rows"]]
    assert [row["interaction"]["id"] for row in rows] == ["call-4", "call-3", "call-2", "call-1"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("disposition=happy", "disposition"),
        ("rule=none", "rule"),
        ("phone=12", "phone"),
        ("email=nobody", "email"),
        ("from=yesterday", "from"),
        ("from=2026-11-20&to=2026-11-01", "to"),
        ("cursor=x", "cursor"),
        ("limit=0", "limit"),
        ("queue=%00", "queue"),
    ],
)
def test_a_wrong_question_names_its_field(api: FlaskClient, query: str, field: str) -> None:
    answer = api.get(f"{URL}?{query}")
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (400, field)


def test_the_counts_add_up_to_the_total(reported: FlaskClient) -> None:
    answer = reported.get("/api/v1/stats/dispositions").get_json()
    _fits("/api/v1/stats/dispositions", "get", 200, answer)
    assert answer["total"] == sum(row["n"] for row in answer["rows"]) == 4
    assert {(row["disposition"], row["rule"], row["n"]) for row in answer["rows"]} == {
        ("pending", None, 2),
        ("suppressed", "min_talk", 2),
    }
    assert reported.get("/api/v1/stats/dispositions?queue=support").get_json()["total"] == 0


@pytest.mark.parametrize("path", [URL, f"{URL}/call/call-1", "/api/v1/stats/dispositions"])
def test_the_ledger_needs_a_key_that_may_read(site: Any, office: Field, path: str) -> None:
    raw = keys.make_key(office, "reporter", ["report"])
    assert site.test_client().get(path).status_code == 401
    assert site.test_client().get(path, headers={"Authorization": f"Bearer {raw}"}).status_code == 403


def test_an_interaction_with_slashes_in_its_id_is_explained(api: FlaskClient, signed_in: SignedIn) -> None:
    report(api, "a//b/c?d")
    assert api.get(f"{URL}/call/a//b/c%3Fd").get_json()["interaction"]["id"] == "a//b/c?d"
    assert signed_in("admin").get("/desk/asked/call/a//b/c%3Fd").status_code == 200


def test_the_page_counts_every_interaction_once(reported: FlaskClient, signed_in: SignedIn) -> None:
    page = signed_in("admin").get("/desk/asked").text
    assert "What became of 4 contacts" in page
    assert page.count('class="why"') == 4
    assert "Not asked: talk too short" in page
    assert "Talk time 9 s is under 15 s" in page


def test_the_page_is_narrowed_by_a_row_of_the_counts(reported: FlaskClient, signed_in: SignedIn) -> None:
    page = signed_in("admin").get("/desk/asked?disposition=suppressed&rule=min_talk").text
    assert page.count('class="why"') == 2
    assert "What became of 4 contacts" in page


def test_the_answer_stands_in_the_first_line(reported: FlaskClient, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    assert "<h1>Eva was not asked: talk time 9 s is under 15 s</h1>" in client.get("/desk/asked/call/call-2").text
    page = client.get("/desk/asked/call/call-1").text
    assert "<h1>Eva will be asked by SMS</h1>" in page
    assert "Talk time 184 s, at least 15 s" in page
    assert CUSTOMER in page


def test_the_first_line_tells_how_it_ended(office: Field, clock: Clock, signed_in: SignedIn) -> None:
    rate_message(office, clock, "anna", "9", "call-1")
    page = signed_in("admin").get("/desk/asked/call/call-1").text
    assert "<h1>The customer was asked by SMS and answered every question</h1>" in page


@pytest.mark.parametrize("text", [CUSTOMER, "070-174 06 06", "eva", "Eva"])
def test_somebody_is_found_by_number_and_name(reported: FlaskClient, signed_in: SignedIn, text: str) -> None:
    page = signed_in("sam").get("/desk/asked", query_string={"search": text}).text
    assert page.count('class="why"') == 2


@pytest.mark.parametrize("text", ["nobody", "'; DROP TABLE interactions", "%", "\0", "9" * 300, "<script>"])
def test_a_strange_search_finds_nothing_and_breaks_nothing(
    reported: FlaskClient, signed_in: SignedIn, text: str
) -> None:
    page = signed_in("admin").get("/desk/asked", query_string={"search": text})
    assert page.status_code == 200
    assert "<script>&" not in page.text
    assert 'class="why"' not in page.text or text == "\0"


def test_a_supervisor_sees_nothing_of_another_unit(reported: FlaskClient, signed_in: SignedIn) -> None:
    client = signed_in("sam")
    page = client.get("/desk/asked").text
    assert "What became of 2 contacts" in page
    assert "Oskar" not in page and "call-3" not in page
    assert client.get("/desk/asked/call/call-3").status_code == 404
    assert 'class="why"' not in client.get("/desk/asked", query_string={"search": OTHER}).text
    assert client.get("/desk/asked/call/call-1").status_code == 200


def test_an_agent_sees_her_own_and_nobodys_address(reported: FlaskClient, office: Field, signed_in: SignedIn) -> None:
    optouts.block(office, CUSTOMER, "wrote to us")
    report(reported, "call-5")
    client = signed_in("anna")
    assert client.get("/desk/asked/call/call-3").status_code == 404
    for path in ("/desk/asked", "/desk/asked/call/call-1", "/desk/asked/call/call-5", "/desk/conversations"):
        page = client.get(path)
        assert page.status_code == 200
        assert CUSTOMER not in page.text and CUSTOMER[3:] not in page.text, path
    assert "stands on the blocklist" in client.get("/desk/asked/call/call-5").text
    assert client.get("/desk/asked", query_string={"search": OTHER}).text.count('class="why"') == 3


def _customer(api: FlaskClient, signed_in: SignedIn, ref: str) -> str:
    page = signed_in("admin").get(f"/desk/asked/call/{ref}").text
    return page.partition('href="/desk/customers/')[2].partition('"')[0]


def test_a_customer_page_tells_what_became_of_each_and_when_she_may_be_asked(
    reported: FlaskClient, office: Field, signed_in: SignedIn
) -> None:
    eva, oskar = (_customer(reported, signed_in, ref) for ref in ("call-1", "call-3"))
    page = signed_in("sam").get(f"/desk/customers/{eva}").text
    assert page.count('class="why"') == 2
    assert "Not blocked, and not opted out" in page
    assert "20 Dec" in page  # thirty days after she was invited
    optouts.block(office, CUSTOMER, "wrote to us")
    assert "wrote to us" in signed_in("sam").get(f"/desk/customers/{eva}").text
    assert signed_in("sam").get(f"/desk/customers/{oskar}").status_code == 404
    assert signed_in("anna").get(f"/desk/customers/{eva}").status_code == 403
    assert signed_in("admin").get("/desk/customers/con_none").status_code == 404


def test_the_configuration_is_shown_with_the_queues_lines_marked(
    reported: FlaskClient, office: Field, signed_in: SignedIn
) -> None:
    path = f"/desk/configs/{office.centre.config}?queue=sales"
    whole = signed_in("admin").get(path).text
    assert "Gothenburg" in whole and whole.count('class="marked"') == 2
    part = signed_in("sam").get(path).text
    assert "Gothenburg" not in part and "delay: 2m" in part and part.count('class="marked"') == 2
    assert signed_in("anna").get(path).status_code == 403
    assert signed_in("admin").get("/desk/configs/none").status_code == 404


def test_the_rules_code_name_stands_only_where_it_forbade_asking(reported: FlaskClient, signed_in: SignedIn) -> None:
    asked, not_asked = (signed_in("admin").get(f"/desk/asked/call/call-{number}").text for number in (1, 2))
    assert "no_address" not in asked and "min_talk" not in asked
    assert "<small>min_talk</small>" in not_asked and "queue_off" not in not_asked


def test_a_customer_without_a_name_is_told_by_her_number_and_nobody_as_an_agent_is_not(
    api: FlaskClient, signed_in: SignedIn
) -> None:
    report(api, "call-1", customer={"phone": CUSTOMER}, agent=None)
    page = signed_in("admin").get("/desk/asked").text
    assert f"<small>{CUSTOMER} · sales · call" in page
    assert "Unknown" not in page
    report(api, "call-2", customer={"phone": CUSTOMER})
    closed = signed_in("anna").get("/desk/asked").text
    assert "<small>Anna" in closed and CUSTOMER not in closed


def test_a_rule_on_the_conversations_page_leads_to_its_explanation(reported: FlaskClient, signed_in: SignedIn) -> None:
    page = signed_in("admin").get("/desk/conversations").text
    assert 'href="/desk/asked/call/call-2"' in page


@pytest.mark.parametrize("path", ["/desk/asked", "/desk/asked/call/call-1", "/desk/customers/x", "/desk/configs/x"])
def test_nothing_of_it_opens_without_signing_in(site: Any, path: str) -> None:
    assert site.test_client().get(path).status_code in (302, 401)


@pytest.mark.parametrize("path", ["/desk/asked?cursor=x", "/desk/asked/call/none", "/desk/asked/none/call-1"])
def test_what_is_not_there_is_not_found(reported: FlaskClient, signed_in: SignedIn, path: str) -> None:
    assert signed_in("admin").get(path).status_code == 404


def test_an_empty_ledger_says_what_would_be_there(signed_in: SignedIn) -> None:
    assert "No contacts in the last 30 days" in signed_in("admin").get("/desk/asked").text
    assert "No contacts in the last 30 days" in signed_in("anna").get("/desk/asked").text


@pytest.mark.parametrize("query", ["disposition=x", "rule=x", "disposition=%00", "period=x&queue=nowhere"])
def test_a_strange_address_still_shows_a_page(reported: FlaskClient, signed_in: SignedIn, query: str) -> None:
    assert signed_in("admin").get(f"/desk/asked?{query}").status_code == 200
