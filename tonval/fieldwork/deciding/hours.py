"""Quiet hours: when a person may be reached, wherever she may be, to the second through every change of the clock."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, reduce
from typing import Final

from tonval.fieldwork.centre import HOLIDAYS, WEEKDAYS, Quiet
from tonval.fieldwork.deciding.zones import Places, clock

HORIZON: Final = timedelta(days=60)
"""How far ahead a window is looked for."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_BLOCK: Final = 28 * _DAY
_BEFORE: Final = 8 * _DAY  # longer than a week, so that a window that is open at the block's first instant is whole
_AFTER: Final = HORIZON + _DAY
_PROBE: Final = timedelta(hours=12)  # no zone has changed its clock twice within one
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Allowed time, aware UTC: from ``opens`` until just before ``closes``."""

    opens: datetime
    closes: datetime


ALWAYS: Final = Window(_EPOCH, datetime(9999, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The windows about a block of days, in order and apart, and their ends, to be searched."""

    windows: tuple[Window, ...]
    ends: tuple[datetime, ...]


def next_window(quiet: Quiet, places: Places, moment: datetime) -> Window | None:
    """The first window that contains ``moment`` (aware) or opens after it; ``None``: none opens within ``HORIZON``.

    Every instant of it is allowed in every zone of ``places``, and no instant between ``moment`` and it is. A window
    that goes on for more than a week may be cut where the search ends.
    """
    if not quiet:
        return ALWAYS
    calendar = _calendar(quiet, places, (moment - _EPOCH) // _BLOCK)
    at = bisect_right(calendar.ends, moment)
    if at == len(calendar.windows) or calendar.windows[at].opens - moment > HORIZON:
        return None
    return calendar.windows[at]


def is_open(quiet: Quiet, places: Places, moment: datetime) -> bool:
    """Whether a person who may be at ``places`` may be reached at ``moment`` (aware)."""
    window = next_window(quiet, places, moment)
    return window is not None and window.opens <= moment


@lru_cache(maxsize=1024)
def _calendar(quiet: Quiet, places: Places, block: int) -> _Calendar:
    """What is open in every zone. It depends on no clock of ours: a clock that is set back finds the same windows."""
    windows = reduce(_both, (_open(quiet, zone, places.country, block) for zone in places.zones))
    return _Calendar(windows, tuple(window.closes for window in windows))


def _both(one: tuple[Window, ...], other: tuple[Window, ...]) -> tuple[Window, ...]:
    """What is in both, each in order and apart."""
    common = []
    i = j = 0
    while i < len(one) and j < len(other):
        opens, closes = max(one[i].opens, other[j].opens), min(one[i].closes, other[j].closes)
        if opens < closes:
            common.append(Window(opens, closes))
        if one[i].closes == closes:
            i += 1
        else:
            j += 1
    return tuple(common)


@lru_cache(maxsize=2048)
def _open(quiet: Quiet, zone: str, country: str, block: int) -> tuple[Window, ...]:
    """The zone's windows about the block, in order."""
    return joined(_parts(quiet, zone, country, block))


def joined(parts: Iterable[Window]) -> tuple[Window, ...]:
    """The windows of ``parts``, which are in order and apart; those that touch are one."""
    windows: list[Window] = []
    for part in parts:
        if windows and windows[-1].closes == part.opens:
            windows[-1] = Window(windows[-1].opens, part.closes)
        else:
            windows.append(part)
    return tuple(windows)


def _parts(quiet: Quiet, zone: str, country: str, block: int) -> Iterator[Window]:
    """The open parts of each local day, cut where the clock changes: on either side the day is at another offset."""
    hours = _open_hours(quiet)
    for start, until, offset in _steady(zone, block):
        for day in _days((start + offset).date(), (until + offset).date()):
            if _is_quiet(quiet, day, country):
                continue
            midnight = datetime.combine(day, time(), UTC) - offset
            for begins, ends in hours:
                opens, closes = max(start, midnight + begins), min(until, midnight + ends)
                if opens < closes:
                    yield Window(opens, closes)


def _open_hours(quiet: Quiet) -> tuple[tuple[timedelta, timedelta], ...]:
    """The hours of a day that is not quiet, since its midnight."""
    begins, ends = _since_midnight(quiet.begins), _since_midnight(quiet.ends)
    if begins > ends:
        return ((ends, begins),)
    return ((timedelta(0), begins), (ends, _DAY))


def _since_midnight(at: time) -> timedelta:
    return datetime.combine(_EPOCH, at, UTC) - _EPOCH


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days) for days in range((last - first).days + 1))


def _is_quiet(quiet: Quiet, day: date, country: str) -> bool:
    if WEEKDAYS[day.weekday()] in quiet.days:
        return True
    return HOLIDAYS in quiet.days and is_holiday(day, country)


def is_holiday(day: date, country: str) -> bool:
    """Whether the day is a public holiday of the whole country (ISO 3166)."""
    return day in _holidays(country, day.year)


@lru_cache(maxsize=1024)
def _holidays(country: str, year: int) -> frozenset[date]:
    """The whole country's public holidays; none where the calendar of them is not known."""
    import holidays  # it takes a third of a second, which few commands need

    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def steady(zone: str, moment: datetime) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The times about ``moment`` (aware), ``HORIZON`` ahead, in which the offset from UTC stays: start, end, offset."""
    return _steady(zone, (moment - _EPOCH) // _BLOCK)


@lru_cache(maxsize=2048)
def _steady(zone: str, block: int) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The times about the block in which the zone's offset from UTC stays the same: start, end, offset."""
    start, end = _EPOCH + block * _BLOCK - _BEFORE, _EPOCH + (block + 1) * _BLOCK + _AFTER
    probe, offset, found = start, _offset(zone, start), []
    while (probe := probe + _PROBE) < end:
        if (new := _offset(zone, probe)) != offset:
            change = _change(zone, probe - _PROBE, probe)
            found.append((start, change, offset))
            start, offset = change, new
    return (*found, (start, end, offset))


def _change(zone: str, before: datetime, after: datetime) -> datetime:
    """The first second of the offset that is in force at ``after``."""
    new = _offset(zone, after)
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        before, after = (before, middle) if _offset(zone, middle) == new else (middle, after)
    return after


def _offset(zone: str, moment: datetime) -> timedelta:
    offset = moment.astimezone(clock(zone)).utcoffset()
    assert offset is not None
    return offset
