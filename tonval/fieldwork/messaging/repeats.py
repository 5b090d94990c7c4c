"""Messages from customers that a provider without ids of its own brings again: they are known by what they say."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from tonval.fieldwork.field import Field
from tonval.store.tables import Moment, messages

_M = messages.c
_LATELY: Final = (
    select(_M.ref)
    .where(
        _M.provider == bindparam("by"),
        _M.ref >= bindparam("first"),
        _M.ref <= bindparam("last"),
        _M.created_at > bindparam("since", type_=Moment),
    )
    .order_by(_M.created_at)
)


def taken_lately(office: Field, provider: str, first: str, last: str, since: datetime) -> tuple[str, ...]:
    """The ids from ``first`` to ``last`` under which messages were taken in after ``since``, oldest first."""
    values = {"by": provider, "first": first, "last": last, "since": since}
    with office.unit.read() as tx:
        return tuple(tx.execute(_LATELY, values).scalars())
