"""Which cells are dates: a workbook stores a number and, in the cell's style, how it is shown."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final, Literal

from tonval.intake.tables.figures import clock_text, moment_text, number_text

Shown = Literal["number", "date", "moment", "clock", "span"]
_BUILT_IN: Final[dict[int, Shown]] = {  # ECMA-376, part 1, 18.8.30
    **dict.fromkeys((*range(14, 18), *range(27, 37), *range(50, 59)), "date"),
    **dict.fromkeys((*range(18, 22), 45, 47), "clock"),
    22: "moment",
    46: "span",
}
_ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]')  # literal text, padding, colours and places
_LEAP: Final = 60  # 29 February 1900, which spreadsheets have and calendars have not


def shown_as(number: int, codes: dict[int, str]) -> Shown:
    """How the number format shows a number, by its id and the workbook's own format codes."""
    return _classify(codes[number]) if number in codes else _BUILT_IN.get(number, "number")


def _classify(code: str) -> Shown:
    letters = _ASIDE.sub("", code.lower().split(";")[0])
    if "general" in letters:
        return "number"
    if "[" in letters:
        return "span"
    clock = "h" in letters or "s" in letters
    if "y" in letters or "d" in letters or ("m" in letters and not clock):
        return "moment" if clock else "date"
    return "clock" if clock else "number"


def render(stored: str, shown: Shown, *, since_1904: bool) -> str | None:
    """A stored number as text, with dates and times by ISO 8601; text that is no number stays as it is."""
    try:
        value = float(stored)
    except ValueError:
        return stored or None
    if shown == "number":
        return number_text(value)
    try:
        return _time_text(value, shown, since_1904=since_1904)
    except (OverflowError, ValueError):
        return number_text(value)  # outside the calendar, where a spreadsheet shows ####


def _time_text(value: float, shown: Shown, *, since_1904: bool) -> str:
    span = timedelta(milliseconds=round(value * 86_400_000))
    if shown == "span" or (shown == "clock" and 0 <= value < 1):
        return clock_text(span)
    if value < 0:
        raise ValueError(value)
    begin = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30 if value >= _LEAP else 31)  # noqa: DTZ001
    return moment_text(begin + span, bare_date=shown == "date")
