"""queues.yaml's numbers, pools and `sms:`: what is read, and what is wrong or strange with each."""

from __future__ import annotations

import re

import pytest

from tonval.fieldwork.centre import Centre, Number, Texting
from tonval.fieldwork.routing import read_centre
from tonval.surveys.document import BrokenDocument, Fault

ONE, TWO, THREE = "+46701740605", "+46701740604", "+46701740603"
SERVICE = "MG0123456789abcdef0123456789abcdef"
FILE = """
country: SE
numbers: {"+46701740605": {FIRST}, "+46701740604": {SECOND}}
sms: {SMS}
queues:
  sales: {survey: nps, channel: sms, from: ["+46701740605", "+46701740604"], QUEUE}
  care: {survey: nps, channel: link, from: "+46701740605", CARE}
surveys:
  nps: {questions: [{id: q, scale: nps, text: Hur}]}
"""
LINES = {"FIRST": 3, "SECOND": 3, "SMS": 4, "QUEUE": 6, "CARE": 7}


def file(**given: str) -> str:
    """The file with ``given`` written at its places."""
    return re.sub(r"\b(FIRST|SECOND|SMS|QUEUE|CARE)\b", lambda found: given.get(found[1], ""), FILE)


def centre(**given: str) -> Centre:
    return read_centre(file(**given))


def faults(text: str) -> list[Fault]:
    with pytest.raises(BrokenDocument) as broken:
        read_centre(text)
    return broken.value.faults


def texting(written: str) -> Texting:
    return centre(SMS=written).texting


def test_a_number_has_its_provider_service_and_rate() -> None:
    read = centre(FIRST=f"provider: twilio, service: {SERVICE}, rate: 1, queue: sales", SECOND="provider: smpp").numbers
    assert read[ONE] == Number(ONE, "twilio", "sales", SERVICE, 1.0)  # type: ignore[arg-type]
    assert read[TWO] == Number(TWO, "smpp", None)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", ["0.1", "1", "50", "1000"])
def test_a_rate_is_segments_a_second(rate: str) -> None:
    assert centre(SECOND=f"rate: {rate}").numbers[TWO].rate == float(rate)


def test_a_queue_asks_from_one_number_or_from_a_pool() -> None:
    queues = centre().queues
    assert (queues["sales"].sender, queues["sales"].numbers) == (ONE, (ONE, TWO))
    assert (queues["care"].sender, queues["care"].numbers) == (ONE, (ONE,))


def test_a_pool_may_be_written_in_national_form() -> None:
    assert read_centre(file().replace('"+46701740604"]', '"070-174 06 04"]')).queues["sales"].numbers == (ONE, TWO)


@pytest.mark.parametrize("policy", ["wait", "drop", "other"])
def test_a_queue_says_what_becomes_of_a_second_survey(policy: str) -> None:
    assert centre(QUEUE=f"second_survey: {policy}").queues["sales"].second == policy
    every = read_centre(file() + f"defaults: {{second_survey: {policy}}}\n").queues
    assert {queue.second for queue in every.values()} == {policy}
    assert centre().queues["sales"].second == "wait"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", Texting()),
        ("countries: [SE, NO]", Texting(countries=frozenset({"SE", "NO"}))),  # a bare NO is false to YAML
        ('countries: [SE, "NO"]', Texting(countries=frozenset({"SE", "NO"}))),
        ("price: 0.07, currency: EUR", Texting(prices={"": 700}, currency="EUR")),
        ('price: "0.07", currency: EUR', Texting(prices={"": 700}, currency="EUR")),
        (
            "price: {SE: 0.0075, NO: 1, else: 0.10}, currency: SEK",
            Texting(prices={"SE": 75, "NO": 10_000, "": 1000}, currency="SEK"),
        ),
        ("price: {SE: 0.00645, else: 0}, currency: EUR", Texting(prices={"SE": 65, "": 0}, currency="EUR")),
        ("limit: 5000 segments", Texting(segments_a_day=5000)),
        ("limit: 1 segment", Texting(segments_a_day=1)),
        ("price: 0.1, limit: 200 EUR", Texting(prices={"": 1000}, currency="EUR", money_a_day=2_000_000)),
        (
            "price: 0.1, currency: EUR, limit: [5000 segments, 12.50 EUR]",
            Texting(prices={"": 1000}, currency="EUR", segments_a_day=5000, money_a_day=125_000),
        ),
    ],
)
def test_the_terms_of_sms_are_read(written: str, expected: Texting) -> None:
    read = texting(written)
    assert read == expected
    assert dict(read.prices) == dict(expected.prices)


def test_the_price_elsewhere_is_that_of_every_country_without_its_own() -> None:
    read = texting("price: {SE: 0.07, else: 0.10}, currency: EUR")
    assert [read.price(country) for country in ("SE", "NO", "")] == [700, 1000, 1000]
    assert texting("price: {SE: 0.07}, currency: EUR").price("NO") is None


@pytest.mark.parametrize("country", ["NO", '"NO"'])
def test_a_centre_may_lie_in_norway(country: str) -> None:
    read = read_centre(file().replace("country: SE", f"country: {country}"))
    assert (read.country, read.zone) == ("NO", "Europe/Oslo")


BROKEN = [
    ("FIRST", "provider: nexmo", f"numbers.{ONE}.provider: “nexmo” is not one of twilio, smpp, console"),
    ("FIRST", "rate: fast", f"numbers.{ONE}.rate: must be segments a second, such as 1 or 0.5"),
    ("FIRST", "rate: 0", f"numbers.{ONE}.rate: must be segments a second"),
    ("FIRST", "rate: -1", f"numbers.{ONE}.rate: must be segments a second"),
    ("FIRST", "rate: 1001", f"numbers.{ONE}.rate: must be segments a second, such as 1 or 0.5, and at most 1000"),
    ("FIRST", "rate: .nan", f"numbers.{ONE}.rate: must be segments a second"),
    ("FIRST", "rate: on", f"numbers.{ONE}.rate: must be segments a second"),
    ("FIRST", f"provider: smpp, service: {SERVICE}", f"numbers.{ONE}.service: smpp has no messaging services"),
    ("FIRST", "speed: 1", f"numbers.{ONE}.speed: nothing is called “speed” here"),
    ("QUEUE", "second_survey: never", "queues.sales.second_survey: “never” is not one of wait, drop, other"),
    ("SMS", "country: SE", "sms.country: nothing is called “country” here"),
    ("SMS", "countries: SE", "sms.countries: must be a list of country codes, such as [SE, FI]"),
    ("SMS", "countries: []", "sms.countries: must be a list of country codes"),
    ("SMS", "countries: [SE, UK]", "sms.countries: “UK” is not a country code such as SE; write GB"),
    ("SMS", "countries: [SE, se]", "sms.countries: “se” is not a country code such as SE; write SE"),
    ("SMS", "countries: [SE, Norge]", "sms.countries: “Norge” is not a country code such as SE"),
    ("SMS", "countries: [SE, AX]", "sms.countries: numbers of AX belong to the networks of FI; write FI"),
    ("SMS", "countries: [[SE]]", "sms.countries: “['SE']” is not a country code"),
    ("SMS", "price: cheap", "sms.price: must be the price of one segment, such as 0.07"),
    ("SMS", 'price: "0,07"', "sms.price: must be the price of one segment, such as 0.07"),
    ("SMS", "price: -1", "sms.price: must be the price of one segment"),
    ("SMS", "price: 101", "sms.price: must be the price of one segment"),
    ("SMS", "price: 1e999999", "sms.price: must be the price of one segment"),
    ("SMS", "price: .inf", "sms.price: must be the price of one segment"),
    ("SMS", "price: true", "sms.price: must be the price of one segment"),
    ("SMS", "price: [1]", "sms.price: must be the price of one segment"),
    ("SMS", "price: {SE: dear}", "sms.price.SE: must be the price of one segment"),
    ("SMS", "price: {XX: 1}", "sms.price.XX: “XX” is not a country code such as SE"),
    ("SMS", "currency: euro", "sms.currency: “euro” is not a currency such as EUR or SEK"),
    ("SMS", "limit: 5000", "sms.limit: “5000” is not a limit such as 5000 segments or 200 EUR"),
    ("SMS", "limit: 0 segments", "sms.limit: “0 segments” is not a limit"),
    ("SMS", "limit: 1.5 segments", "sms.limit: “1.5 segments” is not a limit"),
    ("SMS", "limit: 5000 sms", "sms.limit: “5000 sms” is not a limit"),
    ("SMS", "limit: []", "sms.limit: “[]” is not a limit"),
    ("SMS", "limit: [1 segment, 2 segments]", "sms.limit: names two limits of the same kind"),
    ("SMS", "price: 1, limit: [1 EUR, 2 SEK]", "sms.limit: names two limits of the same kind"),
    ("SMS", "limit: 200 EUR", "sms.limit: EUR cannot be counted without prices"),
    ("SMS", "price: 1, currency: SEK, limit: 200 EUR", "sms.limit: is in EUR, and prices are in SEK"),
    ("SMS", "[SE]", "sms: must be a mapping"),
]


@pytest.mark.parametrize(("place", "written", "sentence"), BROKEN, ids=[f"{place} {text}" for place, text, _ in BROKEN])
def test_a_fault_says_line_path_and_what_would_be_right(place: str, written: str, sentence: str) -> None:
    text = file(**{place: written}).replace("{[SE]}", "[SE]")
    found = [fault for fault in faults(text) if fault.sentence.startswith(sentence)]
    assert [(fault.line, fault.warning) for fault in found] == [(LINES[place], False)]


@pytest.mark.parametrize(
    ("pool", "sentence"),
    [
        ("[]", "queues.sales.from: name at least one number"),
        ('["+46701740605", "12"]', "queues.sales.from: “12” is not a telephone number"),
        (f'["{ONE}", "{THREE}"]', f"queues.sales.from: {THREE} is not among the numbers; known: {ONE}, {TWO}"),
        ("[12]", "queues.sales.from: must be a list of texts; a number needs quotes"),
        ('{a: "+46701740605"}', "queues.sales.from: must be text"),
    ],
)
def test_a_fault_of_a_pool_says_what_would_be_right(pool: str, sentence: str) -> None:
    found = faults(file().replace(f'["{ONE}", "{TWO}"]', pool))
    assert [fault.line for fault in found if fault.sentence.startswith(sentence)] == [6]


STRANGE = [
    ("SECOND", "provider: console, rate: 1", f"numbers.{TWO}.rate: does nothing: the console sends to nobody"),
    ("FIRST", "service: MG1", f"numbers.{ONE}.service: does not look like a messaging service"),
    ("CARE", "second_survey: drop", "queues.care.second_survey: does nothing: only surveys that are answered by SMS"),
    ("CARE", "fallback: [sms], second_survey: other", "queues.care.second_survey: there is no other number"),
    ("SMS", "countries: [FI]", "sms.countries: lacks SE, the centre's own: nobody there gets an SMS"),
    ("SMS", "price: 0.07", "sms.price: say in which currency: currency: EUR"),
    ("SMS", "currency: EUR", "sms.currency: does nothing without prices"),
    ("SMS", "countries: [SE], price: {SE: 1, FI: 1}, currency: EUR", "sms.price.FI: does nothing: no SMS goes there"),
    ("SMS", "price: {SE: 1}, limit: 9 EUR", "sms.limit: messages to other countries count nothing: give their price"),
    ("SMS", "countries: [SE, FI], price: {SE: 1}, limit: 9 EUR", "sms.limit: messages to FI count nothing"),
]


@pytest.mark.parametrize(
    ("place", "written", "sentence"), STRANGE, ids=[f"{place} {text}" for place, text, _ in STRANGE]
)
def test_what_is_strange_is_a_warning(place: str, written: str, sentence: str) -> None:
    found = [fault for fault in centre(**{place: written}).warnings if fault.sentence.startswith(sentence)]
    assert [(fault.line, fault.warning) for fault in found] == [(LINES[place], True)]


def test_a_number_of_another_provider_in_a_pool_is_a_warning() -> None:
    (warning,) = centre(FIRST="provider: twilio", SECOND="provider: smpp").warnings
    words = f"queues.sales.from: {TWO} belongs to smpp, {ONE} to twilio: customers are asked by both"
    assert (warning.line, warning.sentence) == (6, words)


def test_a_rate_of_a_number_that_nothing_goes_out_from_is_a_warning() -> None:
    text = file(SECOND="rate: 1").replace(f'["{ONE}", "{TWO}"]', f'["{ONE}"]')
    (warning,) = read_centre(text).warnings
    assert warning.sentence == f"numbers.{TWO}.rate: does nothing: no queue sends from this number"


def test_a_number_that_stands_twice_in_a_pool_counts_once_and_is_a_warning() -> None:
    read = read_centre(file().replace(f'"{TWO}"]', f'"{ONE}"]'))
    assert read.queues["sales"].numbers == (ONE,)
    assert [fault.sentence for fault in read.warnings] == [f"queues.sales.from: {ONE} stands here twice"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"FIRST": f"provider: twilio, service: {SERVICE}, rate: 0.1", "QUEUE": "second_survey: other"},
        {"SMS": "countries: [SE, FI], price: {SE: 1, FI: 2}, currency: SEK, limit: [9 SEK, 9 segments]"},
        {"SMS": "price: {SE: 1, else: 2}, currency: SEK, limit: 100 SEK"},
        {"CARE": "fallback: [sms], second_survey: drop"},
    ],
)
def test_what_is_in_order_is_not_warned_of(given: dict[str, str]) -> None:
    assert centre(**given).warnings == ()


def test_the_same_terms_are_read_from_a_document_that_is_kept() -> None:
    first = centre(SMS="countries: [SE, NO], price: {SE: 0.07}, currency: EUR", QUEUE="second_survey: drop")
    again = read_centre(first.document)
    assert (again.config, again.texting, again.queues) == (first.config, first.texting, first.queues)
