"""The drop folder: where senders lay files, where they are while they are taken, and what is never touched.

``TONVAL_HOME/intake/<source>/`` is the sender's. A file is claimed by one rename into ``.taking``, which the sender
does not reach: from then on nobody can put anything else in its place. Links, folders, pipes and names that are not
plain text are left alone.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from tonval.intake.opening import SOURCE

STILL: Final = timedelta(seconds=10)
"""How long nobody may have written to a file before it counts as whole."""

EMPTY: Final = timedelta(minutes=2)
"""The same for one with nothing in it yet: an upload that has been opened and not begun."""

KEPT: Final = timedelta(days=14)
"""How long originals are kept after they were taken, and uploads that nobody confirmed."""

DONE: Final = ".done"
ERR: Final = ".err"
_NOT_YET: Final = (".part", ".filepart", ".tmp", ".partial", ".crdownload", ".swp", "~", DONE, ERR)
_LONGEST_NAME: Final = 200  # bytes; with the run's id before it and a suffix after it still a file's name
_CLAIMED: Final = re.compile(r"([a-z]+_[0-9a-z]+)-(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file that is ours: ``file`` is its path within the intake folder."""

    id: str
    source: str
    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Folders:
    """The intake folder of an installation."""

    root: Path

    def make(self, sources: Iterable[str] = ()) -> None:
        """Make the folder, one for each known source, and those that are nobody's but ours."""
        for path in (self.root, *(self.root / source for source in sources if SOURCE.fullmatch(source))):
            path.mkdir(parents=True, exist_ok=True, mode=0o750)
        for path in (self.uploads, self.root / ".taking", self.root / ".kept"):
            path.mkdir(exist_ok=True, mode=0o700)

    @property
    def uploads(self) -> Path:
        """Where files wait that came through the browser."""
        return self.root / ".uploads"

    def path(self, file: str) -> Path:
        """A claimed file, an upload or a kept one. Raises ``FileNotFoundError`` when it is no plain file here."""
        path = self.root / file
        if not path.is_file() or path.is_symlink():
            raise FileNotFoundError(file)
        return path

    def find(self, run_id: str) -> Claimed | None:
        """An upload, or a file that was put away, by its run; ``None`` when it is gone."""
        for folder in (self.uploads, *_folders(self.root / ".kept")):
            for entry in _entries(folder):
                found = _CLAIMED.fullmatch(entry.name)
                if found and found[1] == run_id and entry.is_file(follow_symlinks=False):
                    file = Path(entry.path).relative_to(self.root)
                    return Claimed(run_id, folder.name, found[2], str(file))
        return None

    def ready(self, now: datetime) -> Iterator[tuple[str, str]]:
        """Source and name of every file that lies still."""
        for folder in self._sources():
            for entry in _entries(folder):
                if is_ready(entry, now):
                    yield folder.name, entry.name

    def claim(self, source: str, name: str, run_id: str) -> Claimed | None:
        """Take a file for ourselves by one rename; ``None`` when somebody else did, or it is no plain file after all.

        Source and target lie on one file system: a folder mounted from elsewhere cannot be claimed from.
        """
        there = Path(".taking", source, f"{run_id}-{name}")
        target = self.root / there
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            (self.root / source / name).rename(target)
            plain = stat.S_ISREG(target.lstat().st_mode)
        except FileNotFoundError:  # claimed by another, or ours and already put away by a quick worker
            return None
        if plain:
            return Claimed(run_id, source, name, str(there))
        with suppress(OSError):
            target.unlink()  # a link or pipe that was put in the file's place after the look
        return None

    def claimed(self) -> Iterator[Claimed]:
        """Every file that was claimed and not yet put away."""
        for folder in _folders(self.root / ".taking"):
            for entry in _entries(folder):
                if found := _CLAIMED.fullmatch(entry.name):
                    yield Claimed(found[1], folder.name, found[2], str(Path(".taking", folder.name, entry.name)))

    def keep(self, file: str, source: str, run_id: str, name: str) -> str:
        """Put a file away that was taken or refused; gives where it is. One that is away already is no fault."""
        kept = Path(".kept", source, f"{run_id}-{name}")
        (self.root / kept).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileNotFoundError):
            (self.root / file).rename(self.root / kept)
            os.utime(self.root / kept)
        return str(kept)

    def answer(self, source: str, name: str, lines: Iterable[str], *, good: bool) -> None:
        """Lay the report beside where the file was, whole or not at all; an older report of the other kind goes.

        The sender may write here too: a link in the report's place is replaced and not followed.
        """
        folder = self.root / source
        if folder.is_symlink() or not folder.is_dir():
            return
        handle, fresh = mkstemp(prefix=".tonval-", suffix=".tmp", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8") as report:
            report.writelines(lines)
            os.fchmod(handle, 0o644)  # the sender is another user; who else may look, the folder says
        Path(fresh).rename(folder / f"{name}{DONE if good else ERR}")
        (folder / f"{name}{ERR if good else DONE}").unlink(missing_ok=True)

    def sweep(self, now: datetime) -> None:
        """Delete what has been kept long enough."""
        for folder in (self.uploads, *_folders(self.root / ".kept")):
            for entry in _entries(folder):
                with suppress(FileNotFoundError):
                    if now.timestamp() - entry.stat(follow_symlinks=False).st_mtime > KEPT.total_seconds():
                        Path(entry.path).unlink()

    def _sources(self) -> list[Path]:
        return [folder for folder in _folders(self.root) if SOURCE.fullmatch(folder.name)]


def is_ready(entry: os.DirEntry[str], now: datetime) -> bool:
    """Whether this is a plain file with a plain name that nobody has written to for a while.

    Its change time tells: every write moves it, and no sender can set it, as he can the modification time.
    """
    if not is_plain(entry.name) or entry.name.lower().endswith(_NOT_YET):
        return False
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    patience = STILL if found.st_size else EMPTY
    return stat.S_ISREG(found.st_mode) and now.timestamp() - found.st_ctime >= patience.total_seconds()


def is_plain(name: str) -> bool:
    """Whether a name is text without control characters, not hidden, and not too long to be put after an id."""
    try:
        length = len(name.encode())
    except UnicodeEncodeError:  # bytes that are no UTF-8
        return False
    return 0 < length <= _LONGEST_NAME and name.isprintable() and name[0] != "." and "/" not in name


def _folders(folder: Path) -> list[Path]:
    return [Path(entry.path) for entry in _entries(folder) if entry.is_dir(follow_symlinks=False)]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
