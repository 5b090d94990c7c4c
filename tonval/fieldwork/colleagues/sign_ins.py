"""Who is signed in and where: each sign-in has a row that ends it everywhere when it is ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, insert, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.colleagues.entrances import digest_of, end_sign_ins, fresh_token
from tonval.fieldwork.colleagues.people import PERSON, Person
from tonval.fieldwork.field import Field
from tonval.store.tables import Moment, sign_ins, users

IDLE: Final = timedelta(hours=12)
LONGEST: Final = timedelta(days=30)
SEEN_EVERY: Final = timedelta(minutes=5)
DEVICE_LENGTH: Final = 60

_S: Final = sign_ins.c
_GOOD: Final = (
    _S.ended_at.is_(None),
    _S.seen_at > bindparam("idle", type_=Moment),
    _S.created_at > bindparam("oldest", type_=Moment),
)
_FIND: Final = (
    select(_S.seen_at, *PERSON)
    .join(users, users.c.id == _S.user)
    .where(_S.digest == bindparam("digest"), users.c.ended_at.is_(None), *_GOOD)
)
_HERS: Final = (
    select(_S.digest, _S.device, _S.created_at, _S.seen_at)
    .where(_S.user == bindparam("who"), *_GOOD)
    .order_by(_S.seen_at.desc(), _S.created_at.desc())
)
_SEE: Final = (
    update(sign_ins)
    .where(_S.digest == bindparam("found"), _S.seen_at < bindparam("stale", type_=Moment))
    .values(seen_at=bindparam("now", type_=Moment))
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person by one of her sign-ins; ``token`` is what her cookie holds."""

    person: Person
    token: str = field(repr=False)

    @property
    def digest(self) -> str:
        """The sign-in as it is known inside."""
        return digest_of(self.token)


@dataclass(frozen=True, slots=True)
class Device:
    """One sign-in that is good, as its owner reads it."""

    digest: str
    name: str
    created_at: datetime
    seen_at: datetime


def begin(office: Field, person: Person, device: str, *, by: str = "") -> SignedIn:
    """Sign the person in; what she was signed in by before stays as it was. ``by`` names who found out who she is."""
    token, now = fresh_token(), office.now()
    row = {"digest": digest_of(token), "user": person.id, "created_at": now, "seen_at": now}
    told = {"by": by} if by else {}
    with office.unit.begin() as tx:
        tx.execute(insert(sign_ins).values(**row, device=device[:DEVICE_LENGTH]))
        audit.note(tx, office, Actor(person.id, person.name), Deed("user.signed_in", "user", person.id, told))
    return SignedIn(person, token)


def find(office: Field, token: str) -> SignedIn | None:
    """Who is signed in by it, unless it has ended, was idle for ``IDLE`` or is older than ``LONGEST``.

    That she was seen is noted every ``SEEN_EVERY`` at most.
    """
    digest, now = digest_of(token), office.now()
    with office.unit.read() as tx:
        row = tx.execute(_FIND, {"digest": digest, **_ages(now)}).one_or_none()
    if row is None:
        return None
    if row.seen_at < now - SEEN_EVERY:
        with office.unit.begin() as tx:
            tx.execute(_SEE, {"found": digest, "stale": now - SEEN_EVERY, "now": now})
    return SignedIn(Person(*row[1:]), token)


def of_person(office: Field, user: str) -> list[Device]:
    """Where she is signed in, the one seen last first."""
    with office.unit.read() as tx:
        return [Device(*row) for row in tx.execute(_HERS, {"who": user, **_ages(office.now())})]


def end(office: Field, token: str) -> None:
    """Sign out. What has ended already stays as it is."""
    ended = update(sign_ins).where(_S.digest == digest_of(token), _S.ended_at.is_(None))
    with office.unit.begin() as tx:
        tx.execute(ended.values(ended_at=office.now()))


def end_others(office: Field, here: SignedIn) -> int:
    """End all of her sign-ins but this one; gives their number."""
    by = Actor(here.person.id, here.person.name)
    with office.unit.begin() as tx:
        number = end_sign_ins(tx, by.id, office.now(), keep=here.digest)
        audit.note(tx, office, by, Deed("user.sign_ins_ended", "user", by.id, {"number": number}))
    return number


def _ages(now: datetime) -> dict[str, datetime]:
    return {"idle": now - IDLE, "oldest": now - LONGEST}
