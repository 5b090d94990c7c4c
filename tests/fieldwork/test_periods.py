"""Periods by every calendar and clock, and shares of a spread that are even over the allowed hours."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonval.fieldwork.centre import Quiet
from tonval.fieldwork.deciding.hours import is_open, next_window
from tonval.fieldwork.deciding.zones import Places
from tonval.fieldwork.periodic.periods import Period, following, period_of, share

STOCKHOLM = "Europe/Stockholm"
ZONES = (STOCKHOLM, "America/New_York", "America/Santiago", "America/Havana", "Pacific/Apia", "Asia/Kathmandu", "UTC")
NIGHTS = Quiet(time(21), time(8), frozenset({"saturday", "sunday"}))
AT_HOME = Places((STOCKHOLM,), "SE")
FAR_APART = Places(("America/New_York", "America/Los_Angeles"), "US")


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


CASES = [
    # every, moment, zone, label, begins, ends
    ("day", utc(2026, 11, 21, 23, 0), STOCKHOLM, "2026-11-22", utc(2026, 11, 21, 23), utc(2026, 11, 22, 23)),
    ("day", utc(2026, 11, 21, 22, 59), STOCKHOLM, "2026-11-21", utc(2026, 11, 20, 23), utc(2026, 11, 21, 23)),
    ("day", utc(2026, 3, 29, 12), STOCKHOLM, "2026-03-29", utc(2026, 3, 28, 23), utc(2026, 3, 29, 22)),  # 23 hours
    ("day", utc(2026, 10, 25, 12), STOCKHOLM, "2026-10-25", utc(2026, 10, 24, 22), utc(2026, 10, 25, 23)),  # 25 hours
    ("day", utc(2026, 9, 6, 12), "America/Santiago", "2026-09-06", utc(2026, 9, 6, 4), utc(2026, 9, 7, 3)),  # no 0:00
    (
        "day",
        utc(2020, 11, 1, 4, 30),
        "America/Havana",
        "2020-11-01",
        utc(2020, 11, 1, 4),
        utc(2020, 11, 2, 5),
    ),  # 0:00 twice
    ("month", utc(2026, 3, 31, 22), STOCKHOLM, "2026-04", utc(2026, 3, 31, 22), utc(2026, 4, 30, 22)),
    ("month", utc(2026, 10, 15), STOCKHOLM, "2026-10", utc(2026, 9, 30, 22), utc(2026, 10, 31, 23)),
    ("month", utc(2026, 12, 31, 22, 59), STOCKHOLM, "2026-12", utc(2026, 11, 30, 23), utc(2026, 12, 31, 23)),
    ("month", utc(2026, 12, 31, 23), STOCKHOLM, "2027-01", utc(2026, 12, 31, 23), utc(2027, 1, 31, 23)),
    ("quarter", utc(2026, 11, 22), STOCKHOLM, "2026-Q4", utc(2026, 9, 30, 22), utc(2026, 12, 31, 23)),
    ("quarter", utc(2026, 1, 1), "UTC", "2026-Q1", utc(2026, 1, 1), utc(2026, 4, 1)),
    ("quarter", utc(2026, 9, 30, 23), STOCKHOLM, "2026-Q4", utc(2026, 9, 30, 22), utc(2026, 12, 31, 23)),
    ("quarter", utc(2026, 9, 30, 23), "America/New_York", "2026-Q3", utc(2026, 7, 1, 4), utc(2026, 10, 1, 4)),
]

moments = st.datetimes(datetime(2005, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
often = st.sampled_from(["day", "month", "quarter"])


@pytest.mark.parametrize(("every", "moment", "zone", "label", "begins", "ends"), CASES)
def test_a_period_is_of_the_zones_own_calendar(
    every: str, moment: datetime, zone: str, label: str, begins: datetime, ends: datetime
) -> None:
    assert period_of(every, moment, zone) == Period(label, begins, ends)


@given(often, moments, st.sampled_from(ZONES))
def test_periods_follow_each_other_without_gap_or_overlap(every: str, moment: datetime, zone: str) -> None:
    period = period_of(every, moment, zone)
    assert period.begins <= moment < period.ends
    assert period_of(every, period.begins, zone) == period
    assert period_of(every, period.ends - timedelta(seconds=1), zone) == period
    after = following(every, period, zone)
    assert after.begins == period.ends
    assert after.label > period.label


@settings(max_examples=60)
@given(moments, st.integers(1, 40), st.sampled_from([AT_HOME, FAR_APART]), st.text(max_size=40))
def test_a_share_is_within_the_spread_and_the_allowed_hours(
    begins: datetime, days: int, places: Places, key: str
) -> None:
    ends = begins + timedelta(days=days)
    at = share(key, NIGHTS, places, begins, ends)
    assert is_open(NIGHTS, places, at)
    assert share(key, NIGHTS, places, begins, ends) == at
    first = next_window(NIGHTS, places, begins)
    assert first is not None
    if first.opens < ends:
        assert begins <= at < ends
    else:
        assert first.opens <= at < first.closes


def test_the_shares_are_even_over_the_allowed_hours_and_do_not_crowd_where_they_open() -> None:
    begins = utc(2026, 10, 19, 12, 34)
    moments = [share(f"p/2026-10/con_{n}", NIGHTS, AT_HOME, begins, begins + timedelta(days=9)) for n in range(20_000)]
    hours = Counter(
        (each + timedelta(hours=2 if each < utc(2026, 10, 25, 1) else 1)).strftime("%d %H") for each in moments
    )
    whole = {hour: n for hour, n in hours.items() if hour not in ("19 14", "28 13")}  # the ends are parts of hours
    assert len(whole) == 6 + 4 * 13 + 2 * 13 + 5  # Monday from 15, Tuesday to Friday, two days, Wednesday until 13
    mean = 20_000 / 90
    assert all(abs(n - mean) < 5 * mean**0.5 for n in whole.values()), whole


def test_without_quiet_hours_the_shares_are_even_over_the_clock() -> None:
    begins = utc(2026, 11, 1)
    moments = [share(f"p/2026-11/con_{n}", Quiet(), AT_HOME, begins, begins + timedelta(days=1)) for n in range(24_000)]
    hours = Counter(each.hour for each in moments)
    assert len(hours) == 24
    assert all(abs(n - 1000) < 160 for n in hours.values())
    assert max(moments) < begins + timedelta(days=1)


def test_a_spread_without_an_allowed_hour_takes_the_first_window_after_it() -> None:
    saturday = utc(2026, 11, 21, 6)
    moments = [share(f"key {n}", NIGHTS, AT_HOME, saturday, saturday + timedelta(days=1)) for n in range(500)]
    assert all(utc(2026, 11, 23, 7) <= each < utc(2026, 11, 23, 20) for each in moments)
    assert len({each.hour for each in moments}) == 13


def test_the_next_period_draws_another_order() -> None:
    begins, ends = utc(2026, 11, 1), utc(2026, 11, 11)
    shares = {share(f"p/2026-{month}/con_1", Quiet(), AT_HOME, begins, ends) for month in range(1, 13)}
    assert len(shares) == 12
