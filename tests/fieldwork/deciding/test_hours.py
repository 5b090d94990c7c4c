"""Quiet hours: nobody is reached in them, and no hour outside them is lost."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fieldwork.deciding.clocks import FIRST, HOUR, LAST, MINUTE, ZONES, changes, is_allowed
from tonval.fieldwork.centre import HOLIDAYS, WEEKDAYS, Quiet
from tonval.fieldwork.deciding.hours import ALWAYS, HORIZON, Window, is_open, next_window
from tonval.fieldwork.deciding.zones import Places, clock, places_of

INSTANT, DAY = timedelta(microseconds=1), timedelta(days=1)
NIGHT = Quiet(time(21), time(8))
CALM = Quiet(time(21), time(8), frozenset({"sunday", HOLIDAYS}))
EARLY, LATE = Quiet(time(4), time(1)), Quiet(time(2, 30), time(8))
MINUTELY, SMALL = Quiet(time(12, 1), time(12)), Quiet(time(1), time(6))
SUNDAY, FRIDAY = Quiet(days=frozenset({"sunday"})), Quiet(days=frozenset({"friday"}))
SWEDEN = Places(("Europe/Stockholm",), "SE")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("why", "quiet", "zone", "moment", "opens", "closes"),
    [
        ("summer comes", NIGHT, "Europe/Stockholm", "2026-03-28 21:00", "03-29 06:00", "03-29 19:00"),
        ("winter comes", NIGHT, "Europe/Stockholm", "2026-10-24 20:00", "10-25 07:00", "10-25 20:00"),
        ("no third hour", EARLY, "Europe/Stockholm", "2026-03-28 12:00", "03-29 00:00", "03-29 02:00"),
        ("two third hours", EARLY, "Europe/Stockholm", "2026-10-24 12:00", "10-24 23:00", "10-25 03:00"),
        ("begins never", LATE, "Europe/Stockholm", "2026-03-29 00:59", "03-28 07:00", "03-29 01:00"),
        ("begins twice", LATE, "Europe/Stockholm", "2026-10-25 00:30", "10-25 01:00", "10-25 01:30"),
        (
            "over midnight",
            Quiet(time(1), time(6)),
            "Europe/Stockholm",
            "2026-06-01 12:00",
            "06-01 04:00",
            "06-01 23:00",
        ),
        ("one minute a day", MINUTELY, "Europe/Stockholm", "2026-06-01 10:01", "06-02 10:00", "06-02 10:01"),
        ("Sunday begins at one", SUNDAY, "Asia/Beirut", "2026-03-29 12:00", "03-29 21:00", "04-04 21:00"),
        ("no midnight", Quiet(time(0, 30), time(8)), "Africa/Cairo", "2026-04-23 12:00", "04-23 06:00", "04-23 22:00"),
        ("no midnight, a day", FRIDAY, "Africa/Cairo", "2026-04-23 22:00", "04-24 21:00", "04-30 21:00"),
        ("half an hour", NIGHT, "Australia/Lord_Howe", "2026-04-04 10:30", "04-04 21:30", "04-05 10:30"),
        ("two hours", NIGHT, "Antarctica/Troll", "2026-03-29 00:59", "03-29 06:00", "03-29 19:00"),
        ("three quarters", NIGHT, "Asia/Kathmandu", "2026-05-01 00:00", "05-01 02:15", "05-01 15:15"),
        ("the first to wake", NIGHT, "Pacific/Kiritimati", "2026-05-01 12:00", "05-01 18:00", "05-02 07:00"),
        ("the last to sleep", NIGHT, "Etc/GMT+12", "2026-05-01 12:00", "05-01 20:00", "05-02 09:00"),
        ("one Kazakhstan", NIGHT, "Asia/Almaty", "2024-02-29 15:00", "03-01 03:00", "03-01 16:00"),
        ("Nuuk's winter", NIGHT, "America/Nuuk", "2024-01-10 00:00", "01-10 10:00", "01-10 23:00"),
        ("Nuuk's summer", NIGHT, "America/Nuuk", "2024-07-01 00:00", "07-01 09:00", "07-01 22:00"),
        ("Paraguay stays", NIGHT, "America/Asuncion", "2025-06-10 00:00", "06-10 11:00", "06-11 00:00"),
        ("Samoa stays", NIGHT, "Pacific/Apia", "2026-05-01 08:00", "05-01 19:00", "05-02 08:00"),
        ("6 June, then Sunday", CALM, "Europe/Stockholm", "2026-06-05 20:00", "06-08 06:00", "06-08 19:00"),
        ("Midsummer Eve", CALM, "Europe/Stockholm", "2026-06-19 07:00", "06-19 06:00", "06-19 19:00"),
        ("Midsummer Day", CALM, "Europe/Stockholm", "2026-06-19 19:00", "06-22 06:00", "06-22 19:00"),
    ],
)
def test_the_window_is_what_the_clock_on_her_wall_says(
    why: str, quiet: Quiet, zone: str, moment: str, opens: str, closes: str
) -> None:
    window = Window(at(f"{moment[:5]}{opens}"), at(f"{moment[:5]}{closes}"))
    assert next_window(quiet, Places((zone,), "SE"), at(moment)) == window, why


@pytest.mark.parametrize(
    ("phone", "zone", "opens", "closes"),
    [
        ("+46701740605", None, "2026-06-09 06:00", "2026-06-09 19:00"),
        ("+12125550123", None, "2026-06-08 12:00", "2026-06-09 01:00"),
        ("+12125550123", "America/Los_Angeles", "2026-06-08 15:00", "2026-06-09 04:00"),
        ("+18005550123", None, "2026-06-08 22:00", "2026-06-08 23:30"),  # from Guam's morning to St John's evening
        ("+79000000000", None, "2026-06-09 06:00", "2026-06-09 09:00"),  # Kaliningrad's morning, Kamchatka's evening
        ("+12425550123", None, "2026-06-08 12:00", "2026-06-09 01:00"),  # of no known zone, in the Bahamas
        (None, None, "2026-06-09 06:00", "2026-06-09 19:00"),
    ],
)
def test_a_person_is_reached_when_it_is_day_wherever_she_may_be(
    phone: str | None, zone: str | None, opens: str, closes: str
) -> None:
    places = places_of("SE", "Europe/Stockholm", phone=phone, zone=zone)
    assert next_window(NIGHT, places, at("2026-06-08 19:30")) == Window(at(opens), at(closes))


def test_without_quiet_hours_it_is_always_open() -> None:
    assert next_window(Quiet(), SWEDEN, at("2026-06-08 02:00")) == ALWAYS
    assert is_open(Quiet(time(9), time(9)), SWEDEN, at("2026-06-08 02:00"))


def test_the_edges_are_half_open() -> None:
    opens, closes = at("2026-06-08 06:00"), at("2026-06-08 19:00")
    near = (opens - INSTANT, opens, closes - INSTANT, closes)
    assert [is_open(NIGHT, SWEDEN, moment) for moment in near] == [False, True, True, False]


def test_a_moment_may_be_told_in_any_zone_but_not_in_none() -> None:
    moment = at("2026-06-08 19:30")
    told = next_window(NIGHT, SWEDEN, moment.astimezone(clock("Asia/Tokyo")))
    assert told == next_window(NIGHT, SWEDEN, moment)
    with pytest.raises(TypeError):
        next_window(NIGHT, SWEDEN, moment.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("quiet", "zones"),
    [
        (Quiet(days=frozenset(WEEKDAYS)), ("Europe/Stockholm",)),
        (Quiet(time(18), time(9)), ("Europe/Stockholm", "Pacific/Kiritimati")),
        (Quiet(time(0), time(23, 59), frozenset(WEEKDAYS)), ("UTC",)),
    ],
)
def test_where_no_time_is_allowed_there_is_no_window(quiet: Quiet, zones: tuple[str, ...]) -> None:
    assert next_window(quiet, Places(zones, "SE"), at("2026-06-08 12:00")) is None
    assert not is_open(quiet, Places(zones, "SE"), at("2026-06-08 12:00"))


def test_a_window_is_looked_for_sixty_days_ahead_and_no_further() -> None:
    """Noon in Stockholm is noon in Lagos again when summer time ends."""
    noon, places = Quiet(time(13), time(12)), Places(("Europe/Stockholm", "Africa/Lagos"), "SE")
    opens = at("2026-10-25 11:00")
    assert next_window(noon, places, opens - HORIZON) == Window(opens, opens + HOUR)
    assert next_window(noon, places, opens - HORIZON - INSTANT) is None


def test_a_holiday_is_a_date_and_lasts_while_it_is_that_date_anywhere_she_may_be() -> None:
    places = Places(("Pacific/Guam", "Pacific/Honolulu"), "US")
    quiet = Quiet(days=frozenset({HOLIDAYS}))
    assert is_open(quiet, places, at("2026-12-24 13:59"))
    found = next_window(quiet, places, at("2026-12-24 14:00"))
    assert found is not None and found.opens == at("2026-12-26 10:00")


def test_a_country_without_a_known_calendar_has_no_holidays() -> None:
    quiet = Quiet(days=frozenset({HOLIDAYS}))
    assert is_open(quiet, Places(("Europe/Stockholm",), "XX"), at("2026-12-25 12:00"))
    assert not is_open(quiet, SWEDEN, at("2026-12-25 12:00"))


QUIETS = st.builds(
    Quiet,
    begins=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    ends=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    days=st.frozensets(st.sampled_from((*WEEKDAYS, HOLIDAYS)), max_size=7),
)
PLACES = st.builds(
    Places,
    zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=3).map(tuple),
    country=st.sampled_from(("SE", "US", "EG", "XX")),
)


@given(QUIETS, PLACES, st.integers(0, (LAST - FIRST) // MINUTE), st.integers(-120, 120), st.randoms())
@settings(max_examples=40, deadline=None)
@example(Quiet(days=frozenset(WEEKDAYS)), SWEDEN, 0, 0, random.Random(1))
def test_the_window_is_the_first_allowed_time_and_all_of_it(
    quiet: Quiet, places: Places, minutes: int, step: int, chance: random.Random
) -> None:
    near = [change for zone in places.zones for change in changes(zone)]
    moment = chance.choice(near) if near and minutes % 2 else FIRST + minutes * MINUTE
    moment += step * MINUTE
    found = next_window(quiet, places, moment)
    opens = found.opens if found else moment + HORIZON
    assert not any(is_allowed(quiet, places, minute) for minute in minutes_of(moment, opens))
    if found:
        assert moment < found.closes
        few = 2 * DAY
        first, last = minutes_of(found.opens, min(found.closes, found.opens + few)), found.closes - INSTANT
        assert all(is_allowed(quiet, places, minute) for minute in first)
        assert all(is_allowed(quiet, places, minute) for minute in minutes_of(max(last - few, found.opens), last))
        assert is_allowed(quiet, places, last)
        assert found.closes - moment >= HORIZON or not is_allowed(quiet, places, found.closes)


def minutes_of(start: datetime, end: datetime) -> list[datetime]:
    return [start + n * MINUTE for n in range(-((start - end) // MINUTE))] if start < end else []


@pytest.mark.parametrize("half", [0, 1])
def test_nobody_is_reached_in_quiet_hours_about_any_change_of_any_clock(half: int) -> None:
    chance = random.Random(half)
    cases = 0
    for zone in ZONES[half::2]:
        for change in (*changes(zone), FIRST + chance.random() * (LAST - FIRST)):
            quiet, places = quiet_about(change, zone, chance), Places((zone,), chance.choice(("SE", "US")))
            for step in (-2 * HOUR, -INSTANT, timedelta(0), chance.uniform(-2, 2) * HOUR, 2 * HOUR):
                hold(quiet, places, change + step)
                cases += 1
    assert cases > 10_000


def quiet_about(change: datetime, zone: str, chance: random.Random) -> Quiet:
    """Hours that begin or end near the change by her clock, now and then with quiet days too."""
    near = change + chance.choice((0, 0, 1, -1, 30, -30, 59, 60, -60, 90)) * MINUTE
    edge = near.astimezone(clock(zone)).time().replace(second=0, microsecond=0)
    other = time(chance.randrange(24), chance.choice((0, 0, 15, 30, 59)))
    days = frozenset(chance.sample((*WEEKDAYS, HOLIDAYS), chance.choice((0, 0, 1, 2))))
    return Quiet(edge, other, days) if chance.random() < 0.5 else Quiet(other, edge, days)


def hold(quiet: Quiet, places: Places, moment: datetime) -> None:
    """What is said at ``moment`` is true then, and at the edges of the window that is given."""
    found = next_window(quiet, places, moment)
    assert is_open(quiet, places, moment) == is_allowed(quiet, places, moment)
    assert found is not None
    assert is_allowed(quiet, places, max(found.opens, moment)) and is_allowed(quiet, places, found.closes - INSTANT)
    assert found.closes - found.opens > 7 * DAY or not is_allowed(quiet, places, found.opens - INSTANT)


def test_a_clock_that_is_stepped_finds_the_same_windows() -> None:
    """Set back, set forward or asked in any order: what was answered before changes no answer."""
    hours = [at("2026-10-20 00:00") + n * HOUR for n in range(24 * 10)]
    first = [next_window(CALM, SWEDEN, hour) for hour in hours]
    assert [next_window(CALM, SWEDEN, hour) for hour in reversed(hours)] == first[::-1]
    assert all(earlier.opens <= later.opens for earlier, later in pairwise(filter(None, first)))


def test_many_threads_find_the_same_windows() -> None:
    quiet = Quiet(time(20, 59), time(8, 1), frozenset({"sunday", HOLIDAYS}))  # no other test has asked about these
    asked = [(Places((zone,), "SE"), FIRST + n * DAY) for n, zone in enumerate(ZONES[:100])] * 4
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda case: next_window(quiet, *case), asked))
    assert found == [next_window(quiet, *case) for case in asked]
