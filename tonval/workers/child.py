"""One part of `tonval up` as a running process: started tied to us, read from, ended with all it has forked."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tonval.workers.logs import LogFile
from tonval.workers.tether import tied_here

_READS_AT_ONCE = 16  # a part that never stops talking must not keep us from the others


@dataclass(frozen=True, slots=True)
class Part:
    """What to run.

    ``ready(pid)`` is asked until it is true; ``round`` is its turn when all is stopped, 0 first; a ``quiet`` part
    speaks to its log file only.
    """

    name: str
    command: tuple[str, ...]
    ready: Callable[[int], bool]
    round: int = 1
    patience: float = 10.0  # seconds from SIGTERM to SIGKILL
    quiet: bool = False


class Child:
    """A running part. It leads its own process group, so a Ctrl-C at the terminal reaches only the supervisor."""

    def __init__(self, part: Part, environment: Mapping[str, str], log_file: LogFile) -> None:
        self.part, self.log_file = part, log_file
        self._process = subprocess.Popen(
            part.command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=tied_here(),  # safe: the supervisor has one thread
        )
        self.pid = self._process.pid
        assert self._process.stdout is not None
        self.output = self._process.stdout.fileno()
        os.set_blocking(self.output, False)

    def ended(self) -> str | None:
        """How the process ended, as words; ``None`` while it runs. What it forked is ended before it is reaped."""
        if self._process.returncode is None:
            seen = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if seen is None:
                return None
            self._signal_group(signal.SIGKILL)
            self._process.wait()
        return _in_words(self._process.returncode)

    def read(self) -> tuple[list[str], bool]:
        """The lines that have come since, already written to the log file, and whether more may come."""
        lines: list[str] = []
        with contextlib.suppress(BlockingIOError):
            for _ in range(_READS_AT_ONCE):
                chunk = os.read(self.output, 65536)
                if not chunk:
                    return lines, False
                lines += self.log_file.take(chunk)
        return lines, True

    def ask_to_stop(self) -> None:
        """SIGTERM to the part itself; it tells what it has forked."""
        if self._process.returncode is None:
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the part and all it has forked."""
        if self._process.returncode is None:
            self._signal_group(signal.SIGKILL)

    def close(self) -> None:
        """Give back the pipe; the process has ended."""
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _signal_group(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


def open_log(folder: Path, part: Part) -> LogFile:
    """The log file of a part."""
    return LogFile(folder / f"{part.name}.log")


def _in_words(returncode: int | None) -> str:
    if returncode is None or returncode == 0:
        return "ended"
    if returncode < 0:
        return f"was killed by {signal.Signals(-returncode).name}"
    return f"ended with exit code {returncode}"
