"""The periods of a periodic survey, and each person's share of the time it is spread over. Pure."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Final

from tonval.fieldwork.centre import Quiet
from tonval.fieldwork.deciding.hours import Window, next_window
from tonval.fieldwork.deciding.zones import Places, clock

MONTHS: Final = {"month": 1, "quarter": 3}
_NOTHING: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Period:
    """A day, month or quarter of a zone: ``label`` as ``2026-11-22``, ``2026-11`` or ``2026-Q4``.

    ``begins`` and ``ends`` are aware UTC, half open.
    """

    label: str
    begins: datetime
    ends: datetime


def period_of(every: str, moment: datetime, zone: str) -> Period:
    """The ``day``, ``month`` or ``quarter`` that ``moment`` (aware) falls in, by the zone's own calendar."""
    day = moment.astimezone(clock(zone)).date()
    if every == "day":
        return Period(day.isoformat(), _midnight(day, zone), _midnight(day + timedelta(days=1), zone))
    length = MONTHS[every]
    first = date(day.year, (day.month - 1) // length * length + 1, 1)
    label = f"{first.year}-Q{first.month // 3 + 1}" if every == "quarter" else f"{first:%Y-%m}"
    return Period(label, _midnight(first, zone), _midnight(_later(first, length), zone))


def following(every: str, period: Period, zone: str) -> Period:
    """The period after ``period``."""
    return period_of(every, period.ends, zone)


def share(key: str, quiet: Quiet, places: Places, begins: datetime, ends: datetime) -> datetime:
    """The moment in [``begins``, ``ends``) at which the one called ``key`` is asked.

    It is the same for the same key, and over many keys it is even over the allowed hours at ``places`` and falls in no
    other. When no hour in between is allowed, it is even over the first window after; without any, it is ``begins``.
    """
    windows, ends_of = _allowed(quiet, places, begins, ends)
    if not windows:
        return begins
    into = ends_of[-1] * _fraction(key)
    at = min(bisect_right(ends_of, into), len(windows) - 1)
    moment = windows[at].opens + (into - (ends_of[at - 1] if at else _NOTHING))
    return max(windows[at].opens, moment.replace(microsecond=0))


@lru_cache(maxsize=256)
def _allowed(
    quiet: Quiet, places: Places, begins: datetime, ends: datetime
) -> tuple[tuple[Window, ...], tuple[timedelta, ...]]:
    """The windows in between, in order, and how much allowed time there is up to the end of each."""
    windows = tuple(_between(quiet, places, begins, ends))
    if not windows:
        after = next_window(quiet, places, ends)
        windows = (after,) if after else ()
    return windows, tuple(accumulate(window.closes - window.opens for window in windows))


def _between(quiet: Quiet, places: Places, begins: datetime, ends: datetime) -> Iterator[Window]:
    moment = begins
    while moment < ends:
        window = next_window(quiet, places, moment)
        if window is None or window.opens >= ends:
            return
        yield Window(max(window.opens, begins), min(window.closes, ends))
        moment = window.closes


def _fraction(key: str) -> float:
    """A number in [0, 1) of 53 bits, as many as a float holds; not from the digest that sampling uses."""
    return int.from_bytes(hashlib.sha256(f"share {key}".encode()).digest()[:8]) // 2**11 / 2**53


def _later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def _midnight(day: date, zone: str) -> datetime:
    """The day's first instant: where its midnight is skipped by the clock, the one it skips to (PEP 495, fold 0)."""
    return datetime.combine(day, time(), clock(zone)).astimezone(UTC)
