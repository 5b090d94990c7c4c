"""What a day may cost: segments and money are counted in the transaction that claims the messages, and end there.

A message the limit has no room for waits until the allowed hours of the next day. The confirmation of an opt-out is
counted and always goes out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Row, bindparam, select, update

from tonval.fieldwork.centre import Texting
from tonval.fieldwork.deciding.decide import window
from tonval.fieldwork.deciding.eligibility import Way
from tonval.fieldwork.deciding.zones import clock
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging.outgoing import CONFIRMATION
from tonval.store.tables import Moment, messages, spending
from tonval.store.upsert import insert_new
from tonval.surveys.questionnaire import Channel

log = logging.getLogger(__name__)

NO_LIMIT: Final = 2**62

_S: Final = spending.c


@dataclass(frozen=True, slots=True)
class Spent:
    """What SMS have cost: ``segments``, and an ``amount`` in 1/10,000 of the centre's currency."""

    segments: int = 0
    amount: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.segments + other.segments, self.amount + other.amount)

    def fits(self, limit: Spent) -> bool:
        """Whether it is within the limit."""
        return self.segments <= limit.segments and self.amount <= limit.amount


@dataclass(frozen=True, slots=True)
class Today:
    """How the day stands; ``full``: the limit has no room for a message of one segment at the lowest price."""

    day: date
    spent: Spent
    texting: Texting

    @property
    def full(self) -> bool:
        """Whether messages wait for tomorrow."""
        cheapest = Spent(1, min(self.texting.prices.values(), default=0))
        return not (self.spent + cheapest).fits(limit_of(self.texting))


def today(office: Field) -> Today:
    """What has been spent since midnight in the centre's zone."""
    day = day_of(office, office.now())
    with office.unit.read() as tx:
        return Today(day, _spent(tx, day), office.centre.texting)


def limit_of(texting: Texting) -> Spent:
    """The most a day may cost."""
    segments, money = texting.segments_a_day, texting.money_a_day
    return Spent(NO_LIMIT if segments is None else segments, NO_LIMIT if money is None else money)


def day_of(office: Field, moment: datetime) -> date:
    """The day of the centre's zone."""
    return moment.astimezone(clock(office.centre.zone)).date()


def afford(tx: Connection, office: Field, wanted: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Those of the ``wanted`` messages there is room for today, and count them; the others wait for another day."""
    day, limit = day_of(office, office.now()), limit_of(office.centre.texting)
    free = [row for row in wanted if row.purpose == CONFIRMATION]
    asked = chosen = [row for row in wanted if row.purpose != CONFIRMATION]
    while chosen and not _count(tx, day, total(chosen), limit):
        chosen = _fitting(asked, _opened(tx, day), limit)
    if free:
        _opened(tx, day)
        _count(tx, day, total(free), _BOUNDLESS)
    going = {row.id for row in (*chosen, *free)}
    _put_off(tx, office, day, [row for row in asked if row.id not in going])
    return [row for row in wanted if row.id in going]


def give_back(tx: Connection, office: Field, claimed_at: datetime, unsent: Spent) -> None:
    """What was claimed then, and surely not sent, has cost nothing."""
    less = Spent(-unsent.segments, -unsent.amount)
    _count(tx, day_of(office, claimed_at), less, _BOUNDLESS)


def total(rows: Iterable[Any]) -> Spent:
    """What messages cost together, by their ``segments`` and ``cost``."""
    return sum((Spent(row.segments, row.cost or 0) for row in rows), Spent())


_BOUNDLESS: Final = Spent(2 * NO_LIMIT - 1, 2 * NO_LIMIT - 1)

_COUNT: Final = (
    update(spending)
    .where(
        _S.day == bindparam("today"),
        _S.segments + bindparam("more", type_=BigInteger) <= bindparam("most", type_=BigInteger),
        _S.amount + bindparam("money", type_=BigInteger) <= bindparam("most_money", type_=BigInteger),
    )
    .values(segments=_S.segments + bindparam("more"), amount=_S.amount + bindparam("money"))
)
_SPENT: Final = select(_S.segments, _S.amount).where(_S.day == bindparam("today"))
_WAIT: Final = (
    update(messages)
    .where(messages.c.id == bindparam("message"))
    .values(due_at=bindparam("later", type_=Moment), changed_at=bindparam("now", type_=Moment))
)


def _count(tx: Connection, day: date, more: Spent, limit: Spent) -> bool:
    """Count ``more`` if the day stays within the limit then; tells whether it does."""
    values = {"today": day, "more": more.segments, "money": more.amount}
    return tx.execute(_COUNT, values | {"most": limit.segments, "most_money": limit.amount}).rowcount == 1


def _opened(tx: Connection, day: date) -> Spent:
    """What has been spent on the day, which has its row from now on."""
    insert_new(tx, spending, {"day": day, "segments": 0, "amount": 0})
    return _spent(tx, day)


def _spent(tx: Connection, day: date) -> Spent:
    row = tx.execute(_SPENT, {"today": day}).one_or_none()
    return Spent(*row) if row else Spent()


def _fitting(asked: Iterable[Row[Any]], spent: Spent, limit: Spent) -> list[Row[Any]]:
    """Those for which there is room, each in its turn."""
    chosen = []
    for row in asked:
        after = spent + total([row])
        if after.fits(limit):
            chosen.append(row)
            spent = after
    return chosen


def _put_off(tx: Connection, office: Field, day: date, over: Sequence[Row[Any]]) -> None:
    if not over:
        return
    _tell(day)
    midnight = datetime.combine(day + timedelta(days=1), time(), clock(office.centre.zone)).astimezone(UTC)
    rows = [{"message": row.id, "later": _allowed(office, row, midnight), "now": office.now()} for row in over]
    tx.execute(_WAIT, rows)


def _allowed(office: Field, row: Row[Any], midnight: datetime) -> datetime:
    """The first allowed moment of the next day. A question of its own hours gets new ones then (``asking``)."""
    queue = office.centre.queues.get(row.queue or "")
    if queue is None or row.open_until is not None:
        return midnight
    opens = window(office.centre, queue, Way(Channel.SMS, row.recipient, row.sender), None, midnight)
    return max(midnight, opens.opens) if opens else midnight


@lru_cache(maxsize=4)
def _tell(day: date) -> None:
    """Once a day."""
    log.warning("the day's limit of SMS is reached, what is left waits until tomorrow day=%s", day)
