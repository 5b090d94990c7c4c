"""CSV in every dialect that spreadsheets write, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from tonval.intake.tables.lines import QUOTED, decoded, records
from tonval.intake.tables.rows import BadFile, Row, RowFault, make_row, read_headings
from tonval.intake.tables.sniff import sniff


class Delimited:
    """A table of delimited text. Line breaks inside cells are read as ``\\n``, whichever the file has."""

    kind = "csv"
    total: int | None = None

    def __init__(self, path: Path) -> None:
        self.labels: Mapping[str, str] = {}
        self._path, self._ended = path, False
        self._size = max(path.stat().st_size, 1)
        with path.open("rb") as file:
            self._dialect = sniff(file)
        self._stream = path.open("rb")
        with decoded(self._stream, self._dialect.encoding) as self._text:
            self.headings = self._headings()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    def progress(self) -> float:
        """The share of bytes read."""
        return float(self._ended) if self._stream.closed else self._stream.tell() / self._size

    def rows(self, after: int = 1) -> Iterator[Row | RowFault]:
        """See Table."""
        self._begin()
        for number, cells in enumerate(self._records(), start=1):
            if number <= max(after, 1):
                continue
            row = RowFault(number, QUOTED) if cells is None else make_row(self.headings, number, cells)
            if row:
                yield row
        self._ended = True

    def _begin(self) -> None:
        self._text.close()
        self._stream, self._ended = self._path.open("rb"), False
        self._text = decoded(self._stream, self._dialect.encoding)

    def _records(self) -> Iterator[list[str] | None]:
        return records(self._text, self._dialect.delimiter, self._dialect.skip)

    def _headings(self) -> tuple[str, ...]:
        cells = next(self._records(), [])
        if cells is None:
            raise BadFile(QUOTED, 1)
        return read_headings(cells)
