"""Lines and records of text from strangers, never more than one row's worth of characters in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO, Final, Self

from tonval.intake.tables.rows import MAX_ROW, BadFile
from tonval.surveys.sentences import sentence

QUOTED: Final = sentence("A quotation mark stands inside a quoted cell; it has to be doubled.")
_ENDLESS = sentence("The row is far too long: a line break or a closing quotation mark is missing.")
_UNCLOSED = sentence(
    "A quotation mark is opened here and never closed, so the rest of the file cannot be told into rows."
)
_CUT = sentence("The file ends in the middle of a letter, or is not in the encoding that its first bytes name.")


def decoded(stream: IO[bytes], encoding: str) -> io.TextIOWrapper:
    """The stream as text with ``\\n`` for every line break.

    What is no text in the encoding comes as lone surrogates, so that make_row can refuse that row alone.
    """
    return io.TextIOWrapper(stream, encoding, "surrogatepass" if encoding == "utf-16" else "surrogateescape")


def records(text: io.TextIOWrapper, delimiter: str, skip: int) -> Iterator[list[str] | None]:
    """Each record's cells, behind ``skip`` lines; None for one whose quotation marks cannot be read.

    Raises BadFile where nothing after it can be read either.
    """
    lines = Lines(text, skip)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin_row()
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.judge(error)
            yield None


class Lines:
    """The lines of a text one by one, never more than a row's worth of characters in memory."""

    def __init__(self, text: io.TextIOWrapper, skip: int) -> None:
        self._text = text
        self._row, self._room, self._ended = 0, MAX_ROW, False
        while skip and next(self, None) is not None:
            skip -= 1

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
