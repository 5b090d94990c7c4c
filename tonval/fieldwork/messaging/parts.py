"""Our long messages where the provider knows each part by an id of its own: one message, as far as its parts are.

Receipts may come before the answers that tell the ids. They are then kept with the other early reports, and taken from
there when the parts become known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging.delivery import State, before
from tonval.fieldwork.messaging.progress import raise_to
from tonval.store.tables import message_parts, messages, reports
from tonval.store.upsert import insert_new

_P = message_parts.c
_HERE: Final = and_(_P.provider == bindparam("by"), _P.ref == bindparam("known_as"))
_MESSAGE: Final = select(_P.message).where(_HERE)
_KEPT: Final = and_(reports.c.provider == bindparam("by"), reports.c.ref == bindparam("known_as"))
_EARLY: Final = select(reports.c.state, reports.c.error).where(_KEPT)
_FORGET: Final = delete(reports).where(_KEPT)
_STATES: Final = select(_P.state, _P.error).where(_P.message == bindparam("of"))

_LOST: Final = (State.FAILED, State.UNDELIVERED)


def keep(office: Field, provider: str, message: str, refs: Sequence[str], *, doubtful: bool = False) -> None:
    """The provider has taken parts of the message under these ids; ``doubtful`` when others of it may be missing."""
    with office.unit.begin() as tx:
        for ref in refs:
            _add(tx, provider, message, ref, State.ACCEPTED)
            _take_early(tx, provider, ref)
        if doubtful:
            _add(tx, provider, message, f"{message}?", State.UNKNOWN)
        _raise_whole(tx, office, message)


def report(office: Field, provider: str, ref: str, state: State, error: str | None) -> bool:
    """A receipt for a part; ``False``, with nothing changed, when no part is known by ``ref``."""
    with office.unit.begin() as tx:
        message = tx.execute(_MESSAGE, {"by": provider, "known_as": ref}).scalar()
        if message is None:
            return False
        _raise_part(tx, provider, ref, state, error)
        _raise_whole(tx, office, message)
    return True


def take_early(office: Field, provider: str, ref: str) -> None:
    """After a report was kept as an early one: its part may have become known meanwhile."""
    with office.unit.begin() as tx:
        message = tx.execute(_MESSAGE, {"by": provider, "known_as": ref}).scalar()
        if message is not None:
            _take_early(tx, provider, ref)
            _raise_whole(tx, office, message)


def _add(tx: Connection, provider: str, message: str, ref: str, state: State) -> None:
    insert_new(tx, message_parts, {"provider": provider, "ref": ref, "message": message, "state": state, "error": None})


def _take_early(tx: Connection, provider: str, ref: str) -> None:
    here = {"by": provider, "known_as": ref}
    for early in tx.execute(_EARLY, here).all():
        _raise_part(tx, provider, ref, State(early.state), early.error)
    tx.execute(_FORGET, here)


def _raise_part(tx: Connection, provider: str, ref: str, state: State, error: str | None) -> None:
    values: dict[str, Any] = {"state": state, "error": error}
    raised = update(message_parts).where(_HERE, _P.state.in_(before(state))).values(values)
    tx.execute(raised, {"by": provider, "known_as": ref})


def _raise_whole(tx: Connection, office: Field, message: str) -> None:
    """One part lost, and the customer has half a message: it is lost. Otherwise it is as far as its last part."""
    tx.execute(select(messages.c.id).where(messages.c.id == message).with_for_update())
    parts = [(State(row.state), row.error) for row in tx.execute(_STATES, {"of": message})]
    lost = [part for part in parts if part[0] in _LOST]
    state, error = max(lost, key=_rank) if lost else min(parts, key=_rank)
    raise_to(tx, office, messages.c.id == message, state, error)


def _rank(part: tuple[State, str | None]) -> int:
    return len(before(part[0]))
