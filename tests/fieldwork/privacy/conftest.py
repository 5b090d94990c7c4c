"""A centre on a fresh database of either kind, with a home for its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fieldwork.office import Office
from tests.fieldwork.privacy.planting import FILE, Garden
from tonval.fieldwork.routing import read_centre
from tonval.store.unit import Unit


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the installation keeps its files; SQLite's database lies in it."""
    return tmp_path


@pytest.fixture
def garden(unit: Unit, home: Path) -> Garden:
    """A centre without customers."""
    return Garden(Office(unit, read_centre(FILE)), home)
