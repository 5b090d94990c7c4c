"""The spool: replies and ends of calls that could not be committed, on disk before anyone acts on them.

JSON lines in one file, each fsynced, worked off in order when the database is back. Working one off twice is
harmless, because fieldwork knows a turn by its number; so the file is only emptied when nothing is left in it.
"""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, get_args

from tonval.surveys.turns import DialEnded, Digits, TimedOut


@dataclass(frozen=True, slots=True)
class SpooledReply:
    """The reply to a turn; without ``digits`` nothing was heard."""

    leg: str
    turn_no: int
    digits: str | None

    @property
    def reply(self) -> Digits | TimedOut:
        """The reply as fieldwork takes it."""
        return TimedOut() if self.digits is None else Digits(self.digits)


@dataclass(frozen=True, slots=True)
class SpooledUntaken:
    """None of the lines of a turn took the caller."""

    leg: str
    turn_no: int

    @property
    def reply(self) -> DialEnded:
        """The reply as fieldwork takes it."""
        return DialEnded(timedelta(0))


@dataclass(frozen=True, slots=True)
class SpooledEnd:
    """The end of a leg."""

    leg: str
    cause: str


@dataclass(frozen=True, slots=True)
class SpooledSpeech:
    """What was spoken in a turn, ``length`` milliseconds of it, in a file of the node's own."""

    leg: str
    turn_no: int
    path: str
    length: float


@dataclass(frozen=True, slots=True)
class SpooledDial:
    """What became of a call of ours; ``dial`` is its id."""

    dial: str
    cause: str
    why: str | None = None

    @property
    def leg(self) -> str:
        """The name by which it is found in the log."""
        return self.dial


Spoken = SpooledReply | SpooledUntaken | SpooledSpeech
"""The reply to a turn, of whatever kind."""

Entry = Spoken | SpooledEnd | SpooledDial
_KINDS: Final = {kind.__name__: kind for kind in get_args(Entry)}


class Spool:
    """Entries in the order they came. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._aside = path.with_suffix(".refused.jsonl")
        self._lock = threading.Lock()
        self._entries = deque(_read(path))

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Keep an entry; on disk when this returns."""
        with self._lock:
            _append(self._path, entry)
            self._entries.append(entry)

    def legs(self) -> set[str]:
        """Whose entries they are."""
        with self._lock:
            return {entry.leg for entry in self._entries}

    def first(self) -> Entry | None:
        """The oldest entry."""
        with self._lock:
            return self._entries[0] if self._entries else None

    def drop_first(self) -> None:
        """The oldest entry has been committed."""
        with self._lock:
            self._entries.popleft()
            if not self._entries:
                self._path.unlink(missing_ok=True)

    def refuse_first(self) -> None:
        """Fieldwork will never take the oldest entry: put it aside, for people to look at."""
        first = self.first()
        if first is not None:
            _append(self._aside, first)
            self.drop_first()


def _append(path: Path, entry: Entry) -> None:
    with path.open("ab") as file:
        file.write(json.dumps([type(entry).__name__, asdict(entry)]).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> list[Entry]:
    """What an earlier life left; a last line that was cut off had not been acted on and is passed over."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [_entry(line) for line in lines]


def _entry(line: bytes) -> Entry:
    name, fields = json.loads(line)
    entry: Entry = _KINDS[name](**fields)
    return entry
