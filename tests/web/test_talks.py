"""Conversations as staff read them, on both databases: found by number, narrowed, each reply with its why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.acting import acting
from tests.web.house import CUSTOMER, NUMBER, Clock, rate_message
from tests.web.test_correcting import SignedIn, client, house
from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.conduct import Inbound
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer
from tonval.store import tables as t
from tonval.surveys.answers import Rule
from tonval.web.desk.rules import GROUPS, anchor

__all__ = ["client", "house"]

OTHER, STOPPED = "+46701740607", "+46701740608"


@pytest.fixture
def talks(house: Field, clock: Clock) -> dict[str, str]:
    """Three SMS interviews: one asked twice, one corrected by staff, one that ended with STOP; thread to interview."""
    rate_message(house, clock, "anna", "9 or 10", "m-1")
    _say(house, clock, "9", CUSTOMER)
    rate_message(house, clock, "bo", "8", "m-2", phone=OTHER)
    _stop(house, clock, STOPPED)
    with house.unit.read() as tx:
        rows = tx.execute(select(t.interviews.c.thread, t.interviews.c.id)).all()
    found = {thread.partition(">")[0]: interview for thread, interview in rows}
    conduct.correct(house, found[OTHER], "recommend", 4, by=acting("Bo"), reason="misread")
    return found


def _say(house: Field, clock: Clock, body: str, customer: str) -> None:
    clock.forward(minutes=1)
    ref = f"said-{clock():%H%M%S}"
    conduct.receive_message(house, Inbound("console", ref, customer, NUMBER, body, clock()))


def _stop(house: Field, clock: Clock, customer: str) -> None:
    """She is asked about Anna, and wants no more."""
    about = Interaction("m-3", "call", "sales", "anna", Customer(customer), clock(), timedelta(minutes=3), {})
    invitations.report(house, about)
    clock.forward(minutes=3)
    asking.ask_due(house)
    conduct.receive_message(house, Inbound("console", "in-stop", customer, NUMBER, "STOP", clock(), "stop"))


def _listed(reader: FlaskClient, talks: dict[str, str], **asked: str) -> set[str]:
    page = reader.get("/desk/conversations", query_string=asked).text
    return {customer for customer, interview in talks.items() if f'data-key="{interview}"' in page}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {CUSTOMER, OTHER, STOPPED}),
        ({"search": CUSTOMER}, {CUSTOMER}),
        ({"search": "070-174 06 06"}, {CUSTOMER}),
        ({"search": "070-174 06 0"}, set()),  # the whole number, or nobody
        ({"search": "nobody"}, set()),
        ({"came": "unclear"}, {CUSTOMER}),
        ({"came": "corrected"}, {OTHER}),
        ({"came": "nonsense"}, {CUSTOMER, OTHER, STOPPED}),
        ({"agent": "bo"}, {OTHER}),
        ({"only": "live"}, set()),
    ],
)
def test_the_list_is_searched_by_number_and_narrowed(
    client: SignedIn, talks: dict[str, str], asked: dict[str, str], found: set[str]
) -> None:
    assert _listed(client("admin"), talks, **asked) == found


def test_a_stop_and_a_late_message_are_found(
    house: Field, clock: Clock, client: SignedIn, talks: dict[str, str]
) -> None:
    with house.unit.begin() as tx:
        late = {"as": "late", "question": None, "value": None, "before": None, "rule": "", "why": ""}
        tx.execute(update(t.messages).where(t.messages.c.sender == OTHER).values(reading=late))
    admin = client("admin")
    assert _listed(admin, talks, came="late") == {OTHER}
    assert _listed(admin, talks, came="stopped") == {STOPPED}


def test_whoever_sees_no_numbers_finds_nobody_by_one(client: SignedIn, talks: dict[str, str]) -> None:
    anna = client("anna")
    page = anna.get(f"/desk/conversations/{talks[CUSTOMER]}?search={CUSTOMER}").text
    assert "SMS with +46•••••06" in page
    assert "/correct/" not in page
    assert 'name="search"' not in anna.get("/desk/conversations").text


def test_each_reply_tells_why_it_was_read_so(client: SignedIn, talks: dict[str, str]) -> None:
    page = client("sam").get(f"/desk/conversations/{talks[CUSTOMER]}").text
    assert "Not taken: " in page and "Asked again." in page
    assert "Read as 9: the number stands alone." in page
    assert f"/desk/readings#{anchor('number')}" in page
    assert f"from {NUMBER}" in page and "waits to be sent" in page


def test_a_thread_holds_every_survey_and_what_belongs_to_none(
    house: Field, clock: Clock, client: SignedIn, talks: dict[str, str]
) -> None:
    clock.forward(days=20)
    _say(house, clock, "Are you still there?", CUSTOMER)
    asked = {"number": NUMBER, "customer": CUSTOMER}
    for name in ("admin", "sam"):
        page = client(name).get("/desk/thread", query_string=asked).text
        assert "sales-nps" in page and "9 or 10" in page
        assert "Belongs to no survey" in page and "Are you still there?" in page
    assert "9 or 10" not in client("gun").get("/desk/thread", query_string=asked).text


def test_what_belongs_to_no_survey_is_hidden_from_who_may_not_see_all_surveys_of_the_thread(
    house: Field, clock: Clock, client: SignedIn, talks: dict[str, str]
) -> None:
    clock.forward(days=40)
    rate_message(house, clock, "bo", "7", "m-4")
    clock.forward(days=20)
    _say(house, clock, "Are you still there?", CUSTOMER)
    asked = {"number": NUMBER, "customer": CUSTOMER}
    assert "Are you still there?" in client("admin").get("/desk/thread", query_string=asked).text
    page = client("sam").get("/desk/thread", query_string=asked).text
    assert "9 or 10" in page
    assert "Are you still there?" not in page


def test_a_contact_she_was_not_asked_about_stands_in_the_thread(
    house: Field, clock: Clock, client: SignedIn, talks: dict[str, str]
) -> None:
    rate_message(house, clock, "anna", "9", "m-5")  # within the cap: not asked
    page = client("admin").get("/desk/thread", query_string={"number": NUMBER, "customer": CUSTOMER}).text
    assert "Not asked: " in page


def test_every_rule_is_explained(client: SignedIn) -> None:
    page = client("anna").get("/desk/readings").text
    assert {rule for rules in GROUPS.values() for rule in rules} == set(Rule)
    assert all(f'id="{anchor(rule)}"' in page for rule in Rule)
