"""A survey asked for by API, sent by link or letter, answered on its page, and told of again by API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.fieldwork.asked import house
from tests.fieldwork.office import Office
from tests.web.house import open_site
from tonval.fieldwork import asking, mailing
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.messaging.messages import Outgoing
from tonval.mail.asking import letter_for
from tonval.sms import sender
from tonval.sms.console.provider import Console

__all__ = ["house"]

URL = "/api/v1/invitations"


@pytest.fixture
def api(house: Office) -> FlaskClient:
    """A client whose key may read and report."""
    client = open_site(house.field).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {keys.make_key(house.field, 'crm', ['read', 'report'])}"
    return client


class Telephone(Console):
    """The console, and what it showed last."""

    shown = ""

    def send(self, batch: Sequence[Outgoing]) -> Any:
        self.shown = batch[-1].body
        return super().send(batch)


def _by_sms(office: Office) -> str:
    telephone = Telephone()
    sender.send_batch(office.field, {"twilio": telephone, "console": telephone})
    return next(word for word in telephone.shown.split() if word.startswith("https://"))


def _by_mail(office: Office) -> str:
    (letter,) = mailing.claim_due(office.field, 10)
    return letter_for(office.field, letter).link


@pytest.mark.parametrize(
    ("request_", "channel", "link_of"),
    [
        ({"queue": "billing", "customer": {"phone": "0701740606", "language": "sv"}}, "link", _by_sms),
        ({"queue": "billing", "customer": {"email": "eva@example.com", "language": "sv"}}, "email", _by_mail),
        (
            {"survey": "care", "queue": "links", "channel": "link", "customer": {"phone": "+46701740606"}},
            "link",
            _by_sms,
        ),
        ({"survey": "care", "channel": "email", "customer": {"email": "eva@example.com"}}, "email", _by_mail),
    ],
)
def test_a_survey_asked_for_is_sent_answered_and_told_of(
    house: Office, api: FlaskClient, request_: dict[str, Any], channel: str, link_of: Callable[[Office], str]
) -> None:
    answer = api.post(URL, json=request_)
    assert answer.status_code == 201, answer.text
    body = answer.get_json()
    assert body["decision"]["channel"] == channel
    assert asking.ask_due(house.field) == 1
    path = link_of(house).removeprefix(house.field.public_url)
    customer = open_site(house.field).test_client()
    assert customer.get(path).status_code == 200
    assert customer.post(path, data={"at": "helped", "q.helped": "5", "go": "next"}).status_code == 303
    assert customer.post(path, data={"at": "why", "q.why": "bra hjälp", "go": "next"}).status_code == 200
    told = api.get(f"{URL}/{body['invitation']}").get_json()
    assert (told["disposition"], told["channel"]) == ("complete", channel)
    assert told["response"].startswith("res_")


def test_without_a_mail_server_the_request_is_told_why_nobody_was_asked(house: Office, api: FlaskClient) -> None:
    body = api.post(URL, json={"queue": "letters", "customer": {"email": "eva@example.com"}}).get_json()
    assert asking.ask_due(replace(house.field, mail_from=None)) == 1
    told = api.get(f"{URL}/{body['invitation']}").get_json()
    assert (told["disposition"], told["decision"]["rule"]) == ("suppressed", "survey_off")
