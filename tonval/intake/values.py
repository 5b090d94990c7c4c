"""Cells as people and programs write them: times, lengths of time, yes and no. Pure.

Nothing is guessed row by row: what can be read in two ways is refused with a sentence that says what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tonval.surveys.sentences import sentence

DAY_FIRST: Final = "day-first"
MONTH_FIRST: Final = "month-first"
DATE_ORDERS: Final = (DAY_FIRST, MONTH_FIRST)
"""How dates like 03/04/2026 are read; a file of such dates needs one of the two."""

_CLOCK: Final = (
    r"(?:[T ]+(?:kl\.? ?)?(?P<h>\d{1,2})[:.](?P<mi>\d\d)"
    r"(?:[:.](?P<s>\d\d)(?:[.,]\d+)?)?(?: ?(?P<half>[ap]m))?)?"
)
_STYLES: Final = (
    re.compile(rf"(?P<y>\d{{4}})[-/.](?P<mo>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_CLOCK}", re.IGNORECASE),
    re.compile(rf"(?P<y>\d{{4}})(?P<mo>\d\d)(?P<d>\d\d){_CLOCK}", re.IGNORECASE),
    re.compile(rf"(?P<d>\d{{1,2}})\.\s?(?P<mo>\d{{1,2}})\.\s?(?P<y>\d{{4}}){_CLOCK}", re.IGNORECASE),
)
_EITHER: Final = re.compile(rf"(?P<a>\d{{1,2}})[/-](?P<b>\d{{1,2}})[/-](?P<y>\d{{4}}){_CLOCK}", re.IGNORECASE)
_ISO_WITH_ZONE: Final = re.compile(r".*:\d\d(?:[.,]\d+)? ?(?:Z|[+-]\d\d(?::?\d\d)?)", re.IGNORECASE)
_LENGTH: Final = re.compile(r"(?:(?P<h>\d{1,3}):)?(?P<m>\d{1,4}):(?P<s>\d\d)(?:[.,]\d+)?")
_SECONDS: Final = re.compile(r"(\d{1,9})(?:[.,](\d+))? ?(?:s|sec|sek|seconds|sekunder)?\.?", re.IGNORECASE)
_WORDS: Final = {
    **dict.fromkeys(("ja", "j", "yes", "y", "true", "sant", "1", "x", "sí", "si", "jah", "on"), True),
    **dict.fromkeys(("nej", "n", "no", "false", "falskt", "0", "-", "ei", "off"), False),
}


class Unreadable(ValueError):
    """The cell says nothing we can take; the message goes on after the column's name: “is no time we can read”."""


def read_moment(text: str, zone: ZoneInfo, order: str | None) -> str:
    """A date and time as ISO 8601 with its zone. Without a zone it is the local time of ``zone``.

    A local time that comes twice in the night clocks go back is the first of the two. Raises ``Unreadable``.
    """
    written = text.strip()
    if _ISO_WITH_ZONE.fullmatch(written):
        return _with_zone(written)
    local = _read_local(written, order)
    moment = local.replace(tzinfo=zone)
    if datetime.fromtimestamp(moment.timestamp(), zone).replace(tzinfo=None, fold=0) != local:
        raise Unreadable(sentence("does not exist in %(key)s: the clocks were put forward", key=zone.key))
    return moment.isoformat()


def _with_zone(written: str) -> str:
    try:
        return datetime.fromisoformat(written.replace(" ", "T", 1).replace(" ", "").upper()).isoformat()
    except ValueError:
        raise Unreadable(sentence("is no time we can read; write it like 2026-11-22 09:03")) from None


def _read_local(written: str, order: str | None) -> datetime:
    for style in _STYLES:
        if found := style.fullmatch(written):
            return _moment(found, int(found["mo"]), int(found["d"]))
    found = _EITHER.fullmatch(written)
    if not found:
        raise Unreadable(sentence("is no time we can read; write it like 2026-11-22 09:03"))
    if order is None:
        raise Unreadable(
            sentence("may be day first or month first; say which for the file, or write it like 2026-11-22")
        )
    first, second = int(found["a"]), int(found["b"])
    return _moment(found, *((second, first) if order == DAY_FIRST else (first, second)))


def _moment(found: re.Match[str], month: int, day: int) -> datetime:
    hour = int(found["h"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise Unreadable(sentence("is no time of day"))
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    try:
        return datetime(int(found["y"]), month, day, hour, int(found["mi"] or 0), int(found["s"] or 0))  # noqa: DTZ001
    except ValueError:
        raise Unreadable(sentence("is no date or time that exists")) from None


def date_order(samples: Iterable[str]) -> str | None:
    """Whether dates like 21/11/2026 put the day first: told by days over 12, ``None`` where nothing tells.

    Raises ``Unreadable`` when some say one and some the other.
    """
    pairs = [(int(found["a"]), int(found["b"])) for text in samples if (found := _EITHER.fullmatch(text.strip()))]
    day_first, month_first = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)
    if day_first and month_first:
        raise Unreadable(
            sentence("has dates with the day first and dates with the month first; write them like 2026-11-22")
        )
    return DAY_FIRST if day_first else MONTH_FIRST if month_first else None


def is_either(text: str) -> bool:
    """Whether a date may be read in two ways without being told: 03/04/2026."""
    return bool(_EITHER.fullmatch(text.strip()))


def read_length(text: str) -> float:
    """Seconds of ``184``, ``184,5``, ``3:04`` (minutes and seconds) or ``0:03:04``. Raises ``Unreadable``."""
    written = text.strip()
    if found := _SECONDS.fullmatch(written):
        return float(f"{found[1]}.{found[2] or 0}")
    if (found := _LENGTH.fullmatch(written)) and int(found["s"]) < 60 and (not found["h"] or int(found["m"]) < 60):
        return int(found["h"] or 0) * 3600.0 + int(found["m"]) * 60 + int(found["s"])
    raise Unreadable(sentence("is no length of time; write seconds, m:ss or h:mm:ss"))


def read_flag(text: str) -> bool:
    """Yes or no, in the languages of the headings. Raises ``Unreadable``."""
    try:
        return _WORDS[text.strip().casefold()]
    except KeyError:
        raise Unreadable(sentence("must be yes or no")) from None
