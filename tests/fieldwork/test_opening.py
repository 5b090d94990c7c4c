"""Opening hours for call-backs: how they are read, and the slots they make through every change of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fieldwork.deciding.clocks import FIRST, ZONES, changes
from tonval.fieldwork.calling_back.opening import Slot, read_open_hours, slots
from tonval.fieldwork.centre import HOLIDAYS, WEEKDAYS, OpenHours
from tonval.fieldwork.deciding.hours import is_holiday
from tonval.fieldwork.deciding.zones import clock
from tonval.surveys.document import Part, read_document

H = timedelta(hours=1)
MINUTES = st.integers(0, 24 * 4).map(lambda quarters: quarters * timedelta(minutes=15))
STOCKHOLM = "Europe/Stockholm"
NEVER = Slot(datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC))


@st.composite
def a_day(draw: st.DrawFn) -> tuple[tuple[timedelta, timedelta], ...]:
    """Up to two parts of a day, apart."""
    edges = sorted(set(draw(st.lists(MINUTES, min_size=0, max_size=4))))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


OPEN = st.builds(
    OpenHours,
    hours=st.dictionaries(st.sampled_from((*WEEKDAYS, HOLIDAYS)), a_day(), min_size=4),
    slot=st.sampled_from([timedelta(minutes=5), timedelta(minutes=30), H, 1.5 * H, 5 * H]),
    days=st.integers(0, 8),
    notice=st.sampled_from([0 * H, timedelta(minutes=1), 2 * H, 30 * H]),
)


@st.composite
def about_a_change(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone and a moment within days of a change of its clock, where it has any."""
    zone = draw(st.sampled_from(ZONES))
    moment = draw(st.sampled_from(changes(zone) or (FIRST,)))
    return zone, moment - draw(st.integers(-600, 9000)) * timedelta(minutes=1)


def is_open(opening: OpenHours, zone: str, country: str, moment: datetime) -> bool:
    """The rule itself: what the clock on the wall and the calendar say at ``moment``."""
    local = moment.astimezone(clock(zone))
    day = HOLIDAYS if is_holiday(local.date(), country) else WEEKDAYS[local.weekday()]
    at = datetime.combine(date.min, local.time()) - datetime.combine(date.min, time())
    return any(begins <= at < ends for begins, ends in opening.hours.get(day, ()))


@settings(deadline=None)  # the first one reads calendars and clocks
@given(OPEN, about_a_change(), st.sampled_from(["SE", "US", "NO"]))
def test_every_slot_is_open_throughout_and_as_long_as_it_should_be(
    opening: OpenHours, where: tuple[str, datetime], country: str
) -> None:
    zone, now = where
    for slot in slots(opening, zone, country, now):
        assert slot.closes - slot.opens == opening.slot
        steps = (slot.opens + n * timedelta(minutes=5) for n in range(opening.slot // timedelta(minutes=5)))
        assert all(is_open(opening, zone, country, moment) for moment in steps)
        assert is_open(opening, zone, country, slot.closes - timedelta(seconds=1))


@settings(deadline=None)  # the first one reads calendars and clocks
@given(OPEN, about_a_change())
def test_slots_are_in_order_and_apart_after_the_notice_and_within_the_days(
    opening: OpenHours, where: tuple[str, datetime]
) -> None:
    zone, now = where
    found = slots(opening, zone, "SE", now)
    today = now.astimezone(clock(zone)).date()
    assert all(one.closes <= other.opens for one, other in pairwise(found))
    assert all(slot.opens >= now + opening.notice for slot in found)
    assert all((slot.opens.astimezone(clock(zone)).date() - today).days <= opening.days for slot in found)


@settings(deadline=None)  # the first one reads calendars and clocks
@given(OPEN, about_a_change(), st.integers(1, 2000))
def test_a_slot_is_the_same_whenever_one_looks(opening: OpenHours, where: tuple[str, datetime], minutes: int) -> None:
    zone, now = where
    later = now + timedelta(minutes=minutes)
    before, after = slots(opening, zone, "SE", now), slots(opening, zone, "SE", later)
    last = max(before, default=NEVER).opens
    kept = {slot for slot in before if slot.opens >= later + opening.notice}
    assert kept == {slot for slot in after if slot.opens <= last}


@settings(deadline=None)  # the first one reads calendars and clocks
@given(OPEN, about_a_change())
@example(
    OpenHours(dict.fromkeys(WEEKDAYS, ((2 * H, 4 * H),)), days=1), (STOCKHOLM, datetime(2026, 3, 28, 12, tzinfo=UTC))
)
def test_no_open_time_that_a_slot_fits_in_is_left_out(opening: OpenHours, where: tuple[str, datetime]) -> None:
    """Between two slots, and about them, less than a slot is open at a stretch."""
    zone, now = where
    step, begins = timedelta(minutes=5), now + opening.notice + opening.slot
    covered = [(slot.opens, slot.closes) for slot in slots(opening, zone, "SE", now)]
    run, at = timedelta(0), datetime.fromtimestamp(begins.timestamp() // 300 * 300 + 300, UTC)
    until = now + timedelta(days=max(0, opening.days - 1))
    while at < until:
        inside = any(opens <= at < closes for opens, closes in covered)
        is_edge = any(
            at.astimezone(clock(zone)).time() == (datetime.combine(date.min, time()) + edge).time()
            for parts in opening.hours.values()
            for part in parts
            for edge in part
        )
        run = timedelta(0) if inside or is_edge or not is_open(opening, zone, "SE", at) else run + step
        assert run < opening.slot + step
        at += step


LONG = OpenHours(dict.fromkeys(WEEKDAYS, ((0 * H, 5 * H),)), slot=H, days=0, notice=0 * H)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param((2026, 3, 29), [23, 0, 1, 2], id="an hour is left out in spring"),
        pytest.param((2026, 10, 25), [22, 23, 0, 1, 2, 3], id="an hour comes twice in autumn"),
        pytest.param((2026, 7, 5), [22, 23, 0, 1, 2], id="an ordinary day"),
    ],
)
def test_a_night_has_as_many_slots_as_hours(day: tuple[int, int, int], hours: list[int]) -> None:
    midnight = datetime(*day, tzinfo=clock(STOCKHOLM)).astimezone(UTC)
    assert [slot.opens.hour for slot in slots(LONG, STOCKHOLM, "SE", midnight)] == hours


def test_a_public_holiday_is_closed_unless_it_has_hours_of_its_own() -> None:
    eve = datetime(2026, 12, 24, 12, tzinfo=UTC)  # the 25th, a Friday, is a holiday in Sweden
    week = dict.fromkeys(WEEKDAYS, ((9 * H, 11 * H),))
    closed = slots(OpenHours(week, days=1), STOCKHOLM, "SE", eve)
    opened = slots(OpenHours({**week, HOLIDAYS: ((12 * H, 13 * H),)}, days=1), STOCKHOLM, "SE", eve)
    assert closed == ()
    assert [slot.opens for slot in opened] == [datetime(2026, 12, 25, 11, tzinfo=UTC)]


def read(text: str, base: OpenHours | None = None) -> tuple[OpenHours | None, list[str]]:
    """What is read, and the faults."""
    root: Part = read_document(text)
    return read_open_hours(root, base), [fault.sentence for fault in root.faults]


def test_hours_are_read_by_days_and_in_parts() -> None:
    opening, faults = read('call_back: {hours: {friday-sunday: ["13:00-24:00", "8:30-12:00"], tuesday: "09:00-10:00"}}')
    assert faults == []
    assert opening is not None
    weekend = ((8.5 * H, 12 * H), (13 * H, 24 * H))
    nine = ((9 * H, 10 * H),)
    assert dict(opening.hours) == {"friday": weekend, "saturday": weekend, "sunday": weekend, "tuesday": nine}
    assert (opening.slot, opening.days, opening.notice, opening.places) == (H, 5, 2 * H, 1)


def test_days_may_go_over_the_end_of_the_week() -> None:
    opening, _ = read('call_back: {hours: {saturday-monday: "09:00-10:00"}}')
    assert opening is not None
    assert set(opening.hours) == {"saturday", "sunday", "monday"}


def test_a_queue_keeps_what_it_does_not_name_and_may_lift_it_all() -> None:
    base = OpenHours({"monday": ((9 * H, 12 * H),)}, days=9)
    assert read("call_back: {places: 4}", base) == (OpenHours(base.hours, days=9, places=4), [])
    assert read("survey: x", base) == (base, [])
    assert read("call_back: off", base) == (None, [])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{slot: 1h}", "say when customers can be called back"),
        ("{hours: {monday: off}}", "say when customers can be called back"),
        ('{hours: {mon-fri: "09:00-17:00"}}', "neither a weekday"),
        ('{hours: {monday-: "09:00-17:00"}}', "neither a weekday"),
        ('{hours: {monday-holidays: "09:00-17:00"}}', "neither a weekday"),
        ('{hours: {monday-friday: "09:00-17:00", friday: "09:00-12:00"}}', "friday has its hours already"),
        ("{hours: {monday: 9-17}}", "must be two times of day in quotes"),
        ("{hours: {monday: 900}}", "must be a list of texts"),
        ('{hours: {monday: "17:00-09:00"}}', "ends before it begins"),
        ('{hours: {monday: "09:00-09:00"}}', "ends before it begins"),
        ('{hours: {monday: ["09:00-12:00", "11:00-15:00"]}}', "has parts that overlap"),
        ('{hours: {monday: "09:00-17:00"}, slot: 1m}', "is shorter than 5m"),
        ('{hours: {monday: ["09:00-12:00", "13:00-13:30"]}}', "is longer than the shortest of the hours"),
        ('{hours: {monday: "09:00-17:00"}, days: 61}', "whole number from 0 to 60"),
        ('{hours: {monday: "09:00-17:00"}, days: 1, notice: 2d}', "is longer than the days ahead"),
        ('{hours: {monday: "09:00-17:00"}, places: 0}', "whole number from 1"),
        ('{hours: {monday: "09:00-17:00"}, seats: 2}', "nothing is called “seats”"),
        ("9-17", "must be a mapping"),
    ],
)
def test_what_cannot_be_meant_is_a_fault(text: str, fault: str) -> None:
    _, faults = read(f"call_back: {text}")
    assert any(fault in sentence for sentence in faults), faults
