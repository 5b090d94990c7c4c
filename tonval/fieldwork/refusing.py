"""A customer says that she wants no more: it is noted, and what she is being asked there ends as refused."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, select, text

from tonval.fieldwork import ledger
from tonval.fieldwork.field import Field
from tonval.fieldwork.optouts import opt_out
from tonval.store.tables import interviews, invitations
from tonval.surveys.questionnaire import Channel
from tonval.surveys.turns import OptedOut

PAGES: Final = {Channel.SMS: Channel.LINK, Channel.EMAIL: Channel.EMAIL}
"""Which surveys on a page are sent by what is refused."""

_ON_PAGE: Final = text("invitations.state = 'asked' AND invitations.channel IN ('link', 'email')")
"""The condition of the index in its own words: SQLite uses an index of some rows for nothing less."""

_OPEN: Final = (
    select(interviews.c.id)
    .join(invitations, invitations.c.id == interviews.c.invitation)
    .where(_ON_PAGE, invitations.c.address == bindparam("address"), invitations.c.channel == bindparam("page"))
    .where(interviews.c.disposition.is_(None))
    .order_by(interviews.c.id)
)


def refuse(tx: Connection, office: Field, address: str, channel: Channel, source: str) -> bool:
    """Note that ``address`` wants nothing more by SMS or e-mail; tells whether that is news.

    The surveys she is being asked there by links end as refused, whatever she has answered in them so far.
    """
    news = opt_out(tx, address, channel, office.now(), source)
    open_ones = tx.execute(_OPEN, {"address": address, "page": PAGES[channel]}).scalars().all()
    for interview in open_ones:
        case = ledger.load(tx, interview)
        if case.interview.disposition is None:
            ledger.advance(tx, office, case, OptedOut())
    return news
