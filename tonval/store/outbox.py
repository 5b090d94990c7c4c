"""The outbox: work written in the transaction that caused it, claimed by one worker, done at least once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, or_, select, update

from tonval.store.bulk import insert_all
from tonval.store.tables import outbox
from tonval.store.upsert import insert_new

LEASE: Final = timedelta(seconds=60)
"""A claimed row whose worker has not finished within the lease may be claimed again."""


@dataclass(frozen=True, slots=True)
class Row:
    """One claimed row; ``attempts`` counts this claim too."""

    id: int
    kind: str
    ref: str
    attempts: int
    payload: Any


def put(tx: Connection, kind: str, ref: str, due_at: datetime, payload: Any = None) -> None:
    """Write work for later; the same (kind, ref) is written once."""
    row = {"kind": kind, "ref": ref, "state": "waiting", "due_at": due_at, "payload": payload}
    insert_new(tx, outbox, row)


def put_all(tx: Connection, kind: str, due: Mapping[str, datetime]) -> None:
    """Write work for later that is sure to be new: ``due`` maps what it is about to when."""
    rows = [{"kind": kind, "ref": ref, "state": "waiting", "due_at": moment} for ref, moment in due.items()]
    insert_all(tx, outbox, rows)


def claim(tx: Connection, kind: str, now: datetime, limit: int, attempt: str) -> list[Row]:
    """Take up to ``limit`` due rows; two workers never hold the same one."""
    open_rows = or_(
        and_(outbox.c.state == "waiting", outbox.c.due_at <= now),
        and_(outbox.c.state == "claimed", outbox.c.claimed_at <= now - LEASE),
    )
    due = select(outbox.c.id).where(outbox.c.kind == kind, open_rows).order_by(outbox.c.due_at).limit(limit)
    picked = due.with_for_update(skip_locked=True).cte("picked")  # a subquery could run again for each updated row
    taken = (
        update(outbox)
        .where(outbox.c.id.in_(select(picked.c.id)))
        .values(state="claimed", attempt=attempt, attempts=outbox.c.attempts + 1, claimed_at=now)
        .returning(outbox.c.id, outbox.c.kind, outbox.c.ref, outbox.c.attempts, outbox.c.payload)
    )
    return sorted((Row(*row) for row in tx.execute(taken)), key=lambda row: row.id)


def done(tx: Connection, ids: Collection[int], detail: str | None = None) -> None:
    """The work is finished."""
    tx.execute(update(outbox).where(outbox.c.id.in_(ids)).values(state="done", detail=detail))


def forget(tx: Connection, ids: Collection[int]) -> None:
    """The work is finished, and nobody needs to know what it was."""
    tx.execute(delete(outbox).where(outbox.c.id.in_(ids)))


def postpone(tx: Connection, row_id: int, due_at: datetime, detail: str) -> None:
    """Try again at ``due_at``; ``detail`` says why."""
    later = {"state": "waiting", "due_at": due_at, "detail": detail}
    tx.execute(update(outbox).where(outbox.c.id == row_id).values(later))


def again(tx: Connection, kind: str, ref: str, due_at: datetime) -> None:
    """Do finished work anew."""
    here = and_(outbox.c.kind == kind, outbox.c.ref == ref)
    tx.execute(update(outbox).where(here).values(state="waiting", due_at=due_at, detail=None))


def give_up(tx: Connection, row_id: int, detail: str) -> None:
    """No further try; the row stays, with the reason, for the admin to see."""
    tx.execute(update(outbox).where(outbox.c.id == row_id).values(state="dead", detail=detail))


def kinds_due(tx: Connection, now: datetime) -> list[str]:
    """The kinds that have something to do now."""
    waiting = and_(outbox.c.state == "waiting", outbox.c.due_at <= now)
    lost = and_(outbox.c.state == "claimed", outbox.c.claimed_at <= now - LEASE)
    return list(tx.execute(select(outbox.c.kind).where(or_(waiting, lost)).distinct()).scalars())
