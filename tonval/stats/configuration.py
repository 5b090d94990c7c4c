"""A configuration as it was in force, line by line, with the lines that one queue goes by marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from tonval.fieldwork.addition import MARK
from tonval.store.tables import configs
from tonval.store.unit import Unit
from tonval.surveys.document import BrokenDocument, Path, read_document

DEFAULTS: Final[Path] = ("defaults",)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, counted from 1; ``marked``: the queue goes by it."""

    number: int
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Configuration:
    """The file's lines, and when it was loaded first."""

    id: str
    loaded_at: datetime
    lines: tuple[Line, ...]


def configuration(unit: Unit, config: str, queue: str | None) -> Configuration | None:
    """The configuration of this id, ``None`` when there is none."""
    wanted = select(configs.c.document, configs.c.loaded_at).where(configs.c.id == config)
    with unit.read() as tx:
        row = tx.execute(wanted).one_or_none()
    if row is None:
        return None
    texts = row.document.splitlines()
    marked = frozenset(_lines_of(row.document, queue, len(texts))) if queue else frozenset()
    lines = tuple(Line(number, text, number in marked) for number, text in enumerate(texts, 1))
    return Configuration(config, row.loaded_at, lines)


def _lines_of(text: str, queue: str, last: int) -> Iterator[int]:
    """The lines of the file, and of what the browser added beneath it."""
    file, _, beneath = text.partition(f"\n{MARK}")
    above = len(file.splitlines())
    for document, begins, ends in ((file, 0, above), (beneath, above + 1, last)):
        for first, end in _spans(document, queue, ends - begins) if document else ():
            yield from range(begins + first, begins + end + 1)


def _spans(text: str, queue: str, last: int) -> Iterator[tuple[int, int]]:
    try:
        lines = read_document(text).lines
    except BrokenDocument:
        return
    for path in (DEFAULTS, ("queues", queue), ("page", *DEFAULTS), ("page", "queues", queue)):
        if path in lines:
            yield lines[path], _end(lines, path, last)


def _end(lines: Mapping[Path, int], path: Path, last: int) -> int:
    """The line before whatever comes next."""
    after = (line for other, line in lines.items() if line > lines[path] and other[: len(path)] != path)
    return min(after, default=last + 1) - 1
