from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sms.stage import Stage
from tonval.fieldwork.messaging import messages, parts
from tonval.fieldwork.messaging.delivery import State
from tonval.store.tables import messages as rows
from tonval.store.unit import Unit

ENDS = (State.DELIVERED, State.UNDELIVERED, State.FAILED)
fresh = count(1)


def message_of(stage: Stage) -> str:
    stage.queue("en lång fråga")
    (claimed,) = messages.claim_due(stage.office, 1)
    return claimed.id


def state_of(stage: Stage, message: str) -> str:
    with stage.office.unit.read() as tx:
        return str(tx.execute(rows.select().where(rows.c.id == message)).one().state)


def reported(stage: Stage, ref: str, state: State) -> None:
    """A receipt, as the line hands it in: for a part that is known, or kept until it is."""
    if not parts.report(stage.office, "twilio", ref, state, None):
        messages.status_changed(stage.office, "twilio", ref, None, state, None)
        parts.take_early(stage.office, "twilio", ref)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ends=st.lists(st.sampled_from(ENDS), min_size=2, max_size=4),
    order=st.randoms(use_true_random=False),
    known_at=st.integers(0, 12),
    doubtful=st.booleans(),
)
def test_a_message_ends_as_its_parts_do_whatever_the_order(
    stage_for_parts: Stage, ends: list[State], order: object, known_at: int, doubtful: bool
) -> None:
    stage, number = stage_for_parts, next(fresh)
    message = message_of(stage)
    refs = [f"{number}-{place}" for place in range(len(ends))]
    told = [(ref, state) for ref, end in zip(refs, ends, strict=True) for state in (State.SENT, end, end)]
    order.shuffle(told)  # type: ignore[attr-defined]
    for place, (ref, state) in enumerate(told):
        if place == known_at:
            parts.keep(stage.office, "twilio", message, refs, doubtful=doubtful)
        reported(stage, ref, state)
    parts.keep(stage.office, "twilio", message, refs, doubtful=doubtful)
    assert state_of(stage, message) == expected(ends, doubtful=doubtful)


def expected(ends: Sequence[State], *, doubtful: bool) -> State:
    lost = [end for end in ends if end is not State.DELIVERED]
    if lost:
        return State.UNDELIVERED if State.UNDELIVERED in lost else State.FAILED
    return State.UNKNOWN if doubtful else State.DELIVERED


def test_a_part_of_nothing_is_no_part(stage_for_parts: Stage) -> None:
    assert parts.report(stage_for_parts.office, "twilio", "strange", State.DELIVERED, None) is False


@pytest.fixture
def stage_for_parts(unit: Unit) -> Stage:
    return Stage(unit)
