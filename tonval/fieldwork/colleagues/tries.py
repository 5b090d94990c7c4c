"""How often something was tried: counted in the database, so that all web workers count as one, whatever else is away.

Each try that was let through is kept with its time, so a limit holds in every hour and not only from hour to hour.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, update

from tonval.fieldwork.field import Field
from tonval.store.tables import tries
from tonval.store.upsert import insert_new

_LOOK: Final = select(tries.c.times).where(tries.c.key == bindparam("wanted"))
_LOCK: Final = _LOOK.with_for_update()
_KEEP: Final = (
    update(tries)
    .where(tries.c.key == bindparam("wanted"))
    .values(times=bindparam("times", type_=tries.c.times.type), until=bindparam("until"))
)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``amount`` tries of ``what`` within any ``seconds``."""

    what: str
    amount: int
    seconds: int


def allow(office: Field, limits: Sequence[Limit]) -> bool:
    """Count one try for each limit, in this order, and tell whether all of them leave room for it.

    A try that is refused is not counted. Who goes on trying costs a look and no write.
    """
    with office.unit.read() as tx:
        if not has_room(tx, office, limits):
            return False
    return office.unit.attempt(lambda tx: all(_take(tx, office, each) for each in limits))


def wait(office: Field, limits: Sequence[Limit]) -> int:
    """The seconds, 1 at least, until all limits leave room for one more try, if nothing is counted meanwhile."""
    with office.unit.read() as tx:
        return max(1, *(_wait(_times(tx, office, each, _LOOK), office, each) for each in limits))


def has_room(tx: Connection, office: Field, limits: Sequence[Limit]) -> bool:
    """Whether all limits leave room for one more try; nothing is counted."""
    return all(_room(_times(tx, office, each, _LOOK), each) for each in limits)


def count(tx: Connection, office: Field, limits: Sequence[Limit]) -> None:
    """Count one try for each limit, in the caller's transaction: only what went wrong counts there."""
    for each in limits:
        _take(tx, office, each)


def purge(office: Field) -> int:
    """Forget the tries that no limit asks for any more; gives their number."""
    with office.unit.begin() as tx:
        return tx.execute(delete(tries).where(tries.c.until <= int(office.now().timestamp()))).rowcount


def _take(tx: Connection, office: Field, limit: Limit) -> bool:
    key, now = _key(office, limit), ceil(office.now().timestamp())  # up: no try is forgotten before its time
    insert_new(tx, tries, {"key": key, "times": [], "until": now + limit.seconds})
    times = _times(tx, office, limit, _LOCK)
    if not _room(times, limit):
        return False
    tx.execute(_KEEP, {"wanted": key, "times": [*times, now], "until": now + limit.seconds})
    return True


def _times(tx: Connection, office: Field, limit: Limit, how: Any) -> list[int]:
    """The tries that still count."""
    kept = tx.execute(how, {"wanted": _key(office, limit)}).scalar() or []
    since = office.now().timestamp() - limit.seconds
    return [time for time in kept if time > since]


def _wait(times: Sequence[int], office: Field, limit: Limit) -> int:
    """Until as many tries count no more as are in the way; 0 where none is."""
    if _room(times, limit):
        return 0
    last = sorted(times)[len(times) - limit.amount]
    return ceil(last + limit.seconds - office.now().timestamp())


def _room(times: Sequence[int], limit: Limit) -> bool:
    return len(times) < limit.amount


def _key(office: Field, limit: Limit) -> str:
    """What is tried may be a password in the wrong field: it is not kept as it is."""
    return hmac.digest(office.people_key, f"try {limit.what}".encode(), "sha256").hex()
