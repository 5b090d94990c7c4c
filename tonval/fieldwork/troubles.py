"""Messages that did not arrive, or that nobody knows about: for who has to do something about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from tonval.fieldwork.delivery import State
from tonval.fieldwork.field import Field
from tonval.store.tables import messages
from tonval.surveys.questionnaire import Channel

_M: Final = messages.c

NOT_SAID: Final = "Nobody said why."


@dataclass(frozen=True, slots=True)
class Trouble:
    """SMS from one number that ended, or hang, alike: their ``state`` and why, how many, and when the last one did."""

    sender: str
    state: State
    sentence: str
    count: int
    latest: datetime


def troubles(office: Field, since: datetime) -> tuple[Trouble, ...]:
    """What went wrong with the SMS that were written since, the most frequent first; those in doubt before all."""
    wrong = (State.UNKNOWN, State.FAILED, State.UNDELIVERED)
    why, count = func.coalesce(_M.error, NOT_SAID), func.count()
    counted = (
        select(_M.sender, _M.state, why, count, func.max(_M.changed_at))
        .where(_M.created_at >= since, _M.channel == Channel.SMS, _M.direction == "out", _M.state.in_(wrong))
        .group_by(_M.sender, _M.state, why)
    )
    with office.unit.read() as tx:
        found = [Trouble(row[0], State(row[1]), *row[2:]) for row in tx.execute(counted)]
    return tuple(sorted(found, key=lambda each: (each.state is not State.UNKNOWN, -each.count, each.sentence)))
