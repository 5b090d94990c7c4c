"""The cells of one sheet, row by row, as they stand in its XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Final

from tonval.intake.tables.parts import fed, local, new_parser
from tonval.intake.tables.rows import MAX_CELL, BadFile
from tonval.intake.tables.source import Numbered
from tonval.intake.tables.xlsx.formats import Shown, render
from tonval.surveys.sentences import sentence

MAX_ROWS: Final = 1_048_576  # what a sheet can have
MAX_WIDTH: Final = 16_384
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_KEPT = frozenset({"v", "t", "f"})
_KNOWN = _KEPT | {"c", "row", "is", "rPh"}  # a sheet is mostly these, and few workbooks write a prefix


@dataclass(frozen=True, slots=True)
class Book:
    """What the cells of every sheet refer to."""

    string: Callable[[int], str]
    shown: tuple[Shown, ...]  # by style
    since_1904: bool


def read_sheet(stream: IO[bytes], book: Book) -> Iterator[Numbered]:
    """Each row that is stored, in its order. Raises BadFile and expat.ExpatError."""
    page = _Page(book)
    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler = page.start, page.end
    parser.CharacterDataHandler = page.text
    for _ in fed(parser, stream):
        yield from page.take()


class _Page:
    """Gathers cells from the parser's calls; holds the rows of one chunk."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._rows: list[Numbered] = []
        self._number = 0
        self._cells: list[str | None] = []
        self._cell: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        self._inside, self._aside = "", 0

    def take(self) -> list[Numbered]:
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in _KNOWN:
            name = local(name)
        if name == "c":
            self._cell, self._parts = attributes, {}
        elif name in _KEPT:
            self._inside = "" if self._aside else name
        elif name == "row":
            self._begin_row(attributes.get("r"))
        elif name == "rPh":
            self._aside += 1

    def text(self, text: str) -> None:
        if self._inside:
            before = self._parts.get(self._inside, "")
            self._parts[self._inside] = before + text if len(before) <= MAX_CELL else before

    def end(self, name: str) -> None:
        if name not in _KNOWN:
            name = local(name)
        if name in _KEPT:
            self._inside = ""
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._rows.append((self._number, self._cells))
        elif name == "rPh":
            self._aside -= 1

    def _begin_row(self, named: str | None) -> None:
        number = int(named) if named else self._number + 1
        if not self._number < number <= MAX_ROWS:
            raise BadFile(sentence("The rows of the sheet are out of order, so the file is damaged."), self._number)
        self._number, self._cells = number, []

    def _end_cell(self) -> None:
        named = self._cell.get("r")
        place = column(named) if named else len(self._cells)
        if place != len(self._cells) or place == MAX_WIDTH:
            self._skip_to(place)
        self._cells.append(self._value())

    def _skip_to(self, place: int) -> None:
        if not len(self._cells) < place < MAX_WIDTH:
            raise BadFile(sentence("The cells of a row are out of order, so the file is damaged."), self._number)
        self._cells += [None] * (place - len(self._cells))

    def _value(self) -> str | None:
        """Text as stored, and for a formula its stored result; without one, the formula as mere text."""
        kind, parts = self._cell.get("t", "n"), self._parts
        if kind == "inlineStr":
            return plain(parts.get("t", ""))
        if not (stored := parts.get("v")):
            return f"={parts['f']}" if "f" in parts else None
        if kind == "s":
            return plain(self._book.string(int(stored)))
        if kind == "n":
            return render(stored, self._shown(), since_1904=self._book.since_1904)
        return {"0": "false", "1": "true"}.get(stored, stored) if kind == "b" else plain(stored)

    def _shown(self) -> Shown:
        style = self._cell.get("s")
        return self._book.shown[int(style)] if style else "number"


def plain(text: str) -> str:
    """Text without its escapes for what XML cannot hold: ``_x000D_`` (ECMA-376, part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\r\n", "\n")


def column(reference: str) -> int:
    """The place of a cell, counted from 0, by its name: 0 for A1, 27 for AB3."""
    return _place(reference.rstrip("0123456789")[:4])  # XFD is the last


@lru_cache(MAX_WIDTH)
def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
