"""No number tells of a few people what its reader may not read of each of them."""

from __future__ import annotations

import pytest

from tonval.fieldwork.colleagues.roles import ROLES, Permission


@pytest.mark.parametrize("role", ROLES)
def test_whoever_sees_scores_may_read_the_answers_they_are_made_of(role: str) -> None:
    may = ROLES[role].permissions
    assert Permission.SEE_SCORES not in may or Permission.READ_ANSWERS in may
