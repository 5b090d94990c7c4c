"""Erasing while something else happens to the same person: whoever comes first, nothing is left half done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.fieldwork.privacy.planting import STAFF, Garden, Planted, people, traces_of
from tonval.fieldwork.privacy import mentions
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.stats import rebuild
from tonval.store import tables as t
from tonval.store.unit import Unit

Deed = Callable[[Garden, Planted], object]


def _erase(garden: Garden, one: Planted) -> object:
    return erase(garden.field, Order((one.phone,), STAFF), garden.papers)


def _report(garden: Garden, one: Planted) -> object:
    return garden.report(one, "sales")


DEEDS: dict[str, Deed] = {
    "she is erased by somebody else": _erase,
    "she writes": lambda garden, one: garden.write(one, f"7 och ring {one.spelled}"),
    "she says stop": lambda garden, one: garden.write(one, "STOP"),
    "a worker sends": lambda garden, one: garden.send_all(),
    "she is reported": _report,
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_it_is_as_if_one_had_come_after_the_other(garden: Garden, unit: Unit, home: Path, deed: Deed) -> None:
    one = people(2)[1]
    garden.report(one, "sales")
    garden.office.pass_time(minutes=3)
    start, faults = threading.Barrier(2), list[Exception]()

    def run(what: Deed) -> None:
        start.wait()
        try:
            what(garden, one)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is told below
            faults.append(fault)

    both = [threading.Thread(target=run, args=(each,)) for each in (deed, _erase)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert faults == []
    _nothing_half_done(unit)
    _erase(garden, one)  # what came a moment later is new, and goes like everything else
    mentions.search_all(garden.field)
    assert traces_of([one], unit, home) == []
    assert rebuild.check(unit) == []


def _nothing_half_done(unit: Unit) -> None:
    """What is about somebody who is known stands; what is left of the erased has no address anywhere."""
    i = t.interviews.c
    with unit.read() as tx:
        nobody = tx.execute(select(i.id, i.thread, i.state).where(i.contact.is_(None))).all()
        known = set(tx.execute(select(t.contacts.c.id)).scalars())
        tied = set(tx.execute(select(t.interactions.c.contact).where(t.interactions.c.contact.is_not(None))).scalars())
    assert [row.id for row in nobody if row.thread or row.state.get("comments", ()) not in ((), [])] == []
    assert tied <= known
