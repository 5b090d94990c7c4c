"""Letters to customers on their way: each is begun in the transaction that ends the one before.

A claim takes letters for a while and gives them back by itself, for it only puts off when they are due. A letter is
``sending`` from just before it is handed over until its outcome is recorded: whoever is killed in between leaves that
one letter in doubt and no other. A letter in doubt is never sent again, and no other way is tried in its place, for the
customer may have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import form_of
from tonval.fieldwork.messaging import due
from tonval.fieldwork.messaging.delivery import State, before
from tonval.fieldwork.messaging.due import OPEN
from tonval.fieldwork.messaging.progress import raise_to
from tonval.store.among import among, listed
from tonval.store.tables import Moment, interviews, messages
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.record import interview_from
from tonval.surveys.sentences import sentence
from tonval.surveys.state import Interview

LEASE: Final = timedelta(seconds=60)
"""How long a claimed letter that nobody has begun is kept from others."""

_M = messages.c
_COLUMNS: Final = (_M.id, _M.attempt, _M.attempts, _M.recipient, _M.subject, _M.body, _M.interview)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that one attempt may send, and the interview it asks for; ``attempts`` counts the tries before."""

    id: str
    attempt: str
    attempts: int
    recipient: str
    subject: str
    body: str
    interview: str
    asked: Interview
    form: Form


@dataclass(frozen=True, slots=True)
class Ended:
    """How the try at a letter ended. ``QUEUED``: it was surely not sent and is due again at ``due_at``."""

    letter: Letter
    state: State
    sentence: str | None = None
    due_at: datetime | None = None


def claim_due(office: Field, limit: int) -> tuple[Letter, ...]:
    """Take up to ``limit`` due letters to send within ``LEASE``; nothing is due when none comes back.

    Whoever is blocked or opted out since is sent nothing more, and nobody is asked in an interview that has ended.
    """
    while True:
        with office.unit.begin() as tx:
            picked = due.letters(tx, office.now(), limit)
            wanted = due.sift(tx, picked, Channel.EMAIL, office.now())
            letters = _claim(tx, office, [row.id for row in wanted])
            late = [Ended(letter, State.FAILED, _TOO_LATE) for letter in letters if letter.asked.disposition]
            for ended in late:
                _settle(tx, office, ended)
        claimed = tuple(letter for letter in letters if not letter.asked.disposition)
        if claimed or not picked:
            return claimed


def turn_over(office: Field, ended: Ended | None, following: Letter | None, ref: str | None = None) -> bool:
    """Record how the letter before ended and begin with the next one, known by ``ref``: one commit for each letter.

    ``False``: the next one is not ours any more, or its hours are over.
    """
    with office.unit.begin() as tx:
        if ended is not None:
            _settle(tx, office, ended)
        if following is None:
            begun = False
        else:
            values = {"letter": following.id, "taken": following.attempt, "known_by": ref, "now": office.now()}
            begun = tx.execute(_BEGIN, values).rowcount == 1
    if ended is not None and ended.state is State.FAILED:
        office.ring("undelivered")
    return begun


def put_off(office: Field, tries: Sequence[Ended]) -> None:
    """Count a try for letters nobody could begin with, and make them due again, or end them."""
    with office.unit.begin() as tx:
        for ended in tries:
            counted = and_(_M.id == ended.letter.id, _M.attempt == ended.letter.attempt, _M.state == State.QUEUED)
            tx.execute(update(messages).where(counted).values(attempts=_M.attempts + 1))
            _settle(tx, office, ended)


def hold(office: Field, until: datetime) -> None:
    """Nothing can go out before ``until``: what is due waits, so that nobody tries each letter in vain."""
    with office.unit.begin() as tx:
        due.put_off_letters(tx, office.now(), until)


def give_up(office: Field, message_id: str, sentence: str) -> None:
    """Nobody will ever know what became of it: it counts as failed, and no other way is tried in its place."""
    doubtful = and_(_M.id == message_id, _M.state == State.UNKNOWN)
    values = {"state": State.FAILED, "error": sentence, "changed_at": office.now()}
    with office.unit.begin() as tx:
        tx.execute(update(messages).where(doubtful).values(values))


_TOO_LATE: Final = sentence("The survey was closed before the letter could go out.")

_HELD: Final = and_(_M.id == bindparam("letter"), _M.attempt == bindparam("taken"))
_BEGIN: Final = (
    update(messages)
    .where(_HELD, _M.state == State.QUEUED, OPEN)
    .values(
        state=State.SENDING,
        attempts=_M.attempts + 1,
        ref=bindparam("known_by"),
        claimed_at=bindparam("now", type_=Moment),
        changed_at=bindparam("now", type_=Moment),
    )
)
_ACCEPT: Final = (
    update(messages)
    .where(_HELD, _M.state.in_(before(State.ACCEPTED)))
    .values(state=State.ACCEPTED, error=None, changed_at=bindparam("now", type_=Moment))
)
_PUT_BACK: Final = (
    update(messages)
    .where(_HELD, _M.state.in_((State.QUEUED, State.SENDING)))
    .values(
        state=State.QUEUED,
        error=bindparam("sentence"),
        due_at=bindparam("later", type_=Moment),
        changed_at=bindparam("now", type_=Moment),
    )
)


def _settle(tx: Connection, office: Field, ended: Ended) -> None:
    """Record one outcome; the way back to ``QUEUED`` is for the attempt that holds the letter alone."""
    held = {"letter": ended.letter.id, "taken": ended.letter.attempt, "now": office.now()}
    if ended.state is State.ACCEPTED:
        tx.execute(_ACCEPT, held)
    elif ended.state is State.QUEUED:
        tx.execute(_PUT_BACK, held | {"sentence": ended.sentence, "later": ended.due_at})
    else:
        mine = and_(_M.id == ended.letter.id, _M.attempt == ended.letter.attempt)
        raise_to(tx, office, mine, ended.state, ended.sentence)


def _claim(tx: Connection, office: Field, ids: Sequence[str]) -> list[Letter]:
    if not ids:
        return []
    now, attempt = office.now(), office.fresh_id("att")
    values = {"ids": listed(tx, ids), "taken": attempt, "now": now, "until": now + LEASE}
    rows = sorted(tx.execute(_taking(tx.dialect.name), values), key=lambda row: str(row.id))
    asked = _asked(tx, [row.interview for row in rows if row.interview])
    return [_letter(tx, office, row, asked[row.interview]) for row in rows if row.interview in asked]


def _asked(tx: Connection, ids: Sequence[str]) -> dict[str, Interview]:
    found = tx.execute(_states(tx.dialect.name), {"ids": listed(tx, ids)})
    return {row.id: interview_from(row.state) for row in found}


def _letter(tx: Connection, office: Field, row: Any, asked: Interview) -> Letter:
    form = form_of(tx, office.centre, asked.form, asked.version)
    return Letter(**row._mapping, asked=asked, form=form)


@lru_cache(maxsize=4)
def _taking(dialect: str) -> ReturningUpdate[Any]:
    taken = {"attempt": bindparam("taken"), "claimed_at": bindparam("now", type_=Moment)}
    taken["due_at"] = bindparam("until", type_=Moment)
    return update(messages).where(among(dialect, _M.id, "ids")).values(taken).returning(*_COLUMNS)


@lru_cache(maxsize=4)
def _states(dialect: str) -> Any:
    return select(interviews.c.id, interviews.c.state).where(among(dialect, interviews.c.id, "ids"))
