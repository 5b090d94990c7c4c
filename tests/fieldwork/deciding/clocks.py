"""Quiet hours said in the plainest way, to hold the quick way against, and every change of a clock there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import available_timezones

import holidays

from tonval.fieldwork.centre import HOLIDAYS, WEEKDAYS, Quiet
from tonval.fieldwork.deciding.zones import Places, clock, is_zone

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
MINUTE, HOUR, FEW_DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=5)
ZONES = tuple(sorted(filter(is_zone, available_timezones())))
"""Every zone but the machine's own, which some systems list as ``localtime``."""


def is_allowed(quiet: Quiet, places: Places, moment: datetime) -> bool:
    """The rule itself: what a watch on every wall and the country's calendar say at ``moment``."""
    return not any(_is_quiet(quiet, places.country, moment.astimezone(clock(zone))) for zone in places.zones)


def _is_quiet(quiet: Quiet, country: str, local: datetime) -> bool:
    if WEEKDAYS[local.isoweekday() - 1] in quiet.days or (
        HOLIDAYS in quiet.days and local.date() in _calendar(country)
    ):
        return True
    at, begins, ends = local.time(), quiet.begins, quiet.ends
    return begins <= at < ends if begins <= ends else at >= begins or at < ends


@cache
def _calendar(country: str) -> holidays.HolidayBase | dict[object, str]:
    try:
        return holidays.country_holidays(country, years=range(2023, 2038))
    except NotImplementedError:
        return {}


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """Every change of the zone's offset from 2024 to 2035: its first instant."""
    return tuple(_changes(zone))


def _changes(zone: str) -> Iterator[datetime]:
    """No clock has been changed and changed back within a few days."""
    at = FIRST
    while at < LAST:
        if _offset(zone, at) != _offset(zone, at + FEW_DAYS):
            hour = _last_before(zone, at, HOUR)
            yield _last_before(zone, hour, MINUTE) + MINUTE
        at += FEW_DAYS


def _last_before(zone: str, at: datetime, step: timedelta) -> datetime:
    while _offset(zone, at) == _offset(zone, at + step):
        at += step
    return at


def _offset(zone: str, at: datetime) -> timedelta | None:
    return at.astimezone(clock(zone)).utcoffset()
