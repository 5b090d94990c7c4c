"""What every test may ask for: a fresh database of either kind, with the schema in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import make_url

from tests.drivers.postgres import Server, private_server
from tests.invariants import faults_of
from tonval.store.migrate import migrate
from tonval.store.unit import Unit, open_unit

settings.register_profile("house", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("house")


def _with_schema(url: str) -> str:
    unit = open_unit(url)
    migrate(unit)
    unit.engine.dispose()
    return url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A private PostgreSQL server, one for each test process; ``postgres.fresh()`` is a new, empty database."""
    with private_server() as server:
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


@pytest.fixture
def postgresql_url(postgres: Server, postgres_template: str) -> str:
    """The URL of a fresh PostgreSQL database with the schema."""
    return postgres.fresh(postgres_template)


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
