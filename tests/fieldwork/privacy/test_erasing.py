"""S11: customers planted through every door are found nowhere after they were erased, and no number has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.fieldwork.office import Office
from tests.fieldwork.privacy.planting import FILE, STAFF, Garden, people, traces_of
from tonval.fieldwork import audit
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.fieldwork.routing import read_centre
from tonval.stats import rebuild
from tonval.store import tables as t
from tonval.store.tables import TALLY_KEY
from tonval.store.unit import Unit

MANY = 24


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the installation keeps its files; SQLite's database lies in it."""
    return tmp_path


@pytest.fixture
def garden(unit: Unit, home: Path) -> Garden:
    """A centre without customers."""
    return Garden(Office(unit, read_centre(FILE)), home)


def tallied(unit: Unit) -> dict[tuple[Any, ...], int]:
    """Every cell of the tally with its count."""
    found: dict[tuple[Any, ...], int] = {}
    with unit.read() as tx:
        for table in (t.tally, t.tally_deltas):
            cells = [table.c[name] for name in TALLY_KEY]
            for *cell, number in tx.execute(select(*cells, func.sum(table.c.n)).group_by(*cells)):
                found[tuple(cell)] = found.get(tuple(cell), 0) + int(number)
    return {cell: number for cell, number in found.items() if number}


def test_an_erased_person_is_found_nowhere_and_no_number_changes(garden: Garden, unit: Unit, home: Path) -> None:
    customers = people(MANY)
    garden.plant(customers)
    assert len({hit.partition(":")[0] for hit in traces_of(customers, unit, home)}) > 20, "they must be there first"
    before = tallied(unit)
    for one in customers:
        erase(garden.field, Order((one.phone,), STAFF), garden.papers)
    assert traces_of(customers, unit, home) == []
    assert tallied(unit) == before
    assert rebuild.check(unit) == []
    assert audit.verify(garden.field).fault is None


def test_who_is_reported_again_after_the_erasure_is_not_asked_where_she_may_not_be(garden: Garden) -> None:
    customers = people(15)
    garden.plant(customers)
    for one in customers:
        erase(garden.field, Order((one.email,), STAFF), garden.papers)
    told = {one.number: garden.report(one, "sales").get("rule") for one in customers}
    wanted = {one.number: "opted_out" if one.stops else "blocked" if one.is_blocked else None for one in customers}
    assert {number: rule for number, rule in told.items() if wanted[number]} == {n: r for n, r in wanted.items() if r}
