"""The tally's share of an interview's transaction: deltas are written with the event behind them, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert

from tonval.fieldwork.field import Recorded
from tonval.stats.origins import ORIGIN
from tonval.stats.tally import DELTA_FIELDS, TALLIED, Correction, Delta, changes
from tonval.store.tables import tally_deltas
from tonval.surveys.events import AnswerGiven, AnswerReplaced, AnswerWithdrawn

_WRITE: Final = insert(tally_deltas)


def record_answer(tx: Connection, recorded: Recorded) -> None:
    """Write what an answer changes in the tally. Only inserts: no row is shared, so no answer waits for another."""
    match recorded.event:
        case AnswerGiven() as answer:
            write(tx, changes(answer, recorded))
        case AnswerReplaced() | AnswerWithdrawn() as correction:
            write(tx, changes(correction, replace(recorded, at=_origin(tx, recorded.interview, correction))))
        case _:
            raise TypeError(f"{type(recorded.event).__name__} changes no count")


def write(tx: Connection, deltas: Iterable[Delta]) -> None:
    """Append deltas; nothing happens when there are none."""
    rows = [row_of(delta) for delta in deltas]
    if rows:
        tx.execute(_WRITE, rows)


def row_of(delta: Delta) -> dict[str, Any]:
    """A delta as the columns of its row."""
    return {name: getattr(delta, name) for name in DELTA_FIELDS}


def handlers() -> Mapping[type, tuple[Callable[[Connection, Recorded], None], ...]]:
    """Event type to what runs in the transaction that writes it, for the field."""
    return dict.fromkeys(TALLIED, (record_answer,))


def _origin(tx: Connection, interview: str, correction: Correction) -> datetime:
    """When the answer was given that is corrected."""
    wanted = {"interview": interview, "question": correction.question, "scale": correction.scale}
    at: datetime = tx.execute(ORIGIN, {**wanted, "value": correction.value}).scalar_one()
    return at
