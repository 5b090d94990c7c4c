"""The tally's share of an interview's transaction: deltas are written with the event behind them, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, insert

from tonval.fieldwork.field import Recorded
from tonval.stats.tally import DELTA_FIELDS, Delta, given
from tonval.store.tables import tally_deltas
from tonval.surveys.events import AnswerGiven

_WRITE: Final = insert(tally_deltas)


def record_answer(tx: Connection, recorded: Recorded) -> None:
    """Write what an answer adds to the tally. Only inserts: no row is shared, so no answer waits for another."""
    match recorded.event:
        case AnswerGiven() as answer:
            write(tx, given(answer, recorded))
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
    return {AnswerGiven: (record_answer,)}
