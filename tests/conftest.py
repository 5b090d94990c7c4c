"""What every test may ask for: a fresh database of either kind, with the schema in it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from _pytest.nodeid import coerce_node_id
from hypothesis import settings
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import make_url

from tests.drivers.lending import Shelf
from tests.drivers.postgres import SETTINGS, Server, private_server
from tests.invariants import faults_of
from tonval.audio import speech
from tonval.fieldwork.colleagues import people
from tonval.store.migrate import migrate
from tonval.store.unit import Unit, open_unit

# How long an example takes says how busy the machine is. And a change is judged by the same examples each time: to look
# for new ones, ARGS="--hypothesis-profile=search".
settings.register_profile("search", deadline=None)
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30  # octets


def _has_room(folder: Path) -> bool:
    """Whether the tests' files fit there, and programs among them may run."""
    if not os.access(folder, os.W_OK):
        return False
    return shutil.disk_usage(folder).free >= ROOM and not os.statvfs(folder).f_flag & os.ST_NOEXEC


if _has_room(MEMORY):  # the house forces every commit to the disk, which costs a test nothing there
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the groups of tests together: pytest 9.2 does not read a name where pytest-xdist 3.8 writes the group."""
    for item in items:
        grouped = getattr(item, "_nodeid", item.nodeid)
        if grouped != item.nodeid:
            item._id = coerce_node_id(grouped)  # type: ignore[attr-defined]


def _with_schema(url: str) -> str:
    unit = open_unit(url)
    migrate(unit)
    unit.engine.dispose()
    return url


@pytest.fixture(scope="session", autouse=True)
def passwords() -> Iterator[PasswordHash]:
    """Passwords are hashed as in the house, but with little time and memory: each would take 0.2 s. The house's own."""
    real = people._HASH
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "_HASH", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)))
        yield real


@pytest.fixture(scope="session", autouse=True)
def _spoken_once() -> Iterator[None]:
    """What is spoken by the synthetic voice is spoken once: the same words give the same bytes (tests/audio)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(speech, "speak", lru_cache(maxsize=512)(speech.speak))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A private PostgreSQL server, one for each test process; ``postgres.fresh()`` is a new, empty database."""
    # Without autovacuum no plan depends on how long the server has been up.
    with private_server({**SETTINGS, "autovacuum": "off"}) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> str:
    """The name of a database with the schema, to copy."""
    return str(make_url(_with_schema(postgres.fresh())).database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema, to copy."""
    path = tmp_path_factory.mktemp("schema") / "tonval.db"
    _with_schema(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh SQLite database with the schema."""
    shutil.copy(sqlite_template, tmp_path / "tonval.db")
    return f"sqlite:///{tmp_path / 'tonval.db'}"


@pytest.fixture(scope="session")
def shelf(postgres: Server, postgres_template: str) -> Iterator[Shelf]:
    """The PostgreSQL databases with the schema that tests are lent."""
    shelf = Shelf(postgres, postgres_template)
    yield shelf
    shelf.close()


@pytest.fixture
def postgresql_url(shelf: Shelf) -> Iterator[str]:
    """The URL of an empty PostgreSQL database with the schema."""
    with shelf.lent() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database with the schema; the test runs once for each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def unit(database_url: str) -> Iterator[Unit]:
    """The unit of work on a fresh database, once for each kind of database; afterwards its ledger must be in order."""
    opened = open_unit(database_url)
    yield opened
    faults = faults_of(opened)
    opened.engine.dispose()
    assert faults == []
