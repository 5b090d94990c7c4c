"""A table as its readers see it: headings, and then rows or the reasons why a row cannot be read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self

from tonval.surveys.sentences import sentence

MAX_COLUMNS: Final = 500  # the widest surveys exported from SPSS that we know of; a row stays a small thing
MAX_CELL: Final = 10_000  # characters; a long comment is some 2,000, and a database column should not hold a book
MAX_HEADING: Final = 200  # characters; SPSS allows 64, and a page must be able to show it
MAX_ROW: Final = 1_000_000  # characters; what is longer has lost its line breaks or its closing quotation mark
NOT_TEXT = re.compile("[\0\ud800-\udfff]")  # no database keeps NUL, and lone surrogates are bytes that failed to decode
OTHER: Final = sentence("The file is no table that can be read: send CSV, XLSX, SPSS (.sav, .zsav) or Triple-S.")

Cells = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``number`` as a spreadsheet counts (headings are row 1), ``cells`` from heading to text, blank as None.

    Numbers, dates and times are written in one way: ``42``, ``4.5``, ``2026-11-22``, ``2026-11-22T10:00:00``.
    """

    number: int
    cells: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that cannot be read at all, and why in a sentence that does not repeat the number."""

    number: int
    sentence: str


@dataclass(slots=True)
class BadFile(Exception):
    """The file cannot be read, or from ``row`` on cannot be read further."""

    sentence: str
    row: int | None = None

    def __str__(self) -> str:
        return self.sentence


class Table(Protocol):
    """An open file of rows, to be closed by leaving its ``with``."""

    @property
    def kind(self) -> str:
        """``csv``, ``xlsx``, ``spss`` or ``triple-s``."""

    @property
    def headings(self) -> tuple[str, ...]:
        """What the columns are called, without doubles or blanks."""

    @property
    def labels(self) -> Mapping[str, str]:
        """From heading to a longer text for people, where the format has one."""

    @property
    def total(self) -> int | None:
        """How many rows there are, where the format says so."""

    def rows(self, after: int = 1) -> Iterator[Row | RowFault]:
        """Every row numbered above ``after``; rows with nothing in them are counted and left out.

        May be called again. Raises BadFile where reading cannot go on.
        """

    def progress(self) -> float:
        """How much of the file the last ``rows`` has read, 0 to 1."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def read_headings(cells: Cells) -> tuple[str, ...]:
    """The first row's cells as headings; blank ones at the end are none. Raises BadFile, naming doubles and gaps."""
    names = [(cell or "").strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise BadFile(sentence("The first row holds no headings."), 1)
    for complaint in filter(None, (_too_much(names), _gaps(names), _doubles(names))):
        raise BadFile(complaint, 1)
    return tuple(names)


def _too_much(names: list[str]) -> str:
    if len(names) > MAX_COLUMNS:
        return sentence("There are %(n)s columns; at most %(most)s can be read.", n=len(names), most=MAX_COLUMNS)
    if any(len(name) > MAX_HEADING for name in names):
        return sentence("A heading is longer than %(n)s characters.", n=MAX_HEADING)
    return sentence("The headings are not text.") if NOT_TEXT.search("".join(names)) else ""


def _gaps(names: list[str]) -> str:
    gaps = [letters(place) for place, name in enumerate(names) if not name]
    return sentence("These columns have no heading: %(columns)s.", columns=", ".join(gaps[:10])) if gaps else ""


def _doubles(names: list[str]) -> str:
    doubles = [name for name, times in Counter(names).items() if times > 1]
    if not doubles:
        return ""
    return sentence("These headings stand there more than once: %(headings)s.", headings=", ".join(doubles[:10]))


def letters(place: int) -> str:
    """The column's name in a spreadsheet, from its place counted from 0: A, B, …, Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def make_row(headings: tuple[str, ...], number: int, cells: Cells) -> Row | RowFault | None:
    """A row of the cells, None when all are blank. Blank cells beyond the headings are no fault, missing ones are."""
    texts = [cell if cell and not cell.isspace() else None for cell in cells]
    written = "".join(filter(None, texts))
    if not written:
        return None
    complaint = _complaint(len(headings), texts, written)
    return RowFault(number, complaint) if complaint else Row(number, dict(zip(headings, texts, strict=False)))


def _complaint(width: int, texts: list[str | None], written: str) -> str:
    if len(texts) < width or any(texts[width:]):
        words = sentence("The number of cells (%(cells)s) does not match the number of headings (%(headings)s).")
        return sentence(words, cells=len(texts), headings=width)
    if len(written) > MAX_CELL and any(text and len(text) > MAX_CELL for text in texts):
        return sentence("A cell is longer than %(n)s characters.", n=f"{MAX_CELL:,}")
    if ("\0" in written or not written.isascii()) and NOT_TEXT.search(written):
        return sentence("The row holds bytes that are no text in the file's encoding.")
    return ""
