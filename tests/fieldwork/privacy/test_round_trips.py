"""How often the database is asked while somebody is erased, exported or looked for: not more for who has more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tests.fieldwork.privacy.planting import STAFF, Garden, Planted, people
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.fieldwork.privacy.gather import gather, look
from tonval.store.unit import Unit

AROUND = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")

DEEDS: dict[str, tuple[Callable[[Garden, Planted], object], int]] = {
    "looked for": (lambda garden, one: look(garden.field, (one.phone,)), 30),
    "exported": (lambda garden, one: gather(garden.field, (one.phone,), STAFF), 34),
    "erased": (lambda garden, one: erase(garden.field, Order((one.phone,), STAFF)), 72),
}
"""What is done, and how many statements it may take: one a table, and those by which her rows are found."""


@contextmanager
def counted(unit: Unit) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    seen: list[str] = []

    def note(*told: object) -> None:
        if not str(told[2]).startswith(AROUND):
            seen.append(str(told[2]))

    event.listen(unit.engine, "before_cursor_execute", note)
    yield seen
    event.remove(unit.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("deed", "most"), DEEDS.values(), ids=DEEDS)
def test_the_database_is_asked_as_often_however_much_there_is(
    garden: Garden, unit: Unit, deed: Callable[[Garden, Planted], object], most: int
) -> None:
    _, little, much = customers = people(3)
    garden.plant(customers)
    for number in range(12):
        garden.write(much, f"Tack, {number}")
        garden.report(much, "sales", talk_seconds=1)
    for one in (little, much):
        with counted(unit) as seen:
            deed(garden, one)
        assert len(seen) <= most
