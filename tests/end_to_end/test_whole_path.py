"""A call rated on the keypad and an SMS answered with a number both stand beside the agent; a three raises an alert."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.drivers.customers import Customer, by_sip, by_sms, by_twilio, report
from tests.drivers.house import House, running_house
from tests.drivers.smtp import Mailbox, mail_server
from tests.drivers.twilio_api import TwilioApi
from tests.waiting import wait_until

TOKEN = "a-token-of-the-tests"
NOTATIONS = re.compile(rb"(?:46|0)[^0-9]{0,3}70[^0-9]{0,3}174[^0-9]{0,3}06[^0-9]{0,3}1[0-9]")
"""The customers' numbers, however they are written; the centre's own ends with 05."""


@dataclass
class Place:
    """A running house with its stand-ins and a key to its API."""

    house: House
    twilio: TwilioApi
    mailbox: Mailbox
    key: str

    def get(self, path: str) -> Any:
        """A JSON answer of the API."""
        request = urllib.request.Request(self.house.url + path, headers={"Authorization": f"Bearer {self.key}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def anna(self) -> dict[str, Any]:
        """The agent's numbers of this year."""
        rows = self.get("/api/v1/stats/agents?from=2026-01-01&to=2036-12-31")["rows"]
        return next((row for row in rows if row["agent"] == "anna"), {"nki": {"n": 0}, "nps": {"n": 0}})


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """One house on its own SQLite file, one on PostgreSQL."""
    database = {}
    if request.param == "postgresql":
        database["TONVAL_DATABASE_URL"] = request.getfixturevalue("postgres").fresh()
    with TwilioApi(TOKEN, callbacks=("sent", "delivered")) as twilio, mail_server() as mailbox:
        settings = {
            "TONVAL_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
            "TONVAL_TWILIO_AUTH_TOKEN": TOKEN,
            "TONVAL_TWILIO_API_URL": twilio.url,
            "TONVAL_SMTP_URL": mailbox.url,
            "TONVAL_MAIL_FROM": "tonval@nordlys.example",
            **database,
        }
        with running_house(settings) as house:
            key = json.loads(house.run("key", "add", "pbx", "--json").stdout)["key"]
            yield Place(house, twilio, mailbox, key)


@pytest.mark.xdist_group("house")
def test_keys_on_a_sip_phone_become_the_agents_nki(place: Place) -> None:
    before = place.anna()["nki"]["n"]
    customer = Customer("sip-1")
    by_sip(customer, int(place.house.sip.rpartition(":")[2]), "45")
    assert customer.finished and customer.taken == [4, 5]
    wait_until(lambda: place.anna()["nki"]["n"] == before + 2)
    (found,) = [row for row in place.get("/api/v1/responses?agent=anna")["rows"] if row["interaction"]["id"] == "sip-1"]
    assert [answer["value"] for answer in found["answers"]] == [4, 5]
    assert found["disposition"] == "complete"


@pytest.mark.xdist_group("house")
def test_keys_over_twilio_become_the_agents_nki(place: Place) -> None:
    before = place.anna()["nki"]["n"]
    customer = Customer("twilio-1")
    by_twilio(customer, place.house.url, TOKEN, "CA1", "32")
    assert customer.finished
    wait_until(lambda: place.anna()["nki"]["n"] == before + 2)


@pytest.mark.xdist_group("house")
def test_a_nine_by_sms_becomes_the_agents_nps_with_one_thank_you(place: Place) -> None:
    number = "+46701740611"
    customer = Customer("sms-1")
    by_sms(customer, place.house.url, place.key, place.twilio, number, 9)
    assert customer.finished
    wait_until(lambda: place.anna()["nps"]["promoters"] == 1)
    wait_until(lambda: len([taken for taken in place.twilio.ledger if taken.to == number]) == 2)
    question, thanks = [taken.body for taken in place.twilio.ledger if taken.to == number]
    assert question.startswith("Hur troligt") and thanks.startswith("Tack för ditt svar!")
    again = report(place.house.url, place.key, "sms-again", number)
    assert again["decision"]["rule"] == "frequency_cap"


@pytest.mark.xdist_group("house")
def test_a_three_by_sms_mails_one_alert(place: Place) -> None:
    customer = Customer("sms-2")
    by_sms(customer, place.house.url, place.key, place.twilio, "+46701740612", 3)
    assert customer.finished
    wait_until(lambda: [mail for mail in place.mailbox.mails if "3 of 10" in mail["Subject"]])
    mails = [mail for mail in place.mailbox.mails if "3 of 10" in mail["Subject"]]
    assert len(mails) == 1 and "Anna" in mails[0]["Subject"]
    assert "+46" not in mails[0].as_string()


@pytest.mark.xdist_group("house")
def test_every_number_is_what_a_recount_gives(place: Place) -> None:
    checked = place.house.run("stats", "rebuild", "--check")
    assert (checked.returncode, checked.stdout.strip()) == (0, "0 differences")


@pytest.mark.xdist_group("house")
def test_no_customer_stands_in_a_file_or_a_line_of_the_house(place: Place) -> None:
    report(place.house.url, place.key, "late", "+46701740613")
    files = [(path.name, _held(path)) for path in place.house.home.rglob("*") if path.is_file()]
    hits = [(name, held, hit) for name, held in files for hit in NOTATIONS.finditer(held)]
    assert place.house.said
    assert [(name, held[max(0, hit.start() - 80) : hit.end()]) for name, held, hit in hits] == []


def _held(path: Path) -> bytes:
    """What stands in a file of a house that goes on working: it may be gone by now."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
