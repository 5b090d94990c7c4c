"""Letters that came back, and customers whose mail program says that they want no more: what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, select, update

from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.outgoing import SMTP
from tonval.fieldwork.messaging.progress import raise_to
from tonval.fieldwork.refusing import refuse
from tonval.store.tables import Moment, contacts, interviews, messages
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

LOOK_BACK: Final = timedelta(days=14)
"""A bounce that names an address alone is about the last letter to it, if that is no older than this."""

_M = messages.c
_FOUND: Final = select(_M.id, _M.recipient)
_BY_ID: Final = _FOUND.where(_M.provider == SMTP, _M.ref == bindparam("message_id"))
_BY_ADDRESS: Final[Select[Any]] = (
    _FOUND.join(interviews, interviews.c.id == _M.interview)
    .join(contacts, contacts.c.id == interviews.c.contact)
    .where(contacts.c.email == bindparam("address"), _M.recipient == bindparam("address"))
    .where(_M.channel == Channel.EMAIL, _M.ref.is_not(None), _M.created_at > bindparam("since", type_=Moment))
    .order_by(_M.created_at.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A letter that came back. ``hard``: the server has given up; else it goes on trying.

    ``message_id`` is our letter's, with its angle brackets; empty: the last letter to ``recipient`` is meant, which
    only a door that knows who is speaking may say. ``status`` is ``5.1.1`` as in RFC 3463.
    """

    message_id: str
    recipient: str
    status: str
    hard: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A customer wants no more e-mail. Who she is follows as for a ``Bounce``; ``source`` is who told us."""

    message_id: str
    recipient: str = ""
    source: str = "message"


def settle(office: Field, returned: Bounce | Stop) -> bool:
    """Let it have its effect; ``False`` when it is about no letter of ours. The same again changes nothing.

    A hard bounce has the next way tried, if the letter asked a question and there is another way. A soft one is noted.
    """
    with office.unit.begin() as tx:
        letter = _letter(tx, office, returned)
        if isinstance(returned, Stop):
            recipient = letter.recipient if letter else returned.recipient
            if recipient:
                refuse(tx, office, recipient, Channel.EMAIL, returned.source)
            known = bool(recipient)
        else:
            known = letter is not None
            if letter is not None:
                _note(tx, office, letter.id, returned)
    if known:
        office.ring("undelivered")
    return known


def _letter(tx: Connection, office: Field, returned: Bounce | Stop) -> Any:
    if returned.message_id:
        return tx.execute(_BY_ID, {"message_id": returned.message_id}).one_or_none()
    values = {"address": returned.recipient, "since": office.now() - LOOK_BACK}
    return tx.execute(_BY_ADDRESS, values).one_or_none()


def _note(tx: Connection, office: Field, letter: str, bounce: Bounce) -> None:
    """Whoever reports about a letter has had it: what was in doubt is not any more."""
    here = _M.id == letter
    if bounce.hard:
        return raise_to(tx, office, here, State.UNDELIVERED, bounce.sentence)
    raise_to(tx, office, here, State.ACCEPTED, None)
    noted = update(messages).where(here, _M.state.in_((State.ACCEPTED, State.SENT)))
    tx.execute(noted.values(error=sentence("Still on its way: %(why)s", why=bounce.sentence)))
    return None
