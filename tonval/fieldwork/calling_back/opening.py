"""When customers can be called back: reading a queue's opening hours, and the slots they make, to the second in UTC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from tonval.fieldwork.centre import HOLIDAYS, WEEKDAYS, OpenHours
from tonval.fieldwork.deciding.hours import HORIZON, Window, is_holiday, joined, steady
from tonval.fieldwork.deciding.zones import clock
from tonval.surveys.document import Part
from tonval.surveys.sentences import sentence

OPENING_KEYS: Final = ("hours", "slot", "days", "notice", "places")
"""What may stand under ``call_back``."""

SHORTEST: Final = timedelta(minutes=5)
_DAY: Final = timedelta(days=1)

Hours = tuple[tuple[timedelta, timedelta], ...]


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time in which a customer is called back, aware UTC: from ``opens`` until just before ``closes``."""

    opens: datetime
    closes: datetime


def slots(opening: OpenHours, zone: str, country: str, now: datetime) -> tuple[Slot, ...]:
    """Every slot a customer may choose at ``now`` (aware), in order, whether or not it has a free place.

    ``zone`` (IANA) and ``country`` (ISO 3166, for its public holidays) are the centre's. Each part of a day is divided
    from where it opens; what is left at its end is no slot. An instant is within a part when the clock on the wall
    says so: an hour that the clock goes through twice is open twice, and one that is left out is not open at all.
    """
    today, earliest = now.astimezone(clock(zone)).date(), now + opening.notice
    days = (today + timedelta(ahead) for ahead in range(opening.days + 1))
    found = (
        slot
        for day in days
        for part in _parts_of(opening, day, country)
        for window in _windows(day, part, zone, now)
        for slot in _divided(window, opening.slot)
        if slot.opens >= earliest
    )
    return tuple(sorted(found))


def _parts_of(opening: OpenHours, day: date, country: str) -> Hours:
    name = HOLIDAYS if is_holiday(day, country) else WEEKDAYS[day.weekday()]
    return opening.hours.get(name, ())


def _windows(day: date, part: tuple[timedelta, timedelta], zone: str, now: datetime) -> tuple[Window, ...]:
    """The times of a local day's part: one, unless the clock changes at its edge."""
    midnight = datetime.combine(day, time(), UTC)
    cut = (
        Window(max(start, midnight + part[0] - offset), min(until, midnight + part[1] - offset))
        for start, until, offset in steady(zone, now)
    )
    return joined(window for window in cut if window.opens < window.closes)


def _divided(window: Window, length: timedelta) -> Iterator[Slot]:
    steps = (window.closes - window.opens) // length
    return (Slot(window.opens + step * length, window.opens + (step + 1) * length) for step in range(steps))


def read_open_hours(terms: Part, base: OpenHours | None) -> OpenHours | None:
    """What stands under ``call_back``, each key left out as in ``base``; ``off``: nobody is called back."""
    if "call_back" not in terms.data:
        return base
    if terms.lifted("call_back"):
        return None
    part, usual = terms.part("call_back"), base or OpenHours(MappingProxyType({}))
    part.only(OPENING_KEYS)
    opening = OpenHours(
        hours=_read_hours(part, usual.hours),
        slot=part.duration("slot", usual.slot),
        days=part.number("days", usual.days, highest=HORIZON.days),
        notice=part.duration("notice", usual.notice),
        places=part.number("places", usual.places, lowest=1, highest=10_000),
    )
    _check(part, opening)
    return opening


def _read_hours(part: Part, base: Mapping[str, Hours]) -> Mapping[str, Hours]:
    if "hours" not in part.data:
        return base
    under, found = part.part("hours"), dict[str, Hours]()
    for key in under.data:
        days = _days_of(key)
        if not days:
            under.fault(
                sentence("is neither a weekday such as monday, nor several such as monday-friday, nor holidays"), key
            )
        for day in (day for day in days if day in found):
            under.fault(sentence("%(day)s has its hours already", day=day), key)
        found |= dict.fromkeys(days, _since_midnight(under, key))
    return MappingProxyType(found)


def _days_of(key: str) -> tuple[str, ...]:
    """``monday-friday`` as its days; none for what names no days."""
    first, _, last = key.partition("-")
    if key == HOLIDAYS:
        return (HOLIDAYS,)
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS or key.endswith("-"):
        return ()
    begins, week = WEEKDAYS.index(first), WEEKDAYS * 2
    return week[begins : week.index(last or first, begins) + 1]


def _since_midnight(hours: Part, key: str) -> Hours:
    spans = () if hours.lifted(key) else hours.spans(key)
    parts = tuple((_length(begins), _length(ends) or _DAY) for begins, ends in spans)
    if any(before[1] > after[0] for before, after in pairwise(parts)):
        hours.fault(sentence("has parts that overlap"), key)
    return parts


def _length(since_midnight: time) -> timedelta:
    return timedelta(hours=since_midnight.hour, minutes=since_midnight.minute)


def _check(part: Part, opening: OpenHours) -> None:
    """Note what leaves nothing to choose."""
    if not any(opening.hours.values()):
        part.fault(sentence('say when customers can be called back: hours: {monday-friday: "09:00-17:00"}'), "hours")
    if opening.slot < SHORTEST:
        part.fault(sentence("is shorter than 5m"), "slot")
    elif any(ends - begins < opening.slot for parts in opening.hours.values() for begins, ends in parts):
        part.fault(sentence("is longer than the shortest of the hours"), "slot")
    if opening.notice >= timedelta(opening.days + 1):
        part.fault(sentence("is longer than the days ahead that can be chosen"), "notice")
