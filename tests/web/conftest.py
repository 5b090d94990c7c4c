"""The site without a browser: a test client for each reader, and keys for the API."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.invariants import faults_of
from tests.web.house import PASSWORD, Clock, add_people, open_house, open_site
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.store.unit import open_unit


@pytest.fixture
def clock() -> Clock:
    """Noon on a Friday."""
    return Clock()


@pytest.fixture(scope="session")
def peopled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with people of every role in it, to copy: their passwords take a while to hash."""
    path = tmp_path_factory.mktemp("people") / "tonval.db"
    shutil.copy(sqlite_template, path)
    unit = open_unit(f"sqlite:///{path}")
    add_people(open_house(unit, Clock()))
    with unit.read() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    unit.engine.dispose()
    return path


@pytest.fixture
def office(peopled: Path, tmp_path: Path, clock: Clock) -> Iterator[Field]:
    """A small centre on a fresh SQLite file, with people of every role; afterwards its ledger must be in order."""
    shutil.copy(peopled, tmp_path / "tonval.db")
    unit = open_unit(f"sqlite:///{tmp_path / 'tonval.db'}")
    yield open_house(unit, clock)
    faults = faults_of(unit)
    unit.engine.dispose()
    assert faults == []


@pytest.fixture
def site(office: Field) -> Flask:
    """The application; forms need no CSRF token unless a test says so."""
    app = open_site(office)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def signed_in(site: Flask) -> Callable[[str], FlaskClient]:
    """``signed_in("anna")``: a client with her cookie."""

    def client(name: str) -> FlaskClient:
        fresh = site.test_client()
        assert fresh.post("/login", data={"name": name, "password": PASSWORD}).status_code == 302
        return fresh

    return client


@pytest.fixture
def api(site: Flask, office: Field) -> FlaskClient:
    """A client whose key may read and report."""
    raw = keys.make_key(office, "pbx", ["read", "report"])
    client = site.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {raw}"
    return client
