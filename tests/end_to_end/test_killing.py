"""Any process may die at any moment: no answer is lost, none doubled, nobody gets an SMS twice."""

from __future__ import annotations

import pytest

from tests.end_to_end.killing import PARTS, surveys_under_fire


@pytest.mark.xdist_group("killing")
def test_killing_each_process_loses_and_doubles_nothing() -> None:
    outcome = surveys_under_fire(each=9, seed=7)
    assert sorted(outcome.killed) == sorted(PARTS)
    assert outcome.lost() == []
    assert (outcome.doubled(), outcome.after_stop) == ([], 0)
    assert outcome.recount == "0 differences"
    taken = sum(len(customer.taken) for customer in outcome.customers)
    assert taken > 24, "too few surveys got through for this to mean anything"
    assert any(customer.corrected for customer in outcome.customers)
    assert any(customer.stopped for customer in outcome.customers)
