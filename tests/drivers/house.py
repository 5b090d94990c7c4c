"""A whole `tonval up` in a home of its own on free ports, whose parts can be killed by name.

Also a program: ``python -m tests.drivers.house FOLDER [NAME=VALUE …]`` runs one until Ctrl-C.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.waiting import wait_until
from tonval.config import load_config
from tonval.store.unit import Unit, open_unit

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("redis", "web", "worker", "clock", "sip")
ADMIN_PASSWORD = "a-long-password-for-tests"


@dataclass
class House:
    """One installation. It may be started, killed and started again on the same home."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    http: str = ""
    sip: str = ""
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.http = self.http or f"127.0.0.1:{free_port(socket.SOCK_STREAM)}"
        self.sip = self.sip or f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}"

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://{self.http}"

    @property
    def database_url(self) -> str:
        """The database, for looking at what is in it."""
        return self.settings.get("TONVAL_DATABASE_URL", f"sqlite:///{self.home / 'tonval.db'}")

    def open_unit(self) -> Unit:
        """The unit of work on the installation's database, with the key that opens what is sealed."""
        return open_unit(self.database_url, load_config(self.environment()).secret_key)

    @property
    def redis_url(self) -> str:
        """The house's own Redis."""
        return f"unix://{self.home / 'redis' / 'socket'}"

    @property
    def said(self) -> str:
        """All that `tonval up` has printed, over every start."""
        path = self.home / "terminal"
        return path.read_text(errors="replace") if path.exists() else ""

    def environment(self) -> dict[str, str]:
        """What every command of this installation runs with; nothing of ours but the path."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME", "TMPDIR") if name in os.environ}
        ours = {
            "PYTHONPATH": str(ROOT),
            "TONVAL_HOME": str(self.home),
            "TONVAL_QUEUES": str(ROOT / "queues.yaml"),
            "TONVAL_HTTP": self.http,
            "TONVAL_SIP": self.sip,
            "TONVAL_ADMIN_PASSWORD": ADMIN_PASSWORD,
        }
        return kept | ours | dict(self.settings)

    def start(self, *, wait: bool = True) -> None:
        """Run `tonval up`; with ``wait``, return when it says that it is up."""
        ups = self.said.count("is up.")
        with (self.home / "terminal").open("ab") as terminal:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tonval", "up"],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if wait:
            wait_until(lambda: self._is_up(ups), seconds=150)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of this installation, such as ``key add NAME --json``; its output as text."""
        command = [sys.executable, "-m", "tonval", *words]
        return subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False)

    def pid(self, part: str) -> int | None:
        """The process of a part now, ``None`` while there is none. Also: ``supervisor``."""
        assert self.process is not None
        if part == "supervisor":
            return self.process.pid
        return next((pid for pid in children(self.process.pid) if _is_part(pid, part)), None)

    def pids(self) -> set[int]:
        """The supervisor and every process below it."""
        assert self.process is not None
        return {self.process.pid, *descendants(self.process.pid)}

    def kill(self, part: str) -> int:
        """Kill -9 a part, or the ``supervisor``; the process it was."""
        pid = wait_until(lambda: self.pid(part))
        os.kill(pid, signal.SIGKILL)
        if part == "supervisor":
            assert self.process is not None
            self.process.wait(60)
        return pid

    def wait_for(self, part: str, *, other_than: int) -> int:
        """The new process of a part that was killed."""
        return wait_until(lambda: (pid := self.pid(part)) != other_than and pid) or 0

    def stop(self, number: int = signal.SIGTERM, seconds: float = 90) -> int:
        """Stop it as a person does; the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def clean_up(self) -> None:
        """End whatever is left of it, by process id."""
        if self.process is None:
            return
        left = self.pids() if self.process.poll() is None else set()
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(60)

    def _is_up(self, ups: int) -> bool:
        assert self.process is not None
        code = self.process.poll()
        assert code is None, f"tonval up ended with {code}:\n{self.said}"
        return self.said.count("is up.") > ups


@contextmanager
def running_house(settings: Mapping[str, str] | None = None, *, start: bool = True) -> Iterator[House]:
    """A house in a temporary home with a short path (a socket lives in it), gone with all its processes at the end."""
    with tempfile.TemporaryDirectory(prefix="tv-", ignore_cleanup_errors=True) as folder:
        house = House(Path(folder), settings or {})
        try:
            if start:
                house.start()
            yield house
        finally:
            house.clean_up()


def free_port(kind: socket.SocketKind) -> int:
    """A port nobody has, below those of RTP and those the kernel gives out by itself."""
    dice = random.SystemRandom()
    for _ in range(200):
        port = dice.randrange(10_000, 16_000)
        with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def children(pid: int) -> list[int]:
    """The processes that ``pid`` has started and that still run (proc(5))."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def descendants(pid: int) -> set[int]:
    """All processes below ``pid``."""
    below: set[int] = set()
    for child in children(pid):
        below |= {child} | descendants(child)
    return below


def alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _is_part(pid: int, part: str) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    if part == "redis":
        return bool(re.search(rb"(valkey|redis)-server", words[0]))
    return words[1:4] == [b"-m", b"tonval", part.encode()]


def _main(folder: Path, settings: Mapping[str, str]) -> None:
    house = House(folder.resolve(), settings)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        house.start()
        print(house.said, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
        house.stop()
    finally:
        house.clean_up()


if __name__ == "__main__":
    _main(Path(sys.argv[1]), dict(word.split("=", 1) for word in sys.argv[2:]))
