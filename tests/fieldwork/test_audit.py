from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, text, update

from tests.fieldwork.office import Office
from tests.transcripts.script import centre
from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed, Verdict
from tonval.store.tables import audit as entries
from tonval.store.unit import open_unit

BO = Actor("usr_1", "Bo")


def noted(office: Office, how_many: int) -> None:
    for number in range(how_many):
        with office.field.unit.begin() as tx:
            audit.note(tx, office.field, BO, Deed("user.added", "user", f"usr_{number}", {"role": "agent", "é": [1]}))


def test_an_untouched_log_is_whole(office: Office) -> None:
    assert audit.verify(office.field) == Verdict(0, None)
    noted(office, 3)
    assert audit.verify(office.field) == Verdict(3, None)


@pytest.mark.parametrize(
    "change",
    [
        {"at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"actor": "usr_2"},
        {"name": "Eva"},
        {"action": "user.removed"},
        {"kind": "key"},
        {"ref": "usr_9"},
        {"detail": {"role": "admin"}},
        {"detail": {}},
        {"seal": "0" * 64},
    ],
    ids=str,
)
def test_a_changed_entry_is_found(office: Office, change: dict[str, Any]) -> None:
    noted(office, 3)
    with office.field.unit.begin() as tx:
        tx.execute(update(entries).where(entries.c.id == 2).values(change))
    assert audit.verify(office.field) == Verdict(1, "entry 2 was changed")


@pytest.mark.parametrize(("column", "value"), [("at", "yesterday"), ("detail", "{half")])
def test_an_entry_that_is_no_entry_any_more_is_told(sqlite_url: str, column: str, value: str) -> None:
    office = Office(open_unit(sqlite_url), centre())
    noted(office, 3)
    with office.field.unit.begin() as tx:
        tx.execute(text(f"UPDATE audit SET {column} = :value WHERE id = 3"), {"value": value})
    found = audit.verify(office.field)
    assert found.fault is not None and "cannot be read" in found.fault


@pytest.mark.parametrize(
    ("taken", "fault"), [(1, "entry 1 is missing"), (2, "entry 2 is missing"), (3, "entries 3 to 3 are missing")]
)
def test_an_entry_that_was_taken_away_is_missed(office: Office, taken: int, fault: str) -> None:
    noted(office, 3)
    with office.field.unit.begin() as tx:
        tx.execute(delete(entries).where(entries.c.id == taken))
    assert audit.verify(office.field) == Verdict(taken - 1, fault)


def fail_after_noting(office: Office) -> None:
    with office.field.unit.begin() as tx:
        audit.note(tx, office.field, BO, Deed("user.added", "user", "usr_x", {}))
        raise RuntimeError("the deed failed")


def test_a_deed_that_fails_leaves_no_entry(office: Office) -> None:
    noted(office, 1)
    with pytest.raises(RuntimeError):
        fail_after_noting(office)
    assert audit.verify(office.field) == Verdict(1, None)
