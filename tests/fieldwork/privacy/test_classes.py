"""Nobody adds a table or a column without saying what it holds of customers."""

from __future__ import annotations

import pytest

from tonval.fieldwork.privacy.classes import HOLDINGS, PERSONAL, Data, Holding
from tonval.fieldwork.privacy.scrub import SCRUBS
from tonval.store.tables import metadata

NAMES = [holding.table.name for holding in HOLDINGS]


def test_every_table_has_its_row_once() -> None:
    assert sorted(NAMES) == sorted(metadata.tables), "add the table to fieldwork/privacy/classes.py"


@pytest.mark.parametrize("holding", HOLDINGS, ids=NAMES)
def test_every_column_says_what_it_holds(holding: Holding) -> None:
    assert holding.columns.keys() == set(holding.table.columns.keys()), "say it in fieldwork/privacy/classes.py"


@pytest.mark.parametrize("holding", HOLDINGS, ids=NAMES)
def test_a_column_about_nobody_is_about_nobody(holding: Holding) -> None:
    assert [name for name, classes in holding.columns.items() if Data.NONE in classes and len(classes) > 1] == []


@pytest.mark.parametrize("holding", [each for each in HOLDINGS if each.of(PERSONAL)], ids=lambda each: each.table.name)
def test_what_is_personal_can_be_found_and_emptied(holding: Holding) -> None:
    found_by_reading = {"import_faults", "idempotent", "searches"}
    assert holding.by or holding.table.name in found_by_reading
    stuck = [
        column.name
        for column in holding.table.columns
        if column.name in holding.of(PERSONAL) and column.primary_key and not holding.goes
    ]
    assert stuck == []


def test_what_is_kept_in_part_is_personal() -> None:
    held = {(each.table.name, name) for each in HOLDINGS for name in each.of(PERSONAL)}
    assert SCRUBS.keys() <= held
