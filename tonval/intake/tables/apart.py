"""A table that is read in a child process, whose crash or excess is a sentence here and nothing more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Self

from tonval.intake.tables.rows import BadFile, Row, RowFault
from tonval.surveys.sentences import sentence as phrase

_LINE: Final = 64 << 20  # bytes; the widest row, escaped
_BROKEN = phrase("Reading the file failed, so it is damaged or asks for more than a table may.")
# Nothing of ours is in the child's environment: no secret can leave by a parser's fault.
_PASSED = ("PATH", "PYTHONPATH", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")


class Apart:
    """A table that ``child`` can read, by one of its readers."""

    def __init__(self, reader: str, path: Path) -> None:
        self._reader, self._path = reader, path
        self._child = _start(reader, path)
        self._fresh, self._progress = True, 0.0
        try:
            self._describe(self._hear(None))
        except BaseException:
            self._stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def progress(self) -> float:
        """See Table."""
        return self._progress

    def rows(self, after: int = 1) -> Iterator[Row | RowFault]:
        """See Table."""
        self._begin(after)
        last = after
        while True:
            match self._hear(last):
                case [last, str(sentence)]:
                    yield RowFault(last, sentence)
                case [last, list(cells)]:
                    yield Row(last, dict(zip(self.headings, cells, strict=True)))
                case float(progress):
                    self._progress = progress
                case _:
                    self._progress = 1.0
                    return

    def _describe(self, said: Any) -> None:
        self.kind: str = said["kind"]
        self.headings: tuple[str, ...] = tuple(said["headings"])
        self.labels: Mapping[str, str] = said["labels"]
        self.total: int | None = said["total"]

    def _begin(self, after: int) -> None:
        if not self._fresh:
            self._stop()
            self._child = _start(self._reader, self._path)
            self._hear(None)
        self._fresh, self._progress = False, 0.0
        assert self._child.stdin
        self._child.stdin.write(f"{after}\n".encode())
        self._child.stdin.flush()

    def _hear(self, last: int | None) -> Any:
        """The next message. Raises BadFile for one that says so, and for silence: then the child is dead."""
        assert self._child.stdout
        line = self._child.stdout.readline(_LINE)
        if not line.endswith(b"\n"):
            raise BadFile(_BROKEN, last)
        message = json.loads(line)
        if isinstance(message, dict) and "bad" in message:
            sentence, row = message["bad"]
            raise BadFile(sentence, row or last)
        return message

    def _stop(self) -> None:
        child = self._child
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()
        child.wait()


def _start(reader: str, path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "tonval.intake.tables.child", reader, path.absolute()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in _PASSED if name in os.environ} | {"OPENBLAS_NUM_THREADS": "1"},
    )
