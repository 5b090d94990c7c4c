"""A private PostgreSQL server for the tests: a fresh folder, a Unix socket in it, no port and no password."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO

import psycopg

from tests.waiting import wait_until

# Nothing outlives a test run here, so nothing needs to reach the disk.
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. ``fresh`` gives URLs of new, empty databases, or copies of ``template``."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def fresh(self, template: str = "template0") -> str:
        """The SQLAlchemy URL of a new database."""
        name = f"tonval_{next(self._numbers)}"
        with self._connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"postgresql+psycopg://tonval@/{name}?host={self.folder}"

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user="tonval", dbname="postgres", autocommit=True)

    def answers(self) -> bool:
        """Whether the server takes connections yet."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def private_server(settings: Mapping[str, str] = SETTINGS) -> Iterator[Server]:
    """Start a server, and end it with the block; it also ends when this process is killed."""
    # A short path: a Unix socket's name has room for about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="tonval-pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        with (folder / "log").open("w") as log, _running(folder, log, settings) as process:
            server = Server(folder)
            wait_until(lambda: process.poll() is not None or server.answers(), 60)
            if process.poll() is not None:
                raise RuntimeError("PostgreSQL did not start:\n" + (folder / "log").read_text())
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(folder: Path, log: IO[str], settings: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    data = str(folder / "data")
    initdb = [_program("initdb"), "-D", data, "-U", "tonval", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run([*_unprivileged(), *initdb], cwd=folder, check=True, stdout=log, stderr=log, env=_environment())
    given = [f"-c{name}={value}" for name, value in settings.items()]
    server = [_program("postgres"), "-D", data, "-k", str(folder), "-clisten_addresses=", *given]
    process = subprocess.Popen([*_unprivileged(), *server], cwd=folder, stdout=log, stderr=log, env=_environment())
    try:
        yield process
    finally:
        process.send_signal(signal.SIGQUIT)  # at once, without a checkpoint
        process.wait(30)


def _program(name: str) -> str:
    """Debian keeps the server's programs off PATH; the newest version wins."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(places[-1]) if places else shutil.which(name)
    if not found:
        raise RuntimeError(f"PostgreSQL's {name} is missing: run `make test`, or scripts/system-packages")
    return found


def _unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root, so root lends it the account that Debian made for it."""
    guard = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() != 0:
        return guard
    account = pwd.getpwnam("postgres")
    return [*guard, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
