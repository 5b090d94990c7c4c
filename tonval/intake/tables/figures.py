"""Numbers and moments as one kind of text, whichever program stored them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Final

WHOLE: Final = 10**15  # below it a double holds every whole number, and spreadsheets show 15 digits


def number_text(value: float) -> str | None:
    """``42`` for 42.0, ``0.3`` for 0.30000000000000004 (15 digits, as spreadsheets show them), None for no number."""
    if not isfinite(value):
        return None
    if value.is_integer() and abs(value) < WHOLE:
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f")


def moment_text(moment: datetime, *, bare_date: bool) -> str:
    """``2026-11-22`` at midnight where the format shows the date alone, ``2026-11-22T10:00:00`` otherwise."""
    if bare_date and moment.time() == time():
        return moment.date().isoformat()
    return moment.isoformat()


def clock_text(span: timedelta) -> str:
    """``07:05:00``, and beyond a day ``49:05:00``, as durations are shown."""
    seconds, sign = abs(span) // timedelta(seconds=1), "-" if span < timedelta() else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
