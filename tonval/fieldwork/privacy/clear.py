"""Emptying what is a person's: row by row where a part of a record stays, in one statement where nothing does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    delete,
    literal,
    select,
    update,
)

from tonval.fieldwork.idempotency import unpacked
from tonval.fieldwork.privacy.classes import HOLDINGS, PERSONAL, Data, Holding
from tonval.fieldwork.privacy.persons import Person, person_of
from tonval.fieldwork.privacy.scrub import SCRUBS, Lens
from tonval.fieldwork.privacy.trace import Trace, rows_of
from tonval.store import tables as t
from tonval.store.sealed import SealedJSON

_M: Final = t.messages.c
_OWN: Final[Mapping[tuple[str, str], Any]] = {
    ("messages", "sender"): case((_M.direction == "in", literal("", _M.sender.type)), else_=_M.sender),
    ("messages", "recipient"): case((_M.direction == "out", literal("", _M.recipient.type)), else_=_M.recipient),
    ("speeches", "state"): "expired",
    ("dials", "number"): t.dials.c.id,  # something of its own, for no number is rung twice at once
}
"""What stands afterwards where it is not simply nothing: the number of ours in a message is no customer's."""


def clear(tx: Connection, found: Trace, classes: frozenset[Data] = PERSONAL) -> dict[str, int]:
    """Take everything of these classes out of the person's rows; gives how many rows of each table it was."""
    lens, counts = Lens(found.person, classes), dict[str, int]()
    for holding in HOLDINGS:
        where = rows_of(tx, holding, found) if holding.by else None
        if where is not None:
            counts[holding.table.name] = _clear_rows(tx, holding, where, lens)
    return {table: number for table, number in counts.items() if number}


def clear_passing(tx: Connection, person: Person) -> dict[str, int]:
    """What is found only by reading it: the answers of a day, and rows of files that were refused."""
    looked_for = person_of(person.addresses)
    counts = {"idempotent": _forget_answers(tx, looked_for), "import_faults": _hide_in_faults(tx, looked_for)}
    return {table: number for table, number in counts.items() if number}


def _clear_rows(tx: Connection, holding: Holding, where: ColumnElement[bool], lens: Lens) -> int:
    columns = [holding.table.c[name] for name in holding.of(lens.classes)]
    if not columns:
        return 0
    if holding.goes:
        return tx.execute(delete(holding.table).where(where)).rowcount
    emptied = {
        column.name: _OWN.get(_key(column), _nothing(column)) for column in columns if _key(column) not in SCRUBS
    }
    partly = [column for column in columns if column.name not in emptied]
    if not partly:
        return tx.execute(update(holding.table).where(where).values(emptied)).rowcount
    return _scrub(tx, holding, where, partly, emptied, lens)


def _scrub(
    tx: Connection,
    holding: Holding,
    where: ColumnElement[bool],
    columns: Sequence[Column[Any]],
    emptied: Mapping[str, Any],
    lens: Lens,
) -> int:
    """Row by row: what is left of these columns, and nothing of the ``emptied``."""
    keys = list(holding.table.primary_key.columns)
    rows = tx.execute(select(*keys, *columns).where(where)).all()
    here = and_(*(key == bindparam(f"key_{key.name}") for key in keys))
    values = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in columns}
    told = [_scrubbed(row, columns, lens) | {f"key_{key.name}": row._mapping[key] for key in keys} for row in rows]
    if not emptied:  # many events hold no words at all
        told = [each for each, row in zip(told, rows, strict=True) if _is_other(each, row, columns)]
    if told:
        tx.execute(update(holding.table).where(here).values({**emptied, **values}), told)
    return len(rows)


def _scrubbed(row: Row[Any], columns: Sequence[Column[Any]], lens: Lens) -> dict[str, Any]:
    """What these columns become."""
    own = ((column, row._mapping[column]) for column in columns)
    return {f"new_{column.name}": None if one is None else SCRUBS[_key(column)](one, lens) for column, one in own}


def _is_other(told: Mapping[str, Any], row: Row[Any], columns: Sequence[Column[Any]]) -> bool:
    return any(told[f"new_{column.name}"] != row._mapping[column] for column in columns)


def _key(column: Column[Any]) -> tuple[str, str]:
    return column.table.name, column.name


def _nothing(column: Column[Any]) -> Any:
    """Nothing, as the column can hold it."""
    if column.nullable:
        return None
    return {} if isinstance(column.type, JSON | SealedJSON) else ""


def _forget_answers(tx: Connection, person: Person) -> int:
    """Answers to programs that name the address: a repeated request is worked off again, which does no harm."""
    kept = t.idempotent.c
    rows = tx.execute(select(kept.key, kept.token, kept.body)).all()
    hits = [{"k": row.key, "t": row.token} for row in rows if person.is_in(row.token) or _names(row.body, person)]
    if hits:
        tx.execute(delete(t.idempotent).where(kept.key == bindparam("k"), kept.token == bindparam("t")), hits)
    return len(hits)


def _names(body: Any, person: Person) -> bool:
    return body is not None and person.is_in(unpacked(body))


def _hide_in_faults(tx: Connection, person: Person) -> int:
    faults = t.import_faults.c
    rows = tx.execute(select(faults.id, faults.value, faults.sentence)).all()
    hits = [row for row in rows if person.is_in(row.value) or person.is_in(row.sentence)]
    left = [
        {"of": row.id, "v": row.value and person.hidden(row.value), "s": person.hidden(row.sentence)} for row in hits
    ]
    if left:
        values = {
            "value": bindparam("v", type_=faults.value.type),
            "sentence": bindparam("s", type_=faults.sentence.type),
        }
        tx.execute(update(t.import_faults).where(faults.id == bindparam("of")).values(values), left)
    return len(hits)
