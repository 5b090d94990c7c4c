"""Times in the reader's words. Pages are written in UTC; the browser puts them in the reader's own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import gettext as _

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


def register(app: Flask) -> None:
    """Give templates the filters ``iso``, ``full``, ``brief``, ``day`` and ``lasting``."""
    for name, written in (("iso", iso), ("full", full), ("brief", brief), ("day", on_day), ("lasting", lasting)):
        app.add_template_filter(written, name)


def iso(moment: datetime) -> str:
    """For machines."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def full(moment: datetime) -> str:
    """Date, time and zone."""
    return f"{format_datetime(moment.astimezone(UTC), FULL[language()], locale=language())} UTC"


def brief(moment: datetime) -> str:
    """Day and time, as short as it can be."""
    return format_datetime(moment.astimezone(UTC), BRIEF[language()], locale=language())


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
