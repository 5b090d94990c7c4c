"""Delivery reports that come before we know the provider's id of their message: kept until we do.

An SMSC may send the receipt of a message before, or instead of, the answer that names its id. A kept report is applied
when the answer is recorded. Where the answer never comes, a report between the same two numbers settles the one message
between them whose outcome nobody knows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, delete, select, update

from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.due import PENDING
from tonval.fieldwork.messaging.progress import raise_to
from tonval.store.among import among, listed
from tonval.store.tables import messages, reports
from tonval.store.upsert import insert_new

KEPT_FOR: Final = timedelta(days=3)
"""A message whose report came so much earlier is none of ours."""

_M: Final = messages.c
_R: Final = reports.c


@dataclass(frozen=True, slots=True)
class Report:
    """How far the message that the provider knows as ``ref`` has come; ``sender`` is our number, where it is told."""

    provider: str
    ref: str
    state: str
    error: str | None = None
    sender: str | None = None
    recipient: str | None = None


def keep(tx: Connection, office: Field, report: Report) -> None:
    """Keep a report of a message nobody knows yet, unless it settles a doubtful one."""
    insert_new(tx, reports, {**asdict(report), "at": office.now()})
    if _is_doubtful_one(tx, report):
        apply_kept(tx, office, [report.ref])


def apply_kept(tx: Connection, office: Field, refs: Collection[str]) -> int:
    """Apply what is kept about messages that are known by these ids now; gives how many reports it was."""
    kept = tx.execute(_kept(tx.dialect.name), {"refs": listed(tx, refs)}).all() if refs else []
    for row in kept:
        raise_to(tx, office, _M.id == row.message, row.state, row.error)
    if kept:
        tx.execute(delete(reports).where(_R.id.in_([row.id for row in kept])))
    return len(kept)


def match_kept(office: Field, limit: int = 500) -> int:
    """Look again for the messages of kept reports and forget the oldest; gives how many were applied.

    Two transactions at the same moment, one that keeps a report and one that learns its id, do not see each other.
    """
    with office.unit.read() as tx:
        kept = [Report(*row) for row in tx.execute(_ALL.limit(limit))]
    if not kept:
        return 0
    with office.unit.begin() as tx:
        for report in kept:
            _is_doubtful_one(tx, report)
        applied = apply_kept(tx, office, {report.ref for report in kept})
        tx.execute(delete(reports).where(_R.at < office.now() - KEPT_FOR))
    return applied


_ALL: Final = select(*(_R[name] for name in Report.__dataclass_fields__)).order_by(_R.id)


def _is_doubtful_one(tx: Connection, report: Report) -> bool:
    """Whether the one message between these numbers whose outcome nobody knows is the reported one: it is, from now."""
    if report.sender is None or report.recipient is None:
        return False
    between = and_(_M.provider == report.provider, _M.sender == report.sender, _M.recipient == report.recipient)
    open_ = and_(PENDING, _M.state.in_((State.SENDING, State.UNKNOWN)), _M.ref.is_(None))
    known = select(_M.id).where(_M.provider == report.provider, _M.ref == report.ref)
    if tx.execute(known).first():
        return False
    found = tx.execute(select(_M.id, _M.state).where(between, open_).limit(2)).all()
    if len(found) != 1 or found[0].state != State.UNKNOWN:
        return False
    tx.execute(update(messages).where(_M.id == found[0].id).values(ref=report.ref))
    return True


@lru_cache(maxsize=4)
def _kept(dialect: str) -> Select[Any]:
    known = and_(_M.provider == _R.provider, _M.ref == _R.ref)
    wanted = select(_R.id, _M.id.label("message"), _R.state, _R.error).join_from(reports, messages, known)
    return wanted.where(among(dialect, _R.ref, "refs"))
