"""One-time links: to begin with (an invitation), for a new password, and between password and code.

Its token is computed from its id, so that a worker can write it into a letter although only a digest is stored.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select, true, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.colleagues.entrances import digest_of
from tonval.fieldwork.colleagues.people import PERSON, Person, check_new_password, hashed, write_password
from tonval.fieldwork.field import Field
from tonval.store import outbox
from tonval.store.tables import Moment, admissions, users

LETTER: Final = "admission"
"""The kind of work that mails a link."""

_A: Final = admissions.c
_FIND: Final = (
    select(_A.id, _A.purpose, *(column.label(f"user_{column.name}") for column in PERSON))
    .join(users, users.c.id == _A.user)
    .where(_A.digest == bindparam("digest"), _A.used_at.is_(None), users.c.ended_at.is_(None))
    .where(_A.expires_at > bindparam("now", type_=Moment))
)
_USE: Final = (
    update(admissions)
    .where(_A.id == bindparam("one"), _A.used_at.is_(None), _A.expires_at > bindparam("now", type_=Moment))
    .values(used_at=bindparam("now", type_=Moment))
)


class Purpose(StrEnum):
    """What a one-time token is for."""

    INVITE = "invite"
    RESET = "reset"
    CODE = "code"  # the password was right, the second factor is asked


LASTS: Final = {
    Purpose.INVITE: timedelta(hours=72),
    Purpose.RESET: timedelta(hours=2),
    Purpose.CODE: timedelta(minutes=10),
}


@dataclass(frozen=True, slots=True)
class Admission:
    """A one-time token that is good, and whom it lets in."""

    id: str
    purpose: Purpose
    person: Person


class Spent(LookupError):
    """The link was used meanwhile, or its time is over."""


def make(tx: Connection, office: Field, user: str, purpose: Purpose, *, mailed: bool = False) -> str:
    """A new one-time token for the user; gives it. Earlier links for the same purpose are forgotten.

    ``mailed``: a worker sends it to her; ring for ``LETTER`` after the commit.
    """
    admission, now = office.fresh_id("adm"), office.now()
    stale = _A.expires_at <= now if purpose is Purpose.CODE else true()  # whoever types a code elsewhere may go on
    tx.execute(delete(admissions).where(_A.user == user, _A.purpose == purpose, stale))
    token = token_of(office, admission)
    row = {"id": admission, "digest": digest_of(token), "user": user, "purpose": purpose, "created_at": now}
    tx.execute(insert(admissions).values(**row, expires_at=now + LASTS[purpose]))
    if mailed:
        outbox.put(tx, LETTER, admission, now)
    return token


def begin_code_step(office: Field, user: str) -> str:
    """What a browser holds between the right password and the code."""
    with office.unit.begin() as tx:
        return make(tx, office, user, Purpose.CODE)


def find(office: Field, token: str, *purposes: Purpose) -> Admission | None:
    """What the token is good for, if for anything of ``purposes``."""
    with office.unit.read() as tx:
        row = tx.execute(_FIND, {"digest": digest_of(token), "now": office.now()}).one_or_none()
    if row is None or row.purpose not in purposes:
        return None
    return Admission(row.id, Purpose(row.purpose), Person(*row[2:]))


def use(office: Field, admission: Admission) -> None:
    """It is good for nothing from now on. Raises ``Spent`` when somebody else was quicker."""
    with office.unit.begin() as tx:
        _use(tx, office, admission)


def set_password(office: Field, admission: Admission, password: str) -> None:
    """The first password of somebody invited, or a new one. Raises ``PeopleError`` and ``Spent``."""
    check_new_password(password)
    made, person = hashed(password), admission.person
    deed = "user.accepted" if admission.purpose is Purpose.INVITE else "user.password"
    with office.unit.begin() as tx:
        _use(tx, office, admission)
        write_password(tx, office, person.id, made)
        audit.note(tx, office, Actor(person.id, person.name), Deed(deed, "user", person.id, {"name": person.name}))


def token_of(office: Field, admission: str) -> str:
    """The token of an admission: HMAC-SHA256 (RFC 2104) of its id, all 256 bits."""
    digest = hmac.digest(office.people_key, f"admission {admission}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def link_to(office: Field, token: str) -> str:
    """The address that a letter leads to."""
    return f"{office.public_url}/welcome/{token}"


def _use(tx: Connection, office: Field, admission: Admission) -> None:
    if tx.execute(_USE, {"one": admission.id, "now": office.now()}).rowcount != 1:
        raise Spent(admission.id)
