"""The blocklist and the opt-outs as files: taken in row by row, and written out so that a spreadsheet runs nothing.

A cell that a spreadsheet would take for a formula (it begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break)
gets an apostrophe before it, and so does one that begins with an apostrophe. Taking in takes it away again, so a file
comes back as it went out; it also keeps spreadsheets from making 46701740606 of ``+46701740606``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from tonval.fieldwork import books
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.books import Book, Entry
from tonval.fieldwork.field import Field
from tonval.fieldwork.reading import Faulty, Reading
from tonval.intake.tables import BadFile, Row, RowFault, Table, open_table
from tonval.surveys.sentences import sentence

MOST_FAULTS: Final = 10_000
"""Refused rows that are told one by one; the others are counted."""

_SPECIAL: Final = tuple("=+-@\t\r\n'")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row (the headings are row 1) was not taken."""

    row: int
    field: str | None
    detail: str


@dataclass(slots=True)
class Outcome:
    """What became of a file's rows: ``known`` ones stood there already."""

    added: int = 0
    known: int = 0
    refused: int = 0
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, fault: Fault) -> None:
        """Count a row that was not taken."""
        self.refused += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)


def take_in(
    office: Field, book: Book, path: Path, name: str, by: Actor, tick: Callable[[float], None] = lambda share: None
) -> Outcome:
    """Add every row of a file to the book; ``tick`` hears how much is read, 0 to 1. Raises ``BadFile``.

    Rows are written a few hundred at a time, so a file that breaks off has been taken up to there.
    """
    outcome = Outcome()
    with open_table(path, name) as table:
        headings = _headings(book, table)
        rows = _read(office, book, headings, table.rows(), by.name, outcome)
        while some := list(islice(rows, books.TOGETHER)):
            new = books.add(office, book, some, by)
            outcome.added += len(new)
            outcome.known += len(some) - len(new)
            tick(table.progress())
    return outcome


def written(book: Book, entries: Iterable[Entry]) -> Iterator[str]:
    """The book as CSV, line by line; the first names the columns."""
    yield _line([book.key, "channel", book.words, "created_at", "author"])
    for entry in entries:
        yield _line([entry.key, entry.channel, entry.words, entry.created_at.isoformat(), entry.author or ""])


def escaped(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_SPECIAL) else cell


def unescaped(cell: str) -> str:
    """What ``escaped`` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_SPECIAL) else cell


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([escaped(cell) for cell in cells])
    return line.getvalue()


def _headings(book: Book, table: Table) -> Mapping[str, str]:
    """From the file's headings to ours; either book's word for who is meant will do."""
    ours = {"pattern": book.key, "address": book.key} | {name: name for name in ("channel", book.words, "created_at")}
    found = {heading: ours[heading.strip().lower()] for heading in table.headings if heading.strip().lower() in ours}
    if book.key not in found.values():
        raise BadFile(
            sentence("The first row must name the columns, and one of them must be %(key)s.", key=book.key), 1
        )
    return found


def _read(
    office: Field,
    book: Book,
    headings: Mapping[str, str],
    rows: Iterable[Row | RowFault],
    author: str,
    outcome: Outcome,
) -> Iterator[Entry]:
    for row in rows:
        if isinstance(row, RowFault):
            outcome.refuse(Fault(row.number, None, row.sentence))
            continue
        cells = {ours: unescaped(row.cells.get(theirs) or "") for theirs, ours in headings.items()}
        try:
            yield books.read_entry(office, book, Reading(cells, ""), author, "file")
        except Faulty as faulty:
            outcome.refuse(Fault(row.number, faulty.field, faulty.detail))
