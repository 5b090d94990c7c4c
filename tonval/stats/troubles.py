"""SMS that somebody should look at: what did not arrive and why, whose outcome nobody knows, which numbers pause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, select

from tonval.store.tables import messages, senders
from tonval.store.unit import Unit
from tonval.surveys.questionnaire import Channel

LATELY: Final = timedelta(days=7)
LONG: Final = timedelta(minutes=10)
"""After how long without a word an outcome is in doubt."""

MOST: Final = 20

_M: Final = messages.c
_LOST: Final = ("failed", "undelivered")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Messages that went wrong in the same way: how many, and when the last one did."""

    sentence: str
    n: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Pausing:
    """A number that its provider has asked to wait."""

    number: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Troubles:
    """What went wrong in the last seven days, most often first; ``doubtful`` since ``oldest``, and who pauses."""

    lost: tuple[Trouble, ...]
    doubtful: int
    oldest: datetime | None
    pausing: tuple[Pausing, ...]

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubtful or self.pausing)


def troubles(unit: Unit, now: datetime) -> Troubles:
    """What an admin should look at. Messages refused because the customer wants none are no trouble."""
    ours = and_(_M.direction == "out", _M.channel == Channel.SMS)
    lost = select(_M.error, func.count(), func.max(_M.changed_at)).where(ours, _M.state.in_(_LOST))
    lost = lost.where(_M.created_at > now - LATELY, _M.error.is_not(None)).group_by(_M.error)
    waiting = _M.state.in_(("queued", "sending", "unknown"))  # the condition of their index
    doubt = select(func.count(), func.min(_M.changed_at)).where(ours, waiting, _M.state == "unknown")
    pausing = select(senders.c.sender, senders.c.paused_until).where(senders.c.paused_until > now)
    with unit.read() as tx:
        found = [Trouble(*row) for row in tx.execute(lost)]
        n, oldest = tx.execute(doubt.where(_M.changed_at < now - LONG)).one()
        numbers = tuple(Pausing(*row) for row in tx.execute(pausing.order_by(senders.c.sender)))
    wanted = [each for each in found if each.sentence not in NO_TROUBLE]
    return Troubles(tuple(sorted(wanted, key=lambda each: -each.n)[:MOST]), n, oldest, numbers)


NO_TROUBLE: Final = frozenset({"The customer does not want messages.", "The customer has been to the survey since."})
"""What is as it should be."""
