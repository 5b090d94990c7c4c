"""What became of a call-back: called, nobody answered, taken back, planned anew. Of two who press, the first counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.calling_back.call_backs import NotFree
from tonval.fieldwork.calling_back.opening import Slot
from tonval.fieldwork.calling_back.vacancies import change_place, open_hours_of, open_slots
from tonval.fieldwork.field import Field
from tonval.store.tables import call_backs

PLANNED: Final = "planned"
DONE: Final = "done"
MISSED: Final = "missed"
WITHDRAWN: Final = "withdrawn"
STATES: Final = (PLANNED, DONE, MISSED, WITHDRAWN)

NEXT: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        PLANNED: frozenset({DONE, MISSED}),
        MISSED: frozenset({PLANNED, DONE}),
        DONE: frozenset({PLANNED}),
        WITHDRAWN: frozenset(),  # the customer's own word
    }
)
"""What a colleague may make of a call-back in each state."""

_STANDING: Final = (
    select(*(call_backs.c[name] for name in ("id", "state", "queue", "question", "opens_at", "author", "changed_at")))
    .where(call_backs.c.id == bindparam("wanted"))
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Mark:
    """The word of a colleague, ``by``, on a call-back: its new ``state``, a ``note``; ``seen`` is how she saw it.

    ``seen`` may be ``None`` where nobody looked; then any state will do that the new one can follow.
    """

    state: str
    by: Actor
    note: str | None = None
    seen: str | None = None


class NoSuchCallBack(LookupError):
    """Nobody wished for a call-back with this id."""

    def __init__(self, call_back: str) -> None:
        super().__init__(f"there is no call-back with the id “{call_back}”")


class TooLate(Exception):
    """The call-back is in another ``state`` by now; ``author`` made it so at ``changed_at``, ``None`` the customer."""

    def __init__(self, row: Row[Any]) -> None:
        super().__init__(f"the call-back is {row.state} already")
        self.state: str = row.state
        self.author: str | None = row.author
        self.changed_at: datetime = row.changed_at


def mark(office: Field, call_back: str, word: Mark) -> None:
    """Write the word down; the same one again changes nothing. Raises ``NoSuchCallBack`` and ``TooLate``."""
    with office.unit.begin() as tx:
        row = _standing(tx, call_back)
        if word.seen is None and row.state == word.state:
            return
        _check(row, word)
        _write(tx, office, row, word)
        _note(tx, office, row, word, "call_back.marked", {"before": row.state, "after": word.state})


def plan_anew(office: Field, call_back: str, word: Mark, moment: datetime) -> None:
    """Plan a call-back for the slot that opens at ``moment`` (aware); without a new note it keeps the one it has.

    Raises ``NoSuchCallBack``, ``TooLate``, and ``call_backs.NotFree`` where the slot has no place.
    """
    with office.unit.begin() as tx:
        row = _standing(tx, call_back)
        _check(row, word)
        hours = open_hours_of(office.centre, row.queue)
        slot = next((slot for slot in open_slots(office, row.queue) if slot.opens == moment), None)
        if slot is None or hours is None or not change_place(tx, row.queue, row.opens_at, slot.opens, hours.places):
            raise NotFree(row.question, moment)
        _write(tx, office, row, word, slot)
        told = {"before": row.opens_at.isoformat(), "after": slot.opens.isoformat()}
        _note(tx, office, row, word, "call_back.planned", told)


def _note(tx: Connection, office: Field, row: Row[Any], word: Mark, action: str, told: Mapping[str, str]) -> None:
    audit.note(tx, office, word.by, Deed(action, "call_back", row.id, told))


def _standing(tx: Connection, call_back: str) -> Row[Any]:
    row = tx.execute(_STANDING, {"wanted": call_back}).one_or_none()
    if row is None:
        raise NoSuchCallBack(call_back)
    return row


def _check(row: Row[Any], word: Mark) -> None:
    if word.seen not in (None, row.state) or word.state not in NEXT[row.state]:
        raise TooLate(row)


def _write(tx: Connection, office: Field, row: Row[Any], word: Mark, slot: Slot | None = None) -> None:
    values: dict[str, Any] = {"state": word.state, "author": word.by.name, "changed_at": office.now()}
    if slot is not None:
        values |= {"opens_at": slot.opens, "closes_at": slot.closes}
    if slot is None or word.note is not None:
        values["note"] = word.note
    tx.execute(update(call_backs).where(call_backs.c.id == row.id).values(**values))
