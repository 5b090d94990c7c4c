"""The page where a customer says stop: for people, for mail programs, for ever, and for nobody who only looks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.fieldwork.asked import EVA, MAIL, answer, ask, ended, house, rows
from tests.fieldwork.office import Office
from tests.fieldwork.reporting import decide
from tests.web.house import open_site
from tonval.fieldwork import conduct, mailing
from tonval.fieldwork.links import token_of
from tonval.fieldwork.respondents import Customer
from tonval.store import tables as t

__all__ = ["house"]

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def customer(house: Office) -> FlaskClient:
    """Somebody who has never been here, with the guard against forged forms in place."""
    app = open_site(house.field)
    app.config.update(TESTING=True)
    return app.test_client()


def door(office: Office, interview: str) -> str:
    """The path of the page."""
    return f"/u/{token_of(office.field.link_key, 'stop', interview)}"


def opted_out(office: Office) -> list[tuple[str, str, str]]:
    """The book of opt-outs: address, channel, source."""
    with office.field.unit.read() as tx:
        return [(row.address, row.channel, row.source) for row in tx.execute(select(t.opt_outs))]


@pytest.mark.parametrize(("queue", "address", "channel"), [("letters", MAIL, "email"), ("links", EVA, "sms")])
def test_one_button_ends_the_asking_by_that_channel(
    house: Office, customer: FlaskClient, queue: str, address: str, channel: str
) -> None:
    interview = ask(house, queue)
    page = customer.get(door(house, interview))
    assert (page.status_code, page.text.count("<button")) == (200, 1)
    assert 'lang="sv"' in page.text and "Nordlys" in page.text
    assert opted_out(house) == []
    done = customer.post(door(house, interview), data={"action": "stop"})
    assert done.status_code == 200 and "Du får inga fler frågor" in done.text
    assert (opted_out(house), ended(house, interview)) == ([(address, channel, "link")], "refused")
    assert decide(house, "b", queue=queue, customer=Customer(EVA, MAIL))["rule"] == "opted_out"


def test_a_mail_program_s_own_button_counts_at_once_and_needs_no_cookie(house: Office, customer: FlaskClient) -> None:
    interview = ask(house, "letters")
    done = customer.post(door(house, interview), data=ONE_CLICK)
    assert (done.status_code, done.headers.getlist("Set-Cookie")) == (200, [])
    again = customer.post(door(house, interview), data=ONE_CLICK)
    assert again.status_code == 200
    assert opted_out(house) == [(MAIL, "email", "link")]
    assert mailing.claim_due(house.field, 10) == ()


def test_looking_changes_nothing(house: Office, customer: FlaskClient) -> None:
    interview = ask(house, "letters")
    before = rows(house, t.events)
    for _ in range(3):
        assert customer.get(door(house, interview)).status_code == 200
        assert customer.head(door(house, interview)).status_code == 200
        assert customer.open(door(house, interview), method="OPTIONS").status_code == 200
    assert (opted_out(house), ended(house, interview), rows(house, t.events)) == ([], None, before)


def test_it_can_be_taken_back_and_what_was_ended_stays_so(house: Office, customer: FlaskClient) -> None:
    interview = ask(house, "letters")
    customer.post(door(house, interview))
    back = customer.post(door(house, interview), data={"action": "start"})
    assert "Då får vi fråga dig igen" in back.text
    assert (opted_out(house), ended(house, interview)) == ([], "refused")
    assert decide(house, "b", queue="letters", customer=Customer(EVA, MAIL))["outcome"] == "invited"


def test_taking_it_back_lifts_nothing_that_was_said_of_every_channel(house: Office, customer: FlaskClient) -> None:
    interview = ask(house, "letters")
    with house.field.unit.begin() as tx:
        tx.execute(t.opt_outs.insert().values(address=MAIL, channel="*", created_at=house.time, source="page"))
    back = customer.post(door(house, interview), data={"action": "start"})
    assert "Du får inga fler frågor" in back.text
    assert opted_out(house) == [(MAIL, "*", "page")]


def test_every_letter_that_is_open_at_the_address_ends_and_no_link_by_sms(house: Office, customer: FlaskClient) -> None:
    first, second, linked = ask(house, "letters", "a"), ask(house, "letters", "b"), ask(house, "links", "c")
    answer(house, second)
    customer.post(door(house, first), data=ONE_CLICK)
    assert [ended(house, each) for each in (first, second, linked)] == ["refused", "refused", None]


def test_the_link_is_good_after_the_survey_is_over(house: Office, customer: FlaskClient) -> None:
    interview = ask(house, "letters")
    answer(house, interview)
    answer(house, interview, "why", text="bra")
    assert ended(house, interview) == "complete"
    house.pass_time(days=400)
    conduct.expire_due(house.field)
    assert "Du får inga fler frågor" in customer.post(door(house, interview), data=ONE_CLICK).text
    assert (opted_out(house), ended(house, interview)) == ([(MAIL, "email", "link")], "complete")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_an_unknown_token_gets_the_same_page_as_an_unknown_survey(
    house: Office, customer: FlaskClient, method: str
) -> None:
    interview = ask(house, "letters")
    survey = token_of(house.field.link_key, "survey", interview)
    unknown = customer.open("/s/" + "0" * 22, method=method)
    for token in ("0" * 22, survey, survey[:-1], "x", "%20", "a" * 3000):
        page = customer.open(f"/u/{token}", method=method)
        assert (page.status_code, page.data) == (404, unknown.data)
        assert page.headers["Content-Security-Policy"] == unknown.headers["Content-Security-Policy"]
    assert (opted_out(house), ended(house, interview)) == ([], None)


def test_the_page_can_stand_in_no_frame_and_tells_nobody_its_address(house: Office, customer: FlaskClient) -> None:
    page = customer.get(door(house, ask(house, "letters")))
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "noindex" in page.headers["X-Robots-Tag"]


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"action=", b"action=start&action=stop", b"{}"])
def test_whatever_is_sent_is_a_wish(house: Office, customer: FlaskClient, body: bytes) -> None:
    interview = ask(house, "letters")
    kind = "application/x-www-form-urlencoded"
    assert customer.post(door(house, interview), data=body, content_type=kind).status_code == 200
    assert bool(opted_out(house)) is (b"start" not in body)


def test_a_language_from_the_right_is_written_so(house: Office) -> None:
    forms = {name: replace(form, languages=("ar",)) for name, form in house.field.centre.forms.items()}
    house.field = replace(house.field, centre=replace(house.field.centre, forms=forms))
    interview = ask(house, "letters")
    page = open_site(house.field).test_client().get(door(house, interview))
    assert 'dir="rtl"' in page.text and "لا أسئلة أخرى" in page.text
