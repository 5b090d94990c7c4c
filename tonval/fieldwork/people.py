"""Who may sign in: users with a role, a place in the organisation and, for agents, the agent they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import ColumnElement, func, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import CONSOLE, Actor, Deed
from tonval.fieldwork.field import Field
from tonval.fieldwork.looks import note_hourly
from tonval.fieldwork.roles import AGENT, ROLES, UNDIVIDED, Permission, Reach
from tonval.store.tables import users
from tonval.store.upsert import insert_new

_SOMEBODY: Final = Actor("nobody", "Somebody")
_HASH: Final = PasswordHash((Argon2Hasher(),))


class PeopleError(ValueError):
    """A user cannot be made as asked; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user. ``unit`` is the path a supervisor answers for, ``agent`` the agent that an agent user is."""

    id: str
    name: str
    email: str | None
    role: str
    unit: str
    agent: str | None

    @property
    def title(self) -> str:
        """Her role in words."""
        return ROLES[self.role].title

    @property
    def sees_everything(self) -> bool:
        """Whether nothing in the organisation lies outside her place."""
        reach = ROLES[self.role].reach
        return reach is Reach.EVERYTHING or (reach is Reach.PLACE and not self.unit)

    def may(self, permission: Permission) -> bool:
        """Whether her role allows it; where, her place says."""
        return permission in ROLES[self.role].permissions and (permission not in UNDIVIDED or self.sees_everything)


_PERSON = (users.c.id, users.c.name, users.c.email, users.c.role, users.c.unit, users.c.agent)


def add_user(
    office: Field,
    name: str,
    password: str,
    *,
    role: str = "admin",
    email: str | None = None,
    unit: str = "",
    agent: str | None = None,
    by: Actor = CONSOLE,
) -> Person:
    """Make a user. Raises ``PeopleError`` for a taken name, a short password, or an agent without ``agent``."""
    _check(name, password)
    _check_place(role, unit, agent)
    person = Person(office.fresh_id("usr"), name, email, role, unit, agent)
    row = {**{field: getattr(person, field) for field in Person.__slots__}, "created_at": office.now()}
    with office.unit.begin() as tx:
        if not insert_new(tx, users, {**row, "password": _HASH.hash(password)}):
            raise PeopleError(f"there is a user called “{name}” already")
        audit.note(tx, office, by, Deed("user.added", "user", person.id, {"name": name, "role": role, "unit": unit}))
    return person


def set_password(office: Field, name: str, password: str, *, by: Actor = CONSOLE) -> None:
    """Give a user a new password. Raises ``PeopleError`` when there is no such user."""
    _check(name, password)
    with office.unit.begin() as tx:
        changed = update(users).where(users.c.name == name).values(password=_HASH.hash(password))
        user = tx.execute(changed.returning(users.c.id)).scalar()
        if user is None:
            raise PeopleError(f"there is no user called “{name}”")
        audit.note(tx, office, by, Deed("user.password", "user", user, {"name": name}))


def has_users(office: Field) -> bool:
    """Whether anybody can sign in yet."""
    with office.unit.read() as tx:
        return bool(tx.execute(select(func.count()).select_from(users)).scalar_one())


def note_sign_in(office: Field, user: Person) -> None:
    """Note that the user has signed in."""
    with office.unit.begin() as tx:
        audit.note(tx, office, Actor(user.id, user.name), Deed("user.signed_in", "user", user.id, {}))


def note_refusal(office: Field, name: str) -> None:
    """Note that somebody was refused who called herself so; once in an hour for each user, and for unknown names.

    A name that nobody has is not kept: it may be a password in the wrong field.
    """
    with office.unit.read() as tx:
        user = tx.execute(select(users.c.id).where(users.c.name == name)).scalar()
    told = {"name": name} if user else {}
    note_hourly(office, _SOMEBODY, Deed("user.refused", "user", user or _SOMEBODY.id, told))


def check_password(office: Field, name: str, password: str) -> Person | None:
    """The user, when the password is hers. A name nobody has takes as long as a wrong password."""
    with office.unit.read() as tx:
        row = tx.execute(select(*_PERSON, users.c.password).where(users.c.name == name)).one_or_none()
    if row is None:
        _HASH.verify(password, _nobody())
        return None
    return Person(*row[:-1]) if _HASH.verify(password, row.password) else None


def person(office: Field, person_id: str) -> Person | None:
    """The user of this id."""
    found = _people(office, users.c.id == person_id)
    return found[0] if found else None


def all_people(office: Field) -> list[Person]:
    """Every user, by name."""
    return _people(office, users.c.id.is_not(None))


@lru_cache(maxsize=1)
def _nobody() -> str:
    """The hash that a name nobody has is checked against."""
    return _HASH.hash("nobody has this password")


def _people(office: Field, which: ColumnElement[bool]) -> list[Person]:
    with office.unit.read() as tx:
        return [Person(*row) for row in tx.execute(select(*_PERSON).where(which).order_by(users.c.name))]


def _check(name: str, password: str) -> None:
    if not name.strip() or len(name) > 100:
        raise PeopleError("a user needs a name of at most 100 characters")
    if not 8 <= len(password) <= 1000:
        raise PeopleError("a password needs at least 8 characters")


def _check_place(role: str, unit: str, agent: str | None) -> None:
    if role not in ROLES:
        raise PeopleError(f"“{role}” is not a role; known: {', '.join(ROLES)}")
    if role == AGENT and not agent:
        raise PeopleError("an agent user needs the id of the agent she is")
    if ROLES[role].needs_place and not unit:
        raise PeopleError(f"a user who is {role} needs the unit she answers for")
