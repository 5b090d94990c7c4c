"""Whatever is done with a call of ours finds its rows by an index on both databases, however many calls there were."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fieldwork.dialling.house import EVA, call_up, due, hang_up, pick_up
from tests.fieldwork.dialling.test_other_ways import OURS, centre
from tests.fieldwork.office import Office
from tests.stats.test_indexes import _asked, _plan
from tonval.fieldwork import asking, conduct
from tonval.fieldwork.calls import dialling
from tonval.fieldwork.calls.dialling import ToDial
from tonval.fieldwork.calls.rationing import used_today
from tonval.store.unit import Unit
from tonval.surveys.turns import Digits


def answer(office: Office, call: ToDial) -> None:
    """She answers and presses the key."""
    guard = pick_up(office, call)
    conduct.resume(office.field, guard.leg, Digits("1"), 1)


def ring_back(office: Office, call: ToDial) -> None:
    """She rings the number that called her."""
    conduct.begin_call(office.field, conduct.Call("twilio", "CA9", OURS, caller=call.number))


def look(office: Office) -> None:
    """Whether there is anything to do."""
    with office.field.unit.read() as tx:
        dialling.has_due(tx, office.time)


WORK: dict[str, Callable[[Office, ToDial], object]] = {
    "claiming": lambda office, call: due(office),
    "looking for something to do": lambda office, call: look(office),
    "placing": lambda office, call: dialling.placed(office.field, call.id, "CA1"),
    "the end of the ladder": lambda office, call: dialling.ended(office.field, call.id, "no_answer"),
    "an answer": answer,
    "a call that comes back": ring_back,
    "doubtful calls": lambda office, call: dialling.in_doubt(office.field, "sip"),
    "settling": lambda office, call: dialling.settle_doubtful(office.field),
    "ending what nobody came in for": lambda office, call: asking.close_unclaimed(office.field),
    "what is used of the day": lambda office, call: used_today(office.field),
}


@pytest.mark.parametrize("work", WORK.values(), ids=WORK.keys())
def test_no_calls_and_no_invitations_are_read_whole(unit: Unit, work: Callable[[Office, ToDial], object]) -> None:
    office = centre(unit)
    call = call_up(office, "a", queue="rescue")
    call_up(office, "b", queue="rescue", phone=EVA[:-1] + "7")
    call_up_later(office)
    statements = _asked(unit, lambda unit: work(office, call))
    assert [line for told in statements for line in _plan(unit, *told) if is_whole(line)] == []


def call_up_later(office: Office) -> None:
    """A call that waits, and is due."""
    hang_up(office, "c", phone=EVA[:-1] + "8")
    office.pass_time(minutes=15)


def is_whole(line: str) -> bool:
    """Whether a line of a plan says that a table that grows is read from end to end."""
    tables = ("dials", "invitations", "interactions", "interviews", "legs")
    return any(f"Seq Scan on {table} " in line or line == f"SCAN {table}" for table in tables)
