from functools import reduce
from itertools import permutations, product

import pytest

from tonval.fieldwork.messaging.delivery import State, before, later


def test_reports_in_every_order_and_number_end_in_one_state() -> None:
    for reports in ((State.QUEUED, State.ACCEPTED, State.SENT, State.DELIVERED), tuple(State)):
        ends = {reduce(later, order) for order in permutations(reports)}
        assert ends == {State.DELIVERED}


@pytest.mark.parametrize("end", [State.FAILED, State.UNDELIVERED, State.DELIVERED])
def test_what_has_ended_does_not_begin_again(end: State) -> None:
    for state in (State.QUEUED, State.SENDING, State.UNKNOWN, State.ACCEPTED, State.SENT):
        assert later(end, state) is later(state, end) is end


def test_merging_is_a_lattice() -> None:
    for one, two, three in product(State, repeat=3):
        assert later(one, one) is one
        assert later(one, two) is later(two, one)
        assert later(one, later(two, three)) is later(later(one, two), three)


def test_a_report_changes_exactly_the_states_below_it() -> None:
    for old, new in product(State, repeat=2):
        assert (old in before(new)) == (later(old, new) is new and old is not new)
