"""SPSS system files (.sav, .zsav), read through ReadStat in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyreadstat

from tonval.intake.tables.figures import clock_text, moment_text, number_text
from tonval.intake.tables.rows import BadFile, read_headings
from tonval.intake.tables.source import Numbered, Source
from tonval.surveys.sentences import sentence

CELLS: Final = 500_000  # read at a time; a cell costs some 60 bytes
_FIRST: Final = 2  # the number of the first case, as if headings stood in row 1
_EPOCH = datetime(1582, 10, 14)  # noqa: DTZ001  # SPSS counts seconds from the calendar's reform, in no zone
_MOMENTS = ("DATETIME", "YMDHMS")
_DATES = ("DATE", "ADATE", "EDATE", "SDATE", "JDATE", "QYR", "MOYR", "WKYR")
_CLOCKS = ("TIME", "DTIME", "MTIME")
Render = Callable[[Any], str | None]


def read_spss(path: Path) -> Source:
    """The cases. A coded value is the text of its label where it has one; missing values are blank.

    Raises BadFile, and pyreadstat's errors when the file is damaged.
    """
    _, about = pyreadstat.read_sav(path, metadataonly=True, output_format="dict")
    headings = read_headings(about.column_names)
    renders = [_render(about, name) for name in about.column_names]
    place = _Place(max(about.number_rows or 0, 0))
    labels = {name: label for name, label in about.column_names_to_labels.items() if label}
    return Source("spss", headings, partial(_rows, path, renders, place), place.progress, labels, about.number_rows)


class _Place:
    """How far the file is read, in cases."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0

    def progress(self) -> float:
        return min(self.done / self.total, 1.0) if self.total else 0.0


def _rows(path: Path, renders: list[Render], place: _Place, after: int) -> Iterator[Numbered]:
    limit = max(CELLS // len(renders), 1)
    place.done = max(after + 1 - _FIRST, 0)
    while cases := _chunk(path, renders, place.done, limit):
        yield from enumerate(cases, start=place.done + _FIRST)
        place.done += len(cases)
        if len(cases) < limit:
            return


def _chunk(path: Path, renders: list[Render], offset: int, limit: int) -> list[tuple[str | None, ...]]:
    columns, _ = pyreadstat.read_sav(
        path, row_offset=offset, row_limit=limit, output_format="dict", disable_datetime_conversion=True
    )
    if len(columns) != len(renders):
        raise BadFile(sentence("The file's description and its data do not agree."))
    texts = [map(render, np.asarray(values).tolist()) for render, values in zip(renders, columns.values(), strict=True)]
    return list(zip(*texts, strict=True))


def _render(about: Any, name: str) -> Render:
    labels: Mapping[Any, str] = about.variable_value_labels.get(name, {})
    plain = _plain(about.original_variable_types.get(name) or "")
    return (lambda value: labels.get(value) or plain(value)) if labels else plain


def _plain(form: str) -> Render:
    """How values of an SPSS format (``F8.2``, ``DATE11``, ``A20``) become text."""
    kind = form.rstrip("0123456789.")
    if kind in _CLOCKS:
        return _number_or(lambda value: clock_text(timedelta(seconds=round(value))))
    if kind in _DATES or kind in _MOMENTS:
        return _number_or(partial(_moment, bare_date=kind in _DATES))
    return _number_or(number_text)


def _number_or(render: Callable[[float], str | None]) -> Render:
    def text(value: Any) -> str | None:
        if not isinstance(value, int | float):
            return None if value is None else str(value)
        try:
            return render(value) if value == value else None  # NaN is SPSS's missing value
        except (OverflowError, ValueError):
            return number_text(value)  # outside the calendar

    return text


def _moment(seconds: float, *, bare_date: bool) -> str:
    return moment_text(_EPOCH + timedelta(milliseconds=round(seconds * 1000)), bare_date=bare_date)
