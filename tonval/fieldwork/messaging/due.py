"""Which messages are due, and which of them may still go out: looked at in the transaction that claims them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    String,
    Update,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    text,
    update,
)

from tonval.fieldwork.centre import Texting
from tonval.fieldwork.deciding.refusals import refused
from tonval.fieldwork.messaging import texting
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.outgoing import CONFIRMATION, QUESTION, REMINDER, drop_reminder
from tonval.fieldwork.messaging.progress import note_undelivered
from tonval.store.among import among, listed
from tonval.store.tables import Moment, interviews, messages
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

_M: Final = messages.c

PENDING: Final = text("messages.state IN ('queued', 'sending', 'unknown')")
"""The condition of the index in its own words: SQLite uses an index of some rows for nothing less."""

QUEUED: Final = and_(
    PENDING,
    _M.state == literal(State.QUEUED, String, literal_execute=True),
    _M.due_at <= bindparam("now", type_=Moment),
)
OPEN: Final = and_(
    or_(_M.open_from.is_(None), _M.open_from <= bindparam("now", type_=Moment)),
    or_(_M.open_until.is_(None), _M.open_until > bindparam("now", type_=Moment)),
)
"""The condition that a message may go out at the hour ``now``."""

NO_TERMS: Final = Texting()
UNWANTED: Final = sentence("The customer does not want messages.")
OVER: Final = sentence("The survey was over before this question could go out.")

CARRIED: Final = (Channel.SMS, Channel.EMAIL)
"""What a message may be carried by; a survey link goes out as an SMS."""


def by(channel: Channel) -> ColumnElement[bool]:
    """The condition that a message is carried by the channel, in the words of the indexes."""
    return _M.channel == literal(channel, String, literal_execute=True)


def letters(tx: Connection, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Up to ``limit`` due letters, the oldest first, locked until the end."""
    return tx.execute(_LETTERS, {"now": now, "limit": limit}).all()


def texts_of(tx: Connection, sender: str, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Up to ``limit`` due SMS from one number, the oldest first, locked until the end."""
    return tx.execute(_TEXTS, {"sender": sender, "now": now, "limit": limit}).all()


def sift(
    tx: Connection, picked: Sequence[Row[Any]], channel: Channel, now: datetime, terms: Texting = NO_TERMS
) -> list[Row[Any]]:
    """Those of the ``picked`` that may go out; SMS by the ``terms`` of all.

    The others fail here: whoever is blocked or opted out since is sent nothing more, whoever has answered is not
    reminded, nobody is asked when an answer would count no more, and no SMS of any kind goes to a premium number or to
    a country that the file leaves out.
    """
    unwanted: dict[str, str] = {row.id: OVER for row in picked if row.purpose == QUESTION and row.over}
    unwanted |= _barred(picked, terms) if channel == Channel.SMS else {}
    unwanted |= dict.fromkeys(_unwanted(tx, picked, channel) - unwanted.keys(), UNWANTED)
    _fail(tx, unwanted, now)
    late = {row.id: row.interview for row in picked if row.purpose == REMINDER and row.touched}
    for interview in late.values():
        drop_reminder(tx, interview, now)
    return [row for row in picked if row.id not in unwanted and row.id not in late]


def closed_due(tx: Connection, now: datetime, limit: int) -> tuple[str, ...]:
    """Ids of due messages, up to ``limit`` of each channel, whose allowed hours ended before they went out."""
    values = {"now": now, "limit": limit}
    return tuple(message for closed in _CLOSED for message in tx.execute(closed, values).scalars())


def put_off_letters(tx: Connection, now: datetime, until: datetime) -> None:
    """All letters that are due and not claimed wait: there is nobody to take them now."""
    tx.execute(_PUT_OFF.values(due_at=until), {"now": now})


def has_letters(tx: Connection, now: datetime) -> bool:
    """Whether a letter waits that may be sent now."""
    return bool(tx.execute(_ANY_LETTER, {"now": now}).scalar_one())


@lru_cache(maxsize=4)
def these(dialect: str) -> Update:
    """An update of the messages whose ids are in the parameter ``ids`` (``listed``)."""
    return update(messages).where(among(dialect, _M.id, "ids"))


def _oldest(channel: Channel) -> Select[Any]:
    touched = or_(interviews.c.answered > 0, interviews.c.disposition.is_not(None))
    over = interviews.c.disposition.is_not(None).label("over")
    asked = interviews.c.channel.label("asked_by"), touched.label("touched"), over, interviews.c.queue
    columns = _M.id, _M.recipient, _M.purpose, _M.interview, _M.sender, _M.segments, _M.cost, _M.open_until
    oldest = select(*columns, *asked).outerjoin_from(messages, interviews)
    return oldest.where(by(channel), QUEUED).order_by(_M.due_at).limit(bindparam("limit", type_=Integer))


_LETTERS: Final = _oldest(Channel.EMAIL).where(OPEN).with_for_update(skip_locked=True, of=messages)
_TEXTS: Final = (
    _oldest(Channel.SMS).where(OPEN, _M.sender == bindparam("sender")).with_for_update(skip_locked=True, of=messages)
)
_CLOSED: Final = [_oldest(each).where(_M.open_until <= bindparam("now", type_=Moment)) for each in CARRIED]
_PUT_OFF: Final = update(messages).where(by(Channel.EMAIL), QUEUED)
_ANY_LETTER: Final = select(exists(select(_M.id).where(by(Channel.EMAIL), QUEUED, OPEN)))


def _unwanted(tx: Connection, picked: Sequence[Row[Any]], channel: Channel) -> frozenset[str]:
    """Ids of the messages that must not go out; the confirmation of an opt-out may.

    A survey's link goes out as an SMS, and is refused by who wants no SMS, or no links.
    """
    asking = {row.id: (row.recipient, row.asked_by or channel) for row in picked if row.purpose != CONFIRMATION}
    refusals = refused(tx, set(asking.values()))
    return frozenset(message for message, pair in asking.items() if pair in refusals)


def _barred(picked: Sequence[Row[Any]], terms: Texting) -> dict[str, str]:
    """Ids of the SMS that must go to nobody, each with a sentence that says why."""
    found = {row.id: texting.refused(terms, row.recipient) for row in picked}
    return {message: f"{why.detail[:1].upper()}{why.detail[1:]}." for message, why in found.items() if why}


def _fail(tx: Connection, unwanted: Mapping[str, str], now: datetime) -> None:
    for words in sorted(set(unwanted.values())):
        ids = [message for message, why in unwanted.items() if why == words]
        values = {"state": State.FAILED, "error": words, "changed_at": now}
        tx.execute(these(tx.dialect.name).values(values), {"ids": listed(tx, ids)})
    if unwanted:
        note_undelivered(tx, _M.id.in_(unwanted), now)
