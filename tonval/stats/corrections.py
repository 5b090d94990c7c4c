"""What supervisors have put right in interviews, as the audit log has it, with the words that lie beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from tonval.store.tables import audit, reasons

CORRECTED: Final = "answer.corrected"
"""The deed of a correction: its kind is ``interview``, its ref the interview."""

_A: Final = audit.c
_CORRECTED: Final = (
    select(_A.ref, _A.at, _A.name, _A.detail, reasons.c.words)
    .outerjoin_from(audit, reasons, reasons.c.entry == _A.id)
    .where(_A.kind == "interview", _A.ref.in_(bindparam("interviews", expanding=True)), _A.action == CORRECTED)
    .order_by(_A.id)
)


@dataclass(frozen=True, slots=True)
class Correction:
    """An answer that ``by`` has put right: ``before`` and ``value`` are ``None`` where there was, or is, no answer.

    ``reason`` is empty once it was erased or has been kept long enough.
    """

    interview: str
    question: str
    before: int | None
    value: int | None
    by: str
    at: datetime
    reason: str


def corrections(connection: Connection, interviews: Collection[str]) -> tuple[Correction, ...]:
    """The corrections of these interviews, oldest first."""
    rows = connection.execute(_CORRECTED, {"interviews": list(interviews)})
    return tuple(_correction(row) for row in rows)


def _correction(row: Any) -> Correction:
    told = row.detail
    before, value = told.get("before"), told.get("value")
    return Correction(row.ref, told["question"], before, value, row.name, row.at, row.words or told.get("reason", ""))
