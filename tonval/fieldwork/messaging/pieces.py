"""Long messages from customers, which come in parts: in any order, by any line, and some of them twice.

Whoever hands a message on does so under an id made of its words, so that doing it twice does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select

from tonval.fieldwork.field import Field
from tonval.store.tables import Moment, pieces
from tonval.store.upsert import insert_new

PATIENCE: Final = timedelta(hours=1)
"""How long a message waits for the parts it lacks. After that it is handed on without them: no answer is lost."""

KEPT: Final = timedelta(hours=24)
"""How long the parts of a whole message are kept, so that one that is brought again is known."""

_P = pieces.c
_KEY: Final = ("provider", "sender", "recipient", "reference", "parts")
_SAME: Final = and_(*(_P[name] == bindparam(f"of_{name}") for name in _KEY))
_SET: Final = select(_P.place, _P.coding, _P.body, _P.at).where(_SAME).order_by(_P.place)
_DROP: Final = delete(pieces).where(_SAME)
_PAST_USE: Final = or_(
    and_(func.count() < _P.parts, func.max(_P.at) < bindparam("lacking", type_=Moment)),
    func.max(_P.at) < bindparam("whole", type_=Moment),
)
_OVERDUE: Final = select(*(_P[name] for name in _KEY)).group_by(*(_P[name] for name in _KEY)).having(_PAST_USE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part: the ``place``-th, from 1, of the ``parts`` that share the ``reference``; ``coding`` is the provider's."""

    provider: str
    sender: str
    recipient: str
    reference: int
    parts: int
    place: int
    coding: int
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Gathered:
    """The parts there are of one message, by their place and in order, each with its coding; ``begun``: the first."""

    provider: str
    sender: str
    recipient: str
    reference: int
    parts: int
    bodies: Mapping[int, tuple[int, bytes]]
    begun: datetime

    @property
    def is_whole(self) -> bool:
        """Whether no part is missing."""
        return len(self.bodies) == self.parts

    def has(self, piece: Piece) -> bool:
        """Whether the part is among them. Where another stands at its place, they are an older message's."""
        return self.bodies.get(piece.place) == (piece.coding, piece.body)


def keep(office: Field, piece: Piece) -> Gathered:
    """Keep a part unless there is one at its place, and give all that there are now."""
    row = {name: getattr(piece, name) for name in (*_KEY, "place", "coding", "body", "at")}
    with office.unit.begin() as tx:
        insert_new(tx, pieces, row)
        return _gathered(tx, piece)


def overdue(office: Field) -> tuple[Gathered, ...]:
    """Messages that lack a part and have waited long enough, and whole ones that have been kept long enough."""
    now = office.now()
    with office.unit.read() as tx:
        keys = tx.execute(_OVERDUE, {"lacking": now - PATIENCE, "whole": now - KEPT}).all()
        return tuple(_gathered(tx, key) for key in keys)


def drop(office: Field, message: Gathered) -> None:
    """Forget the parts of a message that was handed on."""
    with office.unit.begin() as tx:
        tx.execute(_DROP, _values(message))


def _gathered(tx: Connection, key: Any) -> Gathered:
    rows = tx.execute(_SET, _values(key)).all()
    bodies = {row.place: (row.coding, bytes(row.body)) for row in rows}
    return Gathered(**{name: getattr(key, name) for name in _KEY}, bodies=bodies, begun=min(row.at for row in rows))


def _values(key: Any) -> dict[str, Any]:
    return {f"of_{name}": getattr(key, name) for name in _KEY}
