"""Times in the reader's words, by the centre's clock; the browser puts what is in ``<time>`` into her own zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from babel.dates import format_date, format_datetime
from flask import Flask, current_app, has_app_context
from flask_babel import gettext as _

from tonval.fieldwork.deciding.zones import clock
from tonval.fieldwork.field import Field
from tonval.web.language import language

BRIEF: Final = {"en": "d MMM, HH:mm", "sv": "d MMM HH:mm", "es": "d MMM, HH:mm", "et": "d. MMM HH:mm"}
"""Day and time in each language, as Unicode writes patterns (UTS 35)."""
FULL: Final = {
    "en": "EEEE d MMMM y, HH:mm:ss",
    "sv": "EEEE d MMMM y HH:mm:ss",
    "es": "EEEE d 'de' MMMM 'de' y, HH:mm:ss",
    "et": "EEEE, d. MMMM y HH:mm:ss",
}
SHORT: Final = {"en": "d MMM", "sv": "d MMM", "es": "d MMM", "et": "d. MMM"}
DAY: Final = {"en": "d MMM y", "sv": "d MMM y", "es": "d MMM y", "et": "d. MMM y"}
WEEKDAY: Final = {"en": "EEEE d MMMM", "sv": "EEEE d MMMM", "es": "EEEE d 'de' MMMM", "et": "EEEE, d. MMMM"}
NEAR: Final = {"en": "EEE d MMM", "sv": "EEE d MMM", "es": "EEE d MMM", "et": "EEE, d. MMM"}
MONTH: Final = {"en": "MMMM y", "sv": "MMMM y", "es": "MMMM 'de' y", "et": "MMMM y"}


_CLOCK: Final = "tonval.clock"


def register(app: Flask, field: Field) -> None:
    """Give templates the filters ``iso``, ``full``, ``brief``, ``day`` and ``lasting``, by the clock of the centre."""
    app.extensions[_CLOCK] = lambda: clock(field.centre.zone)
    for name, written in (("iso", iso), ("full", full), ("brief", brief), ("day", on_day), ("lasting", lasting)):
        app.add_template_filter(written, name)


def iso(moment: datetime) -> str:
    """For machines."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def full(moment: datetime) -> str:
    """Date, time and zone."""
    return _written(moment, FULL) + f"{_there(moment): %Z}"


def brief(moment: datetime) -> str:
    """Day and time, as short as it can be."""
    return _written(moment, BRIEF)


def zoned(moment: datetime) -> str:
    """Day and time with the zone, within a sentence, where no browser can put them into another."""
    return _written(moment, BRIEF) + f"{_there(moment): %Z}"


def hour(moment: datetime) -> str:
    """The time alone, likewise."""
    return f"{_there(moment):%H:%M %Z}"


def here() -> tzinfo:
    """The centre's clock; that of Greenwich where no pages are shown."""
    found: Callable[[], tzinfo] | None = current_app.extensions.get(_CLOCK) if has_app_context() else None
    return found() if found else UTC


def _there(moment: datetime) -> datetime:
    return moment.astimezone(here())


def _written(moment: datetime, patterns: dict[str, str]) -> str:
    return format_datetime(_there(moment), patterns[language()], locale=language())


def on_day(day: date) -> str:
    """Day, month and year."""
    return format_date(day, DAY[language()], locale=language())


def by(pattern: dict[str, str], day: date) -> str:
    """A day by one of the patterns above."""
    return format_date(day, pattern[language()], locale=language())


def lasting(span: timedelta) -> str:
    """A length of time as ``2 min 5 s``, ``1 h 30 min``, ``2 h``: no more than two units, none of them zero."""
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, beside = divmod(minutes, 60)
    if hours:
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=beside) if beside else _("%(n)s h", n=hours)
    if minutes and seconds:
        return _("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=seconds)
    return _("%(n)s min", n=minutes) if minutes else _("%(n)s s", n=seconds)
