"""Times in words. Pages are written in UTC; the browser puts them in the reader's own zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask


def register(app: Flask) -> None:
    """Give templates the filters ``iso``, ``full``, ``brief`` and ``lasting``."""
    for name, written in (("iso", iso), ("full", full), ("brief", brief), ("lasting", lasting)):
        app.add_template_filter(written, name)


def iso(moment: datetime) -> str:
    """For machines."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def full(moment: datetime) -> str:
    """Date, time and zone."""
    return f"{moment.astimezone(UTC):%A %-d %B %Y, %H:%M:%S} UTC"


def brief(moment: datetime) -> str:
    """Day and time, as short as it can be."""
    return f"{moment.astimezone(UTC):%-d %b, %H:%M}"


def lasting(span: timedelta) -> str:
    """A length of time as ``2 min 5 s``."""
    seconds = round(span.total_seconds())
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
