"""Where a person may be on the clock, from what is known of her."""

from __future__ import annotations

from datetime import UTC, datetime

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.fieldwork.deciding.zones import Places, clock, is_zone, places_of, usual_zone, zones_of_country


def of(phone: str | None, zone: str | None = None) -> Places:
    return places_of("SE", "Europe/Stockholm", phone=phone, zone=zone)


@pytest.mark.parametrize(
    ("phone", "zones", "country"),
    [
        ("+46701740605", ("Europe/Stockholm",), "SE"),
        ("+4684650011", ("Europe/Stockholm",), "SE"),
        ("+12125550123", ("America/New_York",), "US"),
        ("+13125550123", ("America/Chicago",), "US"),
        ("+4790000000", ("Arctic/Longyearbyen", "Europe/Oslo"), "NO"),
        ("+6421000000", ("Pacific/Auckland", "Pacific/Chatham"), "NZ"),
        ("+77010000000", zones_of_country("KZ"), "KZ"),  # the numbering plan gives all of Russia too
        ("+79000000000", zones_of_country("RU"), "RU"),  # the plan has Bucharest for Kaliningrad
        ("+213550000000", ("Africa/Algiers",), "DZ"),  # the plan has Paris
        ("+211977000000", ("Africa/Juba",), "SS"),  # the plan has Nairobi, an hour ahead since 2021
        ("+12425550123", ("America/Nassau",), "BS"),  # not a number of theirs, but of their country
        ("+298000000", ("Atlantic/Faroe",), "FO"),
        ("+38344000000", ("Europe/Belgrade",), "XK"),
        ("+262639123000", ("Indian/Reunion", "Indian/Mayotte"), "RE"),  # of which island, cannot be told
    ],
)
def test_a_number_tells_where_a_person_may_be(phone: str, zones: tuple[str, ...], country: str) -> None:
    assert of(phone) == Places(zones, country)


def test_a_toll_free_number_may_ring_anywhere_its_calling_code_reaches() -> None:
    assert {"America/New_York", "Pacific/Honolulu", "Pacific/Guam", "America/St_Johns"} <= set(of("+18005550123").zones)


@pytest.mark.parametrize("phone", [None, "", "2051", "46701740605", "+", "+4", "+80000000000", "+999123", "+1", "+7x"])
def test_what_is_no_number_of_a_country_leaves_the_centres_own_zone(phone: str | None) -> None:
    assert of(phone) == Places(("Europe/Stockholm",), "SE")


@pytest.mark.parametrize(
    ("phone", "zone", "country"),
    [
        ("+46701740605", "America/New_York", "US"),  # she has moved, and has the holidays of her neighbours
        (None, "Asia/Calcutta", "IN"),
        ("+12125550123", "US/Pacific", "US"),
        ("+12125550123", "Etc/GMT+5", "US"),
        (None, "UTC", "SE"),
    ],
)
def test_the_zone_she_has_given_goes_before_her_number(phone: str | None, zone: str, country: str) -> None:
    assert of(phone, zone) == Places((zone,), country)


def test_a_zone_there_is_not_says_nothing() -> None:
    assert of("+12125550123", "America/Gotham") == of("+12125550123")


@pytest.mark.parametrize("name", ["", "localtime", "Etc/Unknown", "../zones", "europe/stockholm", "zone.tab"])
def test_a_name_that_is_no_zone_has_no_clock(name: str) -> None:
    assert not is_zone(name)
    with pytest.raises(ValueError, match="not a time zone"):
        clock(name)


@pytest.mark.parametrize(
    ("zone", "moment", "hour"),
    [
        ("Europe/Stockholm", datetime(2026, 7, 1, tzinfo=UTC), 2),
        ("Asia/Almaty", datetime(2024, 3, 2, tzinfo=UTC), 5),
        ("America/Asuncion", datetime(2025, 7, 1, tzinfo=UTC), 21),
    ],
)
def test_a_clock_knows_the_latest_changes(zone: str, moment: datetime, hour: int) -> None:
    assert moment.astimezone(clock(zone)).hour == hour


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("SE", "Europe/Stockholm"),
        ("EE", "Europe/Tallinn"),
        ("US", "America/New_York"),
        ("CA", "America/Toronto"),
        ("AU", "Australia/Sydney"),
        ("RU", "Europe/Moscow"),
        ("UA", "Europe/Kyiv"),
        ("DE", "Europe/Berlin"),
        ("XK", "Europe/Belgrade"),
    ],
)
def test_a_centre_is_where_most_of_its_country_is(country: str, zone: str) -> None:
    assert usual_zone(country) == zone


def test_every_country_with_telephones_has_its_zones() -> None:
    for country in phonenumbers.SUPPORTED_REGIONS:
        assert usual_zone(country) in zones_of_country(country)
        assert all(is_zone(zone) for zone in zones_of_country(country))


def test_what_is_no_country_has_no_zone() -> None:
    assert zones_of_country("001") == ()
    with pytest.raises(ValueError, match="not a country"):
        usual_zone("XX")


@given(st.from_regex(r"\+?[0-9]{0,16}", fullmatch=True))
def test_any_number_leaves_a_place_with_zones_and_a_country(phone: str) -> None:
    places = of(phone)
    assert places.zones and all(is_zone(zone) for zone in places.zones)
    assert zones_of_country(places.country)


def test_a_person_is_always_somewhere() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Places((), "SE")
