"""Someone who gives answers, on a fresh database of either kind."""

from __future__ import annotations

import pytest

from tests.stats.giving import Giver
from tonval.store.unit import Unit


@pytest.fixture
def giver(unit: Unit) -> Giver:
    return Giver(unit)
