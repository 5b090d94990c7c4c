"""A supervisor puts an answer right: seen before it is done, told to the second of two, and in the log for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.acting import acting
from tests.web.house import PASSWORD, Clock, add_people, open_house, open_site, rate_call, rate_message
from tonval.fieldwork import audit, conduct
from tonval.fieldwork.colleagues import people
from tonval.fieldwork.field import Field
from tonval.stats.deeds import Wanted, deeds
from tonval.store.tables import events, messages
from tonval.store.unit import Unit

SignedIn = Callable[[str], FlaskClient]


@pytest.fixture
def house(unit: Unit, clock: Clock) -> Iterator[Field]:
    """The small centre on either database, with a second supervisor of Stockholm and one of Gothenburg."""
    office = open_house(unit, clock)
    add_people(office)
    for name, place in (("eva", "se/sthlm"), ("gun", "se/gbg")):
        people.add_user(office, name, PASSWORD, role="supervisor", unit=place)
    return office


@pytest.fixture
def client(house: Field) -> SignedIn:
    """``client("sam")``: signed in, on either database."""
    app: Flask = open_site(house)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)

    def signed(name: str) -> FlaskClient:
        fresh = app.test_client()
        assert fresh.post("/login", data={"name": name, "password": PASSWORD}).status_code == 302
        return fresh

    return signed


@pytest.fixture
def talk(house: Field, clock: Clock) -> str:
    """An SMS interview of Anna's that ended with a 9."""
    rate_message(house, clock, "anna", "9", "m-1")
    with house.unit.read() as tx:
        return str(tx.execute(select(messages.c.interview).where(messages.c.direction == "in")).scalar_one())


def _path(talk: str, question: str = "recommend") -> str:
    return f"/desk/conversations/{talk}/correct/{question}"


def _form(value: str, seen: str = "9", **more: str) -> dict[str, str]:
    return {"value": value, "seen": seen, "reason": "typing", "words": "", **more}


def _answers(house: Field, talk: str) -> tuple[int, ...]:
    return conduct.interview_of(house, talk)[1].values("recommend")


def test_the_page_tells_each_effect_before_anything_is_done(client: SignedIn, talk: str) -> None:
    page = client("sam").get(_path(talk)).text
    assert "What the customer said" in page
    assert "Anna Lind’s NPS in the last 30 days: +100.0 becomes <b>−100.0</b> (n 1), too few answers to tell." in page
    assert "<b>9</b> becomes <b>no answer</b>" in page
    assert "That is what stands already." in page


@pytest.mark.parametrize(("value", "stands"), [("3", (3,)), ("none", ())])
def test_what_is_right_counts_and_the_bubble_says_who_when_and_why(
    house: Field, client: SignedIn, talk: str, value: str, stands: tuple[int, ...]
) -> None:
    sam = client("sam")
    done = sam.post(_path(talk), data=_form(value, words="She rang"), follow_redirects=True)
    word = "no answer" if value == "none" else value
    assert _answers(house, talk) == stands
    assert f"is corrected from 9 to {word}" in done.text
    assert f"Corrected from 9 to {word} by sam, <time" in done.text
    assert "The customer made a typing error: She rang" in done.text
    assert '<p class="bubble" dir="auto">9</p>' in done.text  # the reply stays as it was
    (entry,) = deeds(house.unit, Wanted(action="answer.corrected")).rows
    assert (entry.name, entry.ref, entry.detail["before"]) == ("sam", talk, 9)
    assert entry.detail["value"] == next(iter(stands), None)
    assert audit.verify(house).fault is None


def test_the_second_of_two_is_told_who_was_first_and_keeps_what_she_typed(
    house: Field, client: SignedIn, talk: str
) -> None:
    sam, eva = client("sam"), client("eva")
    assert sam.post(_path(talk), data=_form("3")).status_code == 302
    late = eva.post(_path(talk), data=_form("5", reason="other", words="She said five"))
    assert late.status_code == 409
    assert "It is 3 now: sam was first." in late.text
    assert "She said five" in late.text
    assert 'name="seen" value="3"' in late.text
    assert _answers(house, talk) == (3,)


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        (_form("11"), "Choose what the answer is."),
        (_form(""), "Choose what the answer is."),
        (_form("9"), "That is what stands already."),
        (_form("3", reason=""), "Choose a reason"),
        (_form("3", reason="other", words="  "), "Say the reason in a few words."),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_changes_nothing(
    house: Field, client: SignedIn, talk: str, form: dict[str, str], fault: str
) -> None:
    refused = client("sam").post(_path(talk), data=form)
    assert refused.status_code == 400
    assert fault in refused.text
    assert _answers(house, talk) == (9,)


@pytest.mark.parametrize(("name", "status"), [("anna", 403), ("gun", 404), ("sam", 200), ("admin", 200)])
def test_only_who_answers_for_the_agent_may_correct(client: SignedIn, talk: str, name: str, status: int) -> None:
    reader = client(name)
    assert reader.get(_path(talk)).status_code == status
    if status != 200:
        assert reader.post(_path(talk), data=_form("3")).status_code == status


def test_a_question_that_is_not_there_is_not_found(client: SignedIn, talk: str) -> None:
    admin = client("admin")
    assert admin.get(_path(talk, "nothing")).status_code == 404
    assert admin.get(_path("itv_nothing")).status_code == 404


def test_a_strangers_form_without_the_token_is_refused(house: Field, talk: str) -> None:
    app = open_site(house)
    app.config.update(TESTING=True)
    assert app.test_client().post(_path(talk), data=_form("3")).status_code == 400
    assert _answers(house, talk) == (9,)


def test_a_key_of_a_call_is_put_right_too_and_nothing_is_sent(house: Field, client: SignedIn) -> None:
    call = rate_call(house, "anna", ["2", "5"], "call-1")
    data = {"value": "4", "seen": "2", "reason": "told"}
    done = client("sam").post(_path(call, "helped"), data=data, follow_redirects=True)
    assert "“helped”: Corrected from 2 to 4 by sam" in done.text
    with house.unit.read() as tx:
        assert tx.execute(select(messages.c.id)).first() is None
        assert "AnswerReplaced" in tx.execute(select(events.c.kind)).scalars().all()


def test_a_conversation_shows_a_correction_that_was_made_elsewhere(house: Field, client: SignedIn, talk: str) -> None:
    conduct.correct(house, talk, "recommend", 7, by=acting("Bo"), reason="misread")
    assert "Corrected from 9 to 7 by Bo" in client("sam").get(f"/desk/conversations/{talk}").text
