"""Definition and data brought together, out of one zip file or lying side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from io import TextIOWrapper
from pathlib import Path, PurePosixPath
from typing import IO, Final
from zipfile import is_zipfile

from tonval.intake.tables.lines import QUOTED, Lines, decoded, records
from tonval.intake.tables.parts import open_zip
from tonval.intake.tables.rows import BadFile, Cells, read_headings
from tonval.intake.tables.sniff import encoding_of
from tonval.intake.tables.source import Numbered, Source
from tonval.intake.tables.triple_s.cases import case_texts, cut_cells, cut_line
from tonval.intake.tables.triple_s.definition import Definition, read_definition
from tonval.surveys.sentences import sentence

DEFINES: Final = (".sss", ".xml")
HOLDS: Final = (".asc", ".csv", ".dat", ".txt")
_PAIR = sentence(
    "Triple-S needs two files of one name: the definition (.sss or .xml) and the data (.asc, .csv or .dat)."
)
_FIRST: Final = 2  # the number of the first case, as if headings stood in row 1
Files = dict[str, tuple[int, Callable[[], IO[bytes]]]]  # by name: bytes, and how to open it


def read_triple_s(path: Path) -> Source:
    """The pair in a zip file, or the pair of which ``path`` is one half. Raises BadFile."""
    files = _packed(path) if is_zipfile(path) else _beside(path)
    size, opened = files[_only([name for name in files if name.lower().endswith(DEFINES)])]
    with opened() as stream:
        definition = read_definition(stream, size)
    headings = read_headings([variable.name for variable in definition.variables])
    labels = {variable.name: variable.label for variable in definition.variables if variable.label}
    data = _Data(definition, *files[_data(files, definition.href)])
    return Source("triple-s", headings, data.rows, data.progress, labels)


class _Data:
    """The data file, and how far it is read."""

    def __init__(self, definition: Definition, size: int, opened: Callable[[], IO[bytes]]) -> None:
        self._definition, self._size, self._open = definition, max(size, 1), opened
        with opened() as stream:
            self._encoding, _ = encoding_of(stream)
        self._stream = opened()

    def progress(self) -> float:
        return self._stream.tell() / self._size

    def rows(self, after: int) -> Iterator[Numbered]:
        self._text = decoded(self._open(), self._encoding)
        cases = (
            _delimited(self._text, self._definition) if self._definition.csv else _fixed(self._text, self._definition)
        )
        for number, cells in enumerate(cases, start=_FIRST):
            if number > after:
                yield number, cells


def _delimited(text: TextIOWrapper, definition: Definition) -> Iterator[Cells]:
    for number, cells in enumerate(records(text, ",", definition.skip), start=_FIRST):
        if cells is None:
            raise BadFile(QUOTED, number)
        yield case_texts(definition, partial(cut_cells, cells))


def _fixed(text: TextIOWrapper, definition: Definition) -> Iterator[Cells]:
    lines = Lines(text, definition.skip)
    lines.begin_row()
    for line in lines:
        yield case_texts(definition, partial(cut_line, line.rstrip("\n")))
        lines.begin_row()


def _packed(path: Path) -> Files:
    package = open_zip(path)
    return {member.filename: (member.file_size, partial(package.open, member)) for member in package.infolist()}


def _beside(path: Path) -> Files:
    halves = (path.with_suffix(case(suffix)) for suffix in (*DEFINES, *HOLDS) for case in (str.lower, str.upper))
    return {half.name: (half.stat().st_size, partial(_open, half)) for half in halves if half.is_file()}


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _data(files: Files, href: str) -> str:
    """The data file that the definition names, or the only one there is."""
    named = PurePosixPath(href.replace("\\", "/")).name
    held = [name for name in files if name.lower().endswith(HOLDS)]
    return _only([name for name in held if PurePosixPath(name).name == named] or held)


def _only(names: list[str]) -> str:
    if len(names) != 1:
        raise BadFile(_PAIR)
    return names[0]
