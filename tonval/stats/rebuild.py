"""Recounting: the tally folded again from all events, to be compared with the one in use or to take its place.

Memory stays the same however many answers there are: events are streamed, and the fold is kept in a temporary table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
)

from tonval.stats.fold import folded
from tonval.stats.record import row_of
from tonval.stats.snapshot import freeze, hold_tally
from tonval.stats.squash import add_to
from tonval.stats.tally import Delta
from tonval.store.tables import TALLY_KEY, tally, tally_deltas
from tonval.store.unit import Unit

recount = Table(
    "tally_recount",
    MetaData(),
    *(Column(name, tally.c[name].type, primary_key=True) for name in TALLY_KEY),
    Column("n", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that does not agree: ``tallied`` is what pages show, ``recounted`` what the events say.

    ``cell`` holds the names of ``TALLY_KEY`` and their values.
    """

    cell: dict[str, Any]
    tallied: int
    recounted: int

    def __str__(self) -> str:
        where = ", ".join(f"{name} {value}" for name, value in self.cell.items())
        return f"{where}: {self.tallied} in the tally, {self.recounted} by the events"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: ``answers`` folded into ``cells``, and how many cells were ``corrected``."""

    answers: int
    cells: int
    corrected: int


def check(unit: Unit) -> list[Difference]:
    """Fold every event again and compare with tally and deltas, in one snapshot. Empty: every number is right."""
    with unit.read() as connection:
        freeze(connection)
        _fold(connection)
        return list(_differences(connection))


def rebuild(unit: Unit) -> Rebuilt:
    """Put a fresh fold of all events in the tally's place, at once; answers given meanwhile keep their deltas."""
    with unit.begin() as tx:
        hold_tally(tx)
        _fold(tx)
        corrected = sum(1 for _ in _differences(tx))
        tx.execute(delete(tally_deltas))
        tx.execute(delete(tally))
        tx.execute(insert(tally).from_select([*TALLY_KEY, "n"], select(recount).where(recount.c.n != 0)))
        total = select(func.coalesce(func.sum(recount.c.n), 0), func.count()).where(recount.c.n != 0)
        answers, cells = tx.execute(total).one()
        recount.drop(tx)
    return Rebuilt(int(answers), cells, corrected)


def _fold(connection: Connection) -> None:
    """Fill the temporary table: for each cell, how many answers the events hold."""
    recount.create(connection)
    for counts in folded(connection):
        _keep(connection, counts)


def _keep(connection: Connection, counts: Counter[Delta]) -> None:
    rows = [row_of(replace(cell, n=n)) for cell, n in counts.items()]
    connection.execute(add_to(connection, recount), rows)


def _differences(connection: Connection) -> Iterator[Difference]:
    both = union_all(_side(tally, 1, 0), _side(tally_deltas, 1, 0), _side(recount, 0, 1)).subquery()
    key = [both.c[name] for name in TALLY_KEY]
    tallied, recounted = func.sum(both.c.tallied), func.sum(both.c.recounted)
    apart = select(*key, tallied, recounted).group_by(*key).having(tallied != recounted).order_by(*key)
    for *cell, shown, counted in connection.execute(apart):
        yield Difference(dict(zip(TALLY_KEY, cell, strict=True)), int(shown), int(counted))


def _side(table: Table, tallied: int, recounted: int) -> Select[Any]:
    key = [table.c[name] for name in TALLY_KEY]
    n = table.c.n
    return select(*key, (n * literal(tallied)).label("tallied"), (n * literal(recounted)).label("recounted"))
