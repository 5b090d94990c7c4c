"""A backup that was restored brings people back; the list beside the database knows them by their hashes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fieldwork.office import Office
from tests.fieldwork.privacy.planting import FILE, STAFF, Garden, people, traces_of
from tonval.fieldwork.privacy import mentions
from tonval.fieldwork.privacy.again import erase_again
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.fieldwork.routing import read_centre
from tonval.store.leftovers import empty_log
from tonval.store.unit import Unit, open_unit


@pytest.fixture
def unit(sqlite_url: str) -> Iterator[Unit]:
    """SQLite, whose backup is a file."""
    opened = open_unit(sqlite_url)
    yield opened
    opened.engine.dispose()


def test_who_was_erased_is_erased_again_from_a_restored_backup(unit: Unit, tmp_path: Path) -> None:
    garden = Garden(Office(unit, read_centre(FILE)), tmp_path)
    one, other = customers = people(2)
    garden.plant(customers)
    empty_log(unit)
    shutil.copy(tmp_path / "tonval.db", tmp_path / "backup")
    garden.office.pass_time(hours=1)
    erase(garden.field, Order((one.phone,), STAFF, for_ever=True), garden.papers)
    unit.engine.dispose()
    for name in ("tonval.db", "tonval.db-wal", "tonval.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "backup").rename(tmp_path / "tonval.db")
    assert traces_of([one], unit, tmp_path), "the backup has brought her back"
    (receipt,) = erase_again(garden.field, STAFF, garden.papers)
    assert receipt.again
    mentions.search_all(garden.field)
    assert traces_of([one], unit, tmp_path) == []
    assert traces_of([other], unit, tmp_path) != []
    assert garden.report(one, "care")["rule"] == "opted_out"


def test_who_was_reported_anew_since_is_left_as_she_is(unit: Unit, tmp_path: Path) -> None:
    garden = Garden(Office(unit, read_centre(FILE)), tmp_path)
    one, *_ = people(1)
    garden.report(one, "sales")
    erase(garden.field, Order((one.phone,), STAFF), garden.papers)
    garden.office.pass_time(days=40)
    garden.report(one, "sales")
    assert erase_again(garden.field, STAFF, garden.papers) == []
    assert traces_of([one], unit, tmp_path) != []
