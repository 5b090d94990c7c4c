"""The letters with one-time links: what is due, what became of it, and wishes for a new password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, or_, select

from tonval.fieldwork.colleagues.admissions import LETTER, Purpose, link_to, make, token_of
from tonval.fieldwork.field import Field
from tonval.store import outbox
from tonval.store.tables import admissions, users

WISH: Final = "new_password"
"""The kind of work that finds out who wished for a new password."""

TRIES: Final = 20
_WAIT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A letter to write: ``key`` names it for good, ``link`` is good once, ``language`` is her own choice, if any."""

    key: str
    to: str
    name: str
    purpose: Purpose
    link: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a letter did not go; ``again``: another try may be worth it."""

    why: str
    again: bool


Hand = Callable[[Invitation], Failed | None]
"""Hands a letter to the mail server."""


def wish_for_password(office: Field, who: str) -> None:
    """Somebody who calls herself so, or has this address, wants a new password.

    Whether there is anybody of that name is looked up by a worker, so that the page can neither tell nor take longer.
    """
    with office.unit.begin() as tx:
        outbox.put(tx, WISH, office.fresh_id("wsh"), office.now(), {"who": who})
    office.ring(WISH)


def grant_wishes(office: Field, limit: int) -> int:
    """Write the letters that were wished for; gives the number of wishes that were looked at."""
    with office.unit.begin() as tx:
        rows = outbox.claim(tx, WISH, office.now(), limit, office.fresh_id("att"))
        for row in rows:
            who = row.payload["who"].strip()
            known = or_(users.c.name == who, func.lower(users.c.email) == who.lower())
            able = (users.c.email.is_not(None), users.c.ended_at.is_(None), users.c.password.is_not(None))
            for user in tx.execute(select(users.c.id).where(known, *able)).scalars().all():
                make(tx, office, user, Purpose.RESET, mailed=True)
        outbox.forget(tx, [row.id for row in rows])
    if rows:
        office.ring(LETTER)
    return len(rows)


def send_due(office: Field, hand: Hand, limit: int) -> int:
    """Send up to ``limit`` letters with links, each claimed alone; gives the number that was tried."""
    for done in range(limit):
        with office.unit.begin() as tx:
            rows = outbox.claim(tx, LETTER, office.now(), 1, office.fresh_id("att"))
        if not rows:
            return done
        letter = _letter(office, rows[0].ref)
        _settle(office, rows[0], hand(letter) if letter else Failed("the link was used, or its time is over", False))
    return limit


def _letter(office: Field, admission: str) -> Invitation | None:
    good = (admissions.c.id == admission, admissions.c.used_at.is_(None), admissions.c.expires_at > office.now())
    columns = (admissions.c.purpose, users.c.email, users.c.name, users.c.language)
    wanted = select(*columns).join(users, users.c.id == admissions.c.user)
    with office.unit.read() as tx:
        row = tx.execute(wanted.where(*good, users.c.email.is_not(None), users.c.ended_at.is_(None))).one_or_none()
    if row is None:
        return None
    link = link_to(office, token_of(office, admission))
    return Invitation(admission, row.email, row.name, Purpose(row.purpose), link, row.language)


def _settle(office: Field, row: outbox.Row, failed: Failed | None) -> None:
    with office.unit.begin() as tx:
        if failed is None:
            outbox.done(tx, [row.id])
        elif failed.again and row.attempts < TRIES:
            outbox.postpone(tx, row.id, office.now() + _WAIT * min(row.attempts, 30), failed.why)
        else:
            outbox.give_up(tx, row.id, failed.why)
