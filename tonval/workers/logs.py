"""What the children say: all of it into a file, the lines worth a person's eye onto the terminal."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_LOUD = re.compile(r"\[(warning|error|critical)\s*\]|\b(WARNING|ERROR|CRITICAL)\b")  # structlog's text, and others'
_TRACE = re.compile(r"^(Traceback |\s+File |\s{4,}|[\w.]+(Error|Exception|Failed|Refused)\b)")
_LOUD_LEVELS = {"warning", "error", "critical", "fatal"}
_FILE_LIMIT = 10_000_000  # bytes; then the file becomes NAME.log.1 and a new one begins


def worth_showing(line: str) -> bool:
    """Whether a log line (text or JSON) is a warning, an error or part of a traceback."""
    if line.startswith("{"):
        try:
            entry = json.loads(line)
        except ValueError:
            return True
        return str(entry.get("level", "")).lower() in _LOUD_LEVELS
    return bool(_TRACE.match(line) or _LOUD.search(line[:80]))


@dataclass(slots=True)
class LogFile:
    """The whole output of one part, at most two files of ten megabytes."""

    path: Path
    _file: IO[bytes] = field(init=False)
    _partial: bytes = b""

    def __post_init__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("ab", buffering=0)

    def take(self, chunk: bytes) -> list[str]:
        """Write ``chunk`` and give back the lines it completes."""
        self._file.write(chunk)
        if self._file.tell() > _FILE_LIMIT:
            self._turn_over()
        *lines, self._partial = (self._partial + chunk).split(b"\n")
        self._partial = self._partial[-100_000:]
        return [line.decode(errors="replace").rstrip() for line in lines]

    def last_lines(self, count: int) -> list[str]:
        """The end of the file, for a part that does not start."""
        return self.path.read_text(errors="replace").splitlines()[-count:]

    def close(self) -> None:
        """Nothing more will be written."""
        self._file.close()

    def _turn_over(self) -> None:
        self._file.close()
        self.path.replace(self.path.with_name(self.path.name + ".1"))
        self._file = self.path.open("ab", buffering=0)
