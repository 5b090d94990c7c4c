"""The database really gone: nobody can open it, and who had it open has lost it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.waiting import wait_until
from tonval.store.unit import Unit

_SIDES = ("", "-wal", "-shm")


@contextmanager
def away(unit: Unit) -> Iterator[None]:
    """Gone within the block, and back after it with everything in it."""
    gone = _renamed if unit.engine.dialect.name == "postgresql" else _moved
    with gone(unit):
        yield


@contextmanager
def _renamed(unit: Unit) -> Iterator[None]:
    """On the server it has another name meanwhile; the server throws everybody out of it."""
    url = make_url(unit.engine.url)
    name = url.database
    to_server = {"host": url.query["host"], "user": url.username, "dbname": "postgres", "autocommit": True}
    with psycopg.connect(**to_server) as server:

        def rename(old: str, new: str) -> bool:
            throw_out = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{old}'"
            with suppress(psycopg.errors.ObjectInUse):
                server.execute(throw_out)
                server.execute(f'ALTER DATABASE "{old}" RENAME TO "{new}"')
                return True
            return False

        wait_until(lambda: rename(f"{name}", f"{name}_away"))
        try:
            yield
        finally:
            wait_until(lambda: rename(f"{name}_away", f"{name}"))


@contextmanager
def _moved(unit: Unit) -> Iterator[None]:
    """The file lies elsewhere, and where it was is what no database can be."""
    file = Path(str(unit.engine.url.database))
    unit.engine.dispose()
    for side in _SIDES:
        _move(Path(f"{file}{side}"), Path(f"{file}{side}.away"))
    wait_until(lambda: _blocked(file))
    unit.engine.dispose()  # whoever took it up in between
    try:
        yield
    finally:
        file.rmdir()
        for side in _SIDES:
            _move(Path(f"{file}{side}.away"), Path(f"{file}{side}"))
        unit.engine.dispose()  # and here


def _blocked(file: Path) -> bool:
    """Whether a folder stands there now. Who opens a database that is gone makes an empty one."""
    for side in _SIDES:
        Path(f"{file}{side}").unlink(missing_ok=True)
    with suppress(FileExistsError):
        file.mkdir()
        return True
    return False


def _move(here: Path, there: Path) -> None:
    with suppress(FileNotFoundError):
        here.rename(there)
