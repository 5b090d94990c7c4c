"""The unit of work, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, text

from tonval.store.tables import units
from tonval.store.unit import Unit, open_unit

STOCKHOLM = {"path": "se/sthlm", "name": "Stockholm"}


def paths(unit: Unit) -> list[str]:
    with unit.read() as tx:
        return list(tx.scalars(select(units.c.path)))


def test_what_a_transaction_wrote_is_there_afterwards(unit: Unit) -> None:
    with unit.begin() as tx:
        tx.execute(insert(units), [STOCKHOLM])
    assert paths(unit) == ["se/sthlm"]


def fail_after_writing(unit: Unit) -> None:
    with unit.begin() as tx:
        tx.execute(insert(units), [STOCKHOLM])
        raise LookupError


def test_an_error_inside_a_transaction_leaves_nothing_behind(unit: Unit) -> None:
    with pytest.raises(LookupError):
        fail_after_writing(unit)
    assert paths(unit) == []


def test_a_reader_leaves_nothing_behind(unit: Unit) -> None:
    with unit.read() as tx:
        tx.execute(insert(units), [STOCKHOLM])
    assert paths(unit) == []


def test_a_connection_that_was_lost_while_it_rested_is_made_anew(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonval.store.unit.RESTED", 0.0)
    ours, other = open_unit(postgresql_url), open_unit(postgresql_url)
    gone = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :pid")
    with ours.read() as tx:
        before = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with other.read() as tx:
        tx.execute(gone, {"pid": before})
    with ours.read() as tx:
        assert tx.execute(text("SELECT pg_backend_pid()")).scalar_one() != before
    for unit in (ours, other):
        unit.engine.dispose()
