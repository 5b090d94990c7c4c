"""CSV in every dialect that spreadsheets write, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self, TextIO

from tonval.intake.tables.rows import MAX_ROW, BadFile, Row, RowFault, make_row, read_headings
from tonval.intake.tables.sniff import Dialect, sniff

_FAULT = "A quotation mark stands inside a quoted cell; it has to be doubled."
_ENDLESS = "The row is far too long: a line break or a closing quotation mark is missing."
_UNCLOSED = "A quotation mark is opened here and never closed, so the rest of the file cannot be told into rows."
_CUT = "The file ends in the middle of a letter, or is not in the encoding that its first bytes name."


class Delimited:
    """A table of delimited text. Line breaks inside cells are read as ``\\n``, whichever the file has."""

    kind = "csv"
    total: int | None = None

    def __init__(self, path: Path) -> None:
        self.labels: Mapping[str, str] = {}
        self._path = path
        self._size = max(path.stat().st_size, 1)
        with path.open("rb") as file:
            self._dialect = sniff(file)
        self._text = _open(path, self._dialect)
        with self._text:
            self.headings = _headings(next(_records(self._text, self._dialect), []))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    def progress(self) -> float:
        """The share of bytes read."""
        return 1.0 if self._text.closed else self._text.buffer.tell() / self._size

    def rows(self, after: int = 1) -> Iterator[Row | RowFault]:
        """See Table."""
        self._text.close()
        self._text = _open(self._path, self._dialect)
        for number, cells in enumerate(_records(self._text, self._dialect), start=1):
            if number <= max(after, 1):
                continue
            row = RowFault(number, _FAULT) if cells is None else make_row(self.headings, number, cells)
            if row:
                yield row


def _open(path: Path, dialect: Dialect) -> TextIO:
    # What is no text in the encoding comes as lone surrogates, and make_row refuses that row alone.
    errors = "surrogatepass" if dialect.encoding == "utf-16" else "surrogateescape"
    return path.open(encoding=dialect.encoding, errors=errors)


def _headings(cells: list[str] | None) -> tuple[str, ...]:
    if cells is None:
        raise BadFile(_FAULT, 1)
    return read_headings(cells)


def _records(text: TextIO, dialect: Dialect) -> Iterator[list[str] | None]:
    """Every record's cells from the beginning; None for one whose quotation marks cannot be read."""
    lines = _Lines(text, dialect.skip)
    reader = csv.reader(lines, delimiter=dialect.delimiter, strict=True)
    while True:
        lines.begin_row()
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.judge(error)
            yield None


class _Lines:
    """The lines of a text one by one, never more than a row's worth of characters in memory."""

    def __init__(self, text: TextIO, skip: int) -> None:
        self._text = text
        self._row, self._room, self._ended = 0, MAX_ROW, False
        for _ in range(skip):
            next(self)

    def begin_row(self) -> None:
        self._row += 1
        self._room = MAX_ROW

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        try:
            line = self._text.readline(self._room + 1)
        except UnicodeError:
            raise BadFile(_CUT, self._row) from None
        self._room -= len(line)
        if self._room < 0:
            raise BadFile(_ENDLESS, self._row)
        if not line:
            self._ended = True
            raise StopIteration
        return line

    def judge(self, error: csv.Error) -> None:
        """Returns for a fault of one row; raises BadFile for what makes the rest unreadable."""
        if self._ended:
            raise BadFile(_UNCLOSED, self._row) from error
        if "limit" in str(error):
            raise BadFile(_ENDLESS, self._row) from error
