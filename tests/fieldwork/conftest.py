"""An office on a fresh database of either kind."""

from __future__ import annotations

import pytest

from tests.fieldwork.office import Office
from tests.transcripts.script import centre
from tonval.store.unit import Unit


@pytest.fixture
def office(unit: Unit) -> Office:
    """The centre of the transcripts, empty."""
    return Office(unit, centre())
