"""Which number of a queue's pool a customer is asked from: the one she knows, else one she will always get."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, func, select

from tonval.fieldwork.messaging.texting import country_of
from tonval.store.among import among, listed
from tonval.store.tables import interviews


@dataclass(frozen=True, slots=True)
class Talk:
    """A customer's conversations on one number: when the last one began, and whether one is open."""

    last: datetime
    open: bool


def thread(customer: str, number: str) -> str:
    """What only one open interview may have: ``customer>number``."""
    return f"{customer}>{number}"


def talks(tx: Connection, customer: str, pool: Collection[str]) -> dict[str, Talk]:
    """The customer's conversations by the number of the pool; nothing of numbers she has had none on."""
    ours = {thread(customer, number): number for number in pool}
    rows = tx.execute(_talks(tx.dialect.name), {"threads": listed(tx, ours)})
    return {ours[row.thread]: Talk(row.last, row.open > 0) for row in rows}


def preferred(customer: str, pool: Sequence[str], known: Mapping[str, Talk]) -> tuple[str, ...]:
    """The pool in the order in which the customer is to be asked from it. Pure.

    Numbers she knows come first, the latest before the others; then those of her own country; then the rest. What is
    equal goes by rendezvous hashing (Thaler and Ravishankar 1998): customers are spread evenly, and a new number takes
    over only those who hash to it.
    """
    home = country_of(customer)
    met = sorted((number for number in pool if number in known), key=lambda number: known[number].last, reverse=True)
    new = [number for number in pool if number not in known]
    return (*met, *sorted(new, key=lambda number: (country_of(number) != home, _rank(customer, number))))


def _rank(customer: str, number: str) -> bytes:
    return hashlib.sha256(thread(customer, number).encode()).digest()


@lru_cache(maxsize=4)
def _talks(dialect: str) -> Select[Any]:
    """By ``ix_interviews_thread_started_at``: a customer has few interviews."""
    i = interviews.c
    still_open = func.count() - func.count(i.disposition)
    wanted = select(i.thread, func.max(i.started_at).label("last"), still_open.label("open"))
    return wanted.where(among(dialect, i.thread, "threads")).group_by(i.thread)
