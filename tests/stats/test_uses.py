"""How much a survey is answered, in the list of surveys."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stats.giving import NOON, Giver
from tonval.stats.scope import EVERYTHING, Scope
from tonval.stats.uses import answered_since


@pytest.mark.parametrize(
    ("scope", "counted"),
    [(EVERYTHING, 1), (Scope(units=("se",)), 1), (Scope(units=("fi",)), None), (Scope(agent="berit"), None)],
)
def test_only_what_lies_in_scope_is_counted(giver: Giver, scope: Scope, counted: int | None) -> None:
    giver.answers(5)
    found = answered_since(giver.unit, scope, NOON - timedelta(days=1))
    assert next(iter(found.values()), None) == counted
