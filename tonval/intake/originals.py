"""Customers in files: the originals that were taken in, the reports beside them, logs, and the list of erasures.

A file is not rewritten but deleted whole, because it is a copy that is kept for two weeks anyway. A log is blackened in
its place, byte for byte, for somebody is writing to it.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tonval.fieldwork.field import Field
from tonval.fieldwork.privacy.papers import Destroyed
from tonval.fieldwork.privacy.persons import Person, person_of
from tonval.intake.folders import DONE, ERR, Folders
from tonval.intake.runs import RUNNING, run_of
from tonval.intake.tables import BadFile, Row, open_table

LIST: Final = "erased.jsonl"
"""The list that outlives the database: hashes, no addresses."""

REFUSED: Final = "refused-"
"""What stands before the name of a recording that nobody would take (``ivr.sip.speech_files``)."""

_PIECE: Final = 1 << 20
_LAP: Final = 400  # bytes that two pieces of a log have in common: longer than any address, however it is written
_BLACK: Final = b"*"

IsTaken = Callable[[str], bool]
"""Whether the import with this id is still being worked off."""


@dataclass(frozen=True, slots=True)
class HomePapers:
    """What lies under ``home``. ``is_taken`` is asked about the originals of imports."""

    home: Path
    is_taken: IsTaken

    def find(self, person: Person, legs: Collection[str] = ()) -> list[str]:
        """See ``papers.Papers``: paths within the home, sorted."""
        sought = person_of(person.addresses)
        found = [*(path for path in self._all() if holds(path, sought)), *self._spoken(legs)]
        return sorted(str(path.relative_to(self.home)) for path in found)

    def destroy(self, person: Person, legs: Collection[str] = ()) -> Destroyed:
        """See ``papers.Papers``. What is still being taken in stays, and is told."""
        sought, gone, waiting = person_of(person.addresses), Counter[str](), list[str]()
        for path in [path for path in self._originals() if holds(path, sought)]:
            if self._is_in_use(path):
                waiting.append(path.name)
            else:
                path.unlink(missing_ok=True)
                gone["originals" if path.parent.parent.name == ".kept" else "reports and uploads"] += 1
        for path in self._spoken(legs):
            path.unlink(missing_ok=True)
            gone["recordings"] += 1
        gone["logs"] += sum(blacken(path, person) for path in self._logs())
        return Destroyed({kind: number for kind, number in gone.items() if number}, tuple(sorted(waiting)))

    def note(self, entry: Mapping[str, Any]) -> None:
        """See ``papers.Papers``."""
        self.home.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.home / LIST, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, json.dumps(entry, sort_keys=True).encode() + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)

    def noted(self) -> Iterator[Mapping[str, Any]]:
        """See ``papers.Papers``. A last line that was cut off is passed over."""
        return read_list(self.home / LIST)

    def _all(self) -> Iterator[Path]:
        yield from self._originals()
        yield from self._logs()

    def _originals(self) -> Iterator[Path]:
        """Every plain file of the drop folder, as far as we may read it."""
        for folder, names, files in os.walk(Folders(self.home / "intake").root):
            names.sort()
            yield from (path for path in (Path(folder, name) for name in sorted(files)) if not path.is_symlink())

    def _spoken(self, legs: Collection[str]) -> list[Path]:
        """What nodes keep of these calls: until the database has it, and for a month where that will never take it."""
        files = sorted((self.home / "spoken").glob("*/*"))
        return [path for path in files if path.name.removeprefix(REFUSED).partition(".")[0] in legs]

    def _logs(self) -> Iterator[Path]:
        folder = self.home / "log"
        yield from (path for path in sorted(folder.glob("*")) if path.is_file() and not path.is_symlink())

    def _is_in_use(self, path: Path) -> bool:
        """A file that a sender has laid there, or that we are reading."""
        if path.name.endswith((DONE, ERR)):
            return False
        ours = path.parent.name == ".uploads" or path.parent.parent.name == ".kept"
        return not ours or self.is_taken(path.name.partition("-")[0])


def papers_of(home: Path, office: Field) -> HomePapers:
    """The papers of an installation whose imports stand in the office's database."""

    def is_taken(run_id: str) -> bool:
        with office.unit.read() as tx:
            run = run_of(tx, run_id)
        return run is not None and run.state == RUNNING

    return HomePapers(home, is_taken)


def holds(path: Path, person: Person) -> bool:
    """Whether the file names the person in any cell, or anywhere where it is no table."""
    try:
        return any(person.is_in(cell) for cell in _cells(path)) or person.is_in(_text(path))
    except OSError:  # gone meanwhile, or not ours to read
        return False


def blacken(path: Path, person: Person) -> int:
    """Write over whatever names the person; gives in how many places. The file keeps its length."""
    places = 0
    with path.open("r+b") as file:
        at = 0
        while piece := _read_at(file.fileno(), at):
            text = piece.decode("latin-1")  # a character for each byte
            for found in person.pattern.finditer(text):
                os.pwrite(file.fileno(), _BLACK * (found.end() - found.start()), at + found.start())
                places += 1
            at += max(1, len(piece) - _LAP) if len(piece) == _PIECE else len(piece)
    return places


def read_list(path: Path) -> Iterator[Mapping[str, Any]]:
    """The entries of a list of erasures, oldest first; nothing where there is no such file."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    for line in lines:
        yield json.loads(line)


def _cells(path: Path) -> Iterator[str]:
    try:
        with open_table(path, path.name) as table:
            for row in table.rows(after=0):
                yield from (cell for cell in (row.cells.values() if isinstance(row, Row) else ()) if cell)
    except BadFile:
        return


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def _read_at(handle: int, at: int) -> bytes:
    return os.pread(handle, _PIECE, at)
