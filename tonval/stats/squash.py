"""Moving deltas into the tally: many small rows become few, and no reading changes by it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, delete, func, select

from tonval.stats.snapshot import hold_tally
from tonval.store.tables import TALLY_KEY, tally, tally_deltas
from tonval.store.unit import Unit
from tonval.store.upsert import insert

BATCH = 20_000


def squash(unit: Unit, limit: int = BATCH) -> int:
    """Move up to ``limit`` deltas, oldest first, into the tally, and say how many it was; 0 when none are left.

    One transaction: a reader sees each answer once, before and after. Two at a time take turns.
    """
    with unit.begin() as tx:
        hold_tally(tx)
        newest = _newest_of(tx, limit)
        if newest is None:
            return 0
        _add(tx, newest)
        _remove_empty(tx, newest)
        return tx.execute(delete(tally_deltas).where(tally_deltas.c.id <= newest)).rowcount


def _newest_of(tx: Connection, limit: int) -> int | None:
    """The highest id among the ``limit`` oldest deltas of the snapshot."""
    oldest = select(tally_deltas.c.id).order_by(tally_deltas.c.id).limit(limit).subquery()
    return tx.execute(select(func.max(oldest.c.id))).scalar()


def add_to(tx: Connection, table: Table) -> Any:
    """The statement that adds a row's ``n`` to its cell of ``table``, making the cell when there is none."""
    upsert = insert(tx, table)
    return upsert.on_conflict_do_update(index_elements=TALLY_KEY, set_={"n": table.c.n + upsert.excluded.n})


def _add(tx: Connection, newest: int) -> None:
    key = [tally_deltas.c[name] for name in TALLY_KEY]
    n = func.sum(tally_deltas.c.n)
    sums = select(*key, n).where(tally_deltas.c.id <= newest).group_by(*key).having(n != 0)
    tx.execute(add_to(tx, tally).from_select([*TALLY_KEY, "n"], sums))


def _remove_empty(tx: Connection, newest: int) -> None:
    """Only what a negative delta touched can have come down to nothing."""
    key = [tally_deltas.c[name] for name in TALLY_KEY]
    lowered = select(*key).where(tally_deltas.c.id <= newest, tally_deltas.c.n < 0).distinct()
    for row in tx.execute(lowered).all():
        cell = [tally.c[name] == value for name, value in zip(TALLY_KEY, row, strict=True)]
        tx.execute(delete(tally).where(tally.c.n == 0, *cell))
