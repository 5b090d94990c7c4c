"""Imports of units and agents taken back: each is kept in the audit log with what it changed, as it was before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.field import Field
from tonval.fieldwork.organisation import ROLLS, Roll, paths_of
from tonval.fieldwork.plans import Change
from tonval.fieldwork.restructuring import attached
from tonval.store.tables import audit as log
from tonval.store.tables import interactions, interviews, users
from tonval.surveys.sentences import sentence

SHOWN: Final = 5
_IMPORTS: Final = {f"{kind}.imported": kind for kind in ROLLS}
_BACK: Final = {f"{kind}.taken_back": kind for kind in ROLLS}


class CannotTakeBack(ValueError):
    """An import cannot be taken back, and nothing was; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Record:
    """An import as it was written down: entry ``id`` of the audit log. ``back``: it was taken back.

    ``stands``: nothing has changed since of what it changed.
    """

    id: int
    kind: str
    at: datetime
    who: str
    changes: tuple[Change, ...]
    back: bool
    stands: bool


def records(office: Field) -> list[Record]:
    """The last few imports that can be told apart from what was before, the newest first."""
    with office.unit.read() as tx:
        wanted = select(log).where(log.c.action.in_(_IMPORTS)).order_by(log.c.id.desc()).limit(SHOWN)
        standing = {kind: roll.standing(tx) for kind, roll in ROLLS.items()}
        rows = [row for row in tx.execute(wanted) if "rows" in row.detail]
        back = _taken_back(tx, min((row.id for row in rows), default=0))
        return [_record(row, standing, back) for row in rows]


def find(office: Field, entry: int) -> Record | None:
    """One of them."""
    with office.unit.read() as tx:
        return _find(tx, entry)


def take_back(office: Field, entry: int, by: Actor) -> Record:
    """Put everything that an import changed back as it was before. Raises ``CannotTakeBack``, ``KeyError`` for none.

    What it added is taken away again, unless somebody or something has come to belong to it.
    """
    with office.unit.begin() as tx:
        audit.hold(tx)
        record = _find(tx, entry)
        if record is None:
            raise KeyError(entry)
        if record.back or not record.stands:
            raise CannotTakeBack(sentence("Something has changed it since, so it cannot be taken back."))
        roll = ROLLS[record.kind]
        for change in sorted(record.changes, key=lambda each: each.key, reverse=True):  # what lies below goes first
            _check(tx, office, roll, change)
            roll.write(tx, change.key, change.before)
        told = {"entry": entry, roll.listed: [change.key for change in record.changes]}
        audit.note(tx, office, by, Deed(f"{record.kind}.taken_back", roll.one, "", told))
    return record


def as_it_was(record: Record) -> Iterator[tuple[str, ...]]:
    """The rows that the import changed as they were before, beneath their headings; what it added was not there."""
    roll = ROLLS[record.kind]
    yield (roll.one, *roll.columns)
    yield from ((change.key, *change.before) for change in record.changes if change.before is not None)


def _find(tx: Connection, entry: int) -> Record | None:
    row = tx.execute(select(log).where(log.c.id == entry, log.c.action.in_(_IMPORTS))).one_or_none()
    if row is None or "rows" not in row.detail:
        return None
    return _record(row, {kind: roll.standing(tx) for kind, roll in ROLLS.items()}, _taken_back(tx, entry))


def _taken_back(tx: Connection, since: int) -> set[int]:
    found = tx.execute(select(log.c.detail).where(log.c.action.in_(_BACK), log.c.id > since)).scalars()
    return {int(detail["entry"]) for detail in found}


def _record(row: Row[Any], standing: Mapping[str, Mapping[str, tuple[str, ...]]], back: set[int]) -> Record:
    kind = _IMPORTS[row.action]
    changes = tuple(
        Change(key, None if was is None else tuple(was), tuple(now)) for key, was, now in row.detail["rows"]
    )
    stands = all(standing[kind].get(change.key) == change.after for change in changes)
    return Record(row.id, kind, row.at, row.name, changes, row.id in back, stands)


def _check(tx: Connection, office: Field, roll: Roll, change: Change) -> None:
    """Whether the change can be undone as things are now."""
    if roll.kind == "units":
        if change.before is None and not attached(tx, office, change.key).empty:
            raise CannotTakeBack(sentence("“%(path)s” is not empty any more.", path=change.key))
    elif change.before is None:
        if _is_in_use(tx, change.key):
            raise CannotTakeBack(sentence("“%(agent)s” has contacts or a user by now.", agent=change.key))
    elif change.before[1] and change.before[1] not in paths_of(tx):
        raise CannotTakeBack(sentence("The unit “%(path)s” is no longer there.", path=change.before[1]))


def _is_in_use(tx: Connection, agent: str) -> bool:
    places = (interactions.c.agent, interviews.c.agent, users.c.agent)
    return any(tx.execute(select(column).where(column == agent).limit(1)).first() for column in places)
