"""Where SMS may go and what they cost."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from tonval.fieldwork.centre import Texting
from tonval.fieldwork.messaging.texting import cost, country_of, refused

ANYWHERE = Texting()
NORDIC = Texting(countries=frozenset({"SE", "NO", "FI"}))


@pytest.mark.parametrize(
    "number",
    [
        *(f"+467017406{last:02d}" for last in range(5, 100)),
        *(f"+1{area}555{line}" for area in (201, 312, 907) for line in ("0100", "0123", "0199")),
        "+46701740605",
        "+447700900123",
        "+4917612345678",
        "+18765550123",
    ],
)
def test_a_mobile_number_is_refused_nowhere(number: str) -> None:
    assert refused(ANYWHERE, number) is None


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("+46900123456", "a premium-rate number"),
        ("+46939123456", "a premium-rate number"),
        ("+19005550123", "a premium-rate number"),
        ("+46771234567", "a shared-cost number"),
        ("+491801234567", "a shared-cost number"),
        ("+443331234567", "a company's service number"),
        ("+447012345678", "a forwarding number"),
        ("+46746123456", "a pager"),
        ("+447600123456", "a pager"),
        ("+881612345678", "one of a satellite or international network"),
        ("+8811234567890", "one of a satellite or international network"),
        ("+882161234567", "one of a satellite or international network"),
        ("+883510001234567", "one of a satellite or international network"),
        ("+870773123456", "one of a satellite or international network"),
        ("+870773", "one of a satellite or international network"),
        ("+979123456789", "one of a satellite or international network"),
        ("+80012345678", "one of a satellite or international network"),
        ("72345", "a short or alphanumeric number"),
        ("NORDLYS", "a short or alphanumeric number"),
        ("", "a short or alphanumeric number"),
    ],
)
def test_a_number_that_pays_somebody_is_refused_wherever_sms_may_go(number: str, kind: str) -> None:
    for texting in (ANYWHERE, NORDIC, Texting(countries=frozenset({"US", "GB"}))):
        refusal = refused(texting, number)
        assert refusal is not None
        assert (refusal.rule, refusal.facts) == ("premium_number", {"kind": kind})


@pytest.mark.parametrize(
    ("number", "country", "allowed"),
    [
        ("+46701740606", "SE", True),
        ("+4740612345", "NO", True),
        ("+4779123456", "NO", True),  # Svalbard
        ("+3584573123456", "FI", True),  # Åland
        ("+4520123456", "DK", False),
        ("+12015550123", "US", False),
        ("+18765550123", "JM", False),
    ],
)
def test_where_the_file_names_countries_sms_go_to_no_other(number: str, country: str, allowed: bool) -> None:
    refusal = refused(NORDIC, number)
    assert (country_of(number), refusal is None) == (country, allowed)
    if refusal is not None:
        assert (refusal.rule, refusal.facts) == ("country_off", {"country": country, "countries": "FI, NO, SE"})
        assert refusal.detail == f"no SMS goes to numbers of {country}, only to those of FI, NO, SE"


def test_the_caribbean_is_not_the_united_states() -> None:
    texting = Texting(countries=frozenset({"US"}))
    assert refused(texting, "+12015550123") is None
    assert refused(texting, "+18765550123") is not None


@pytest.mark.parametrize(
    ("number", "segments", "amount"),
    [("+46701740606", 1, 700), ("+46701740606", 3, 2100), ("+4740612345", 2, 2000), ("+3584573123456", 1, 555)],
)
def test_a_message_costs_its_segments_at_the_price_of_its_country(number: str, segments: int, amount: int) -> None:
    prices = MappingProxyType({"SE": 700, "FI": 555, "": 1000})
    assert cost(Texting(prices=prices, currency="EUR"), number, segments) == amount


def test_without_a_price_a_message_has_no_cost() -> None:
    assert cost(Texting(prices=MappingProxyType({"SE": 700})), "+4740612345", 2) is None
    assert cost(ANYWHERE, "+46701740606", 1) is None
