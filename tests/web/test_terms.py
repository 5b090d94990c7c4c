"""Numbers, pools and the terms of SMS, as the admin page tells them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.web.house import PASSWORD, open_site
from tonval.fieldwork.field import Field
from tonval.fieldwork.routing import read_centre
from tonval.web.desk.terms import numbers_told, second_told, terms_told

FILE = """
country: SE
numbers:
  "+46701740605": {provider: twilio, rate: 1, queue: sales}
  "+46701740604": {provider: smpp, rate: 50}
  "+46701740603": {provider: console}
  "+46701740602": {rate: 0.1}
SMS
queues:
  sales: {survey: nps, channel: sms, from: ["+46701740605", "+46701740604"], second_survey: other}
  care: {survey: nps, channel: sms, from: "+46701740602"}
  more: {survey: nps, channel: sms, from: "+46701740604", second_survey: drop}
  letters: {survey: nps, channel: email}
surveys: {nps: {questions: [{id: q, scale: nps, text: Hur}]}}
"""


def file(sms: str = "") -> str:
    return FILE.replace("SMS", sms)


def test_a_number_says_who_carries_it_how_fast_and_who_asks_from_it() -> None:
    assert [(n.number[-1], n.carrier, n.pace, n.asks, n.answers) for n in numbers_told(read_centre(file()))] == [
        ("5", "Twilio", "1 segment a second", ("sales",), "sales"),
        ("4", "an operator (SMPP)", "50 segments a second", ("sales", "more"), ""),
        ("3", "the console: to nobody", "as fast as it goes", (), ""),
        ("2", "the provider that is set up", "one segment every 10 s", ("care",), ""),
    ]


def test_a_queue_says_what_becomes_of_a_second_survey() -> None:
    assert {queue.name: second_told(queue) for queue in read_centre(file()).queues.values()} == {
        "sales": "comes from another number of the pool",
        "care": "waits until the first is over",
        "more": "is dropped",
        "letters": "",
    }


@pytest.mark.parametrize(
    ("sms", "sentences"),
    [
        (
            "",
            (
                "SMS go anywhere. Premium numbers never get one.",
                "No prices are set, so nothing is counted in money.",
                "There is no limit on a day.",
            ),
        ),
        (
            "sms: {countries: [SE, NO, FI], price: {SE: 0.07, NO: 1.5, else: 0.1}, limit: [5000 segments, 1200 EUR]}",
            (
                "SMS go to numbers of FI, NO and SE only. Premium numbers never get one.",
                "A segment costs 1.50 EUR to NO, 0.07 EUR to SE and 0.10 EUR elsewhere.",
                "No more than 5,000 segments and 1,200.00 EUR may go out in a day; what is left waits for the next.",
            ),
        ),
        (
            "sms: {countries: [SE], price: 0.0075, currency: SEK, limit: 1 segment}",
            (
                "SMS go to numbers of SE only. Premium numbers never get one.",
                "A segment costs 0.0075 SEK.",
                "No more than 1 segment may go out in a day; what is left waits for the next.",
            ),
        ),
    ],
)
def test_the_terms_of_sms_are_told_in_plain_words(sms: str, sentences: tuple[str, ...]) -> None:
    assert terms_told(read_centre(file(sms)).texting) == sentences


def test_the_admin_page_shows_them_with_what_is_strange_by_its_line(office: Field) -> None:
    site = open_site(replace(office, centre=read_centre(file("sms: {countries: [FI]}")), renewal=None))
    site.config.update(WTF_CSRF_ENABLED=False)
    client = site.test_client()
    client.post("/login", data={"name": "admin", "password": PASSWORD})
    page = client.get("/admin").get_data(as_text=True)
    for words in (
        "from a pool of 2: +46701740605, +46701740604",
        "comes from another number of the pool",
        "50 segments a second",
        "SMS go to numbers of FI only.",
        "Line 8: sms.countries: lacks SE, the centre&#39;s own: nobody there gets an SMS",
    ):
        assert words in page
