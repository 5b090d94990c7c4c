"""An office on a fresh database of either kind, and on SQLite alone where the database does not matter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fieldwork.office import Office
from tests.intake.intake import small_office
from tonval.store.unit import Unit, open_unit


@pytest.fixture
def office(unit: Unit) -> Office:
    """A centre with one queue, empty."""
    return small_office(unit)


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Office]:
    """The same on SQLite."""
    unit = open_unit(sqlite_url)
    yield small_office(unit)
    unit.engine.dispose()
