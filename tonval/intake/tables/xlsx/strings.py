"""The shared strings of a workbook, kept on disk: a million rows of names would not fit into the memory allowed."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable
from functools import lru_cache
from tempfile import TemporaryFile
from typing import IO, Final

from tonval.intake.tables.parts import fed, local, new_parser
from tonval.intake.tables.rows import MAX_CELL

_BLOCK: Final = 65_536  # bytes read at a time: neighbours in the sheet are mostly neighbours here
_REMEMBERED: Final = 4_096  # strings that come again and again


def read_strings(stream: IO[bytes]) -> Callable[[int], str]:
    """Moves the strings to an unnamed file; from then on gives each by its place. Raises IndexError for no such place.

    A string longer than a cell may be is kept just long enough to be refused.
    """
    file = TemporaryFile(buffering=1 << 18)  # noqa: SIM115  # it lives as long as the function given back
    ends = array("Q", [0])
    gather = _Gather(file, ends)
    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler = gather.start, gather.end
    parser.CharacterDataHandler = gather.text
    for _ in fed(parser, stream):
        pass
    file.flush()
    return lru_cache(_REMEMBERED)(_Shelf(file, ends).take)


class _Gather:
    """Writes each ``si`` as one string: its ``t`` elements joined, without the reading aids of ``rPh``."""

    def __init__(self, file: IO[bytes], ends: array[int]) -> None:
        self._file, self._ends = file, ends
        self._pieces: list[str] = []
        self._room, self._in_text, self._aside = 0, False, 0

    def start(self, name: str, _: dict[str, str]) -> None:
        match local(name):
            case "si":
                self._pieces, self._room = [], MAX_CELL + 1
            case "t":
                self._in_text = not self._aside
            case "rPh":
                self._aside += 1

    def text(self, text: str) -> None:
        if self._in_text:
            self._pieces.append(text[: self._room])
            self._room = max(self._room - len(text), 0)

    def end(self, name: str) -> None:
        match local(name):
            case "si":
                written = self._file.write("".join(self._pieces).encode())
                self._ends.append(self._ends[-1] + written)
            case "t":
                self._in_text = False
            case "rPh":
                self._aside -= 1


class _Shelf:
    """The strings in their file, with the block that was read last."""

    def __init__(self, file: IO[bytes], ends: array[int]) -> None:
        self._file, self._ends = file, ends  # closing the file is left to whoever lets go of the shelf
        self._block, self._begins = b"", 0

    def take(self, place: int) -> str:
        if place < 0:
            raise IndexError(place)
        begin, end = self._ends[place], self._ends[place + 1]
        if not self._begins <= begin <= end <= self._begins + len(self._block):
            self._block, self._begins = os.pread(self._file.fileno(), max(_BLOCK, end - begin), begin), begin
        return self._block[begin - self._begins : end - self._begins].decode()
