"""A customer says that she wants no more: it is noted, and what she is being asked there ends as refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, select, text

from tonval.fieldwork import ledger
from tonval.fieldwork.deciding.refusals import ALL_CHANNELS
from tonval.fieldwork.field import Field
from tonval.fieldwork.optouts import opt_out
from tonval.store.tables import interviews, invitations
from tonval.surveys.questionnaire import Channel
from tonval.surveys.turns import OptedOut

PAGES: Final[Mapping[str, tuple[Channel, ...]]] = {
    Channel.SMS: (Channel.LINK,),
    Channel.LINK: (Channel.LINK,),
    Channel.EMAIL: (Channel.EMAIL,),
    ALL_CHANNELS: (Channel.LINK, Channel.EMAIL),
}
"""Which surveys on a page are sent by what is refused."""

ON_PAGE: Final = text("invitations.state = 'asked' AND invitations.channel IN ('link', 'email')")
"""The condition of the index in its own words: SQLite uses an index of some rows for nothing less."""

_PAGES_OPEN: Final = (
    select(interviews.c.id)
    .join(invitations, invitations.c.id == interviews.c.invitation)
    .where(ON_PAGE, invitations.c.address == bindparam("address"))
    .where(invitations.c.channel.in_(bindparam("pages", expanding=True)), interviews.c.disposition.is_(None))
)
_THREADS_OPEN: Final = select(interviews.c.id).where(
    interviews.c.thread.in_(bindparam("threads", expanding=True)), interviews.c.disposition.is_(None)
)


def refuse(tx: Connection, office: Field, address: str, channel: str, source: str) -> bool:
    """Note that ``address`` wants nothing more by ``channel``, ``*`` for all; tells whether that is news.

    What she is being asked there ends as refused, whatever she has answered so far.
    """
    news = opt_out(tx, address, channel, office.now(), source)
    end_open(tx, office, address, channel)
    return news


def refused_at_provider(office: Field, address: str) -> None:
    """The provider says that ``address`` wants no SMS from us: kept as an opt-out of our own."""
    office.unit.attempt(lambda tx: refuse(tx, office, address, Channel.SMS, "provider"))
    office.ring("follow_up")


def end_open(tx: Connection, office: Field, address: str, channel: str) -> None:
    """End what the address is being asked by the channel, ``*`` for all. A call is left to its caller."""
    pages = PAGES.get(channel, ())
    found = set(tx.execute(_PAGES_OPEN, {"address": address, "pages": pages}).scalars()) if pages else set()
    if channel in (Channel.SMS, ALL_CHANNELS):
        threads = [f"{address}>{number}" for number in office.centre.numbers]
        found |= set(tx.execute(_THREADS_OPEN, {"threads": threads}).scalars())
    for interview in sorted(found):
        case = ledger.load(tx, interview)
        if case.interview.disposition is None:
            ledger.advance(tx, office, case, OptedOut())
