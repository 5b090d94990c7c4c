"""Who may sign in: users with a role, a place in the organisation and, for agents, the agent they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import ColumnElement, Connection, func, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import CONSOLE, Actor, Deed
from tonval.fieldwork.colleagues.entrances import end_all
from tonval.fieldwork.colleagues.roles import AGENT, ROLES, UNDIVIDED, Permission, Reach
from tonval.fieldwork.field import Field
from tonval.fieldwork.looks import note_hourly
from tonval.store.tables import users
from tonval.store.upsert import insert_new
from tonval.surveys.sentences import sentence

_SOMEBODY: Final = Actor("nobody", "Somebody")
_HASH: Final = PasswordHash((Argon2Hasher(),))


class PeopleError(ValueError):
    """A user cannot be made or changed as asked; the message is a sentence for people, about ``field`` of a form."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Person:
    """A user. ``unit`` is the path a supervisor answers for, ``agent`` the agent that an agent user is.

    ``language`` is the one she chose to read the pages in; ``None`` until she has.
    """

    id: str
    name: str
    email: str | None
    role: str
    unit: str
    agent: str | None
    language: str | None = None

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


PERSON: Final = (users.c.id, users.c.name, users.c.email, users.c.role, users.c.unit, users.c.agent, users.c.language)
"""What a ``Person`` is read from."""

SHORTEST: Final = 8
"""Characters of a password."""


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
    check_name(name)
    check_new_password(password)
    check_place(role, unit, agent)
    person = Person(office.fresh_id("usr"), name, email, role, unit, agent)
    row = {**{field: getattr(person, field) for field in Person.__slots__}, "created_at": office.now()}
    with office.unit.begin() as tx:
        if not insert_new(tx, users, {**row, "password": hashed(password)}):
            raise PeopleError(sentence("there is a user called “%(name)s” already", name=name), "name")
        audit.note(tx, office, by, Deed("user.added", "user", person.id, {"name": name, "role": role, "unit": unit}))
    return person


def set_password(office: Field, name: str, password: str, *, by: Actor = CONSOLE) -> None:
    """Give a user a new password; she is signed out everywhere. Raises ``PeopleError`` when there is no such user."""
    check_new_password(password)
    with office.unit.begin() as tx:
        user = tx.execute(select(users.c.id).where(users.c.name == name)).scalar()
        if user is None:
            raise PeopleError(sentence("there is no user called “%(name)s”", name=name))
        write_password(tx, office, user, hashed(password))
        audit.note(tx, office, by, Deed("user.password", "user", user, {"name": name}))


def change_password(office: Field, user: Person, password: str, *, keep: str) -> None:
    """Her own new password; of her sign-ins the one whose digest is ``keep`` stays. Raises ``PeopleError``."""
    check_new_password(password)
    made = hashed(password)
    with office.unit.begin() as tx:
        write_password(tx, office, user.id, made, keep=keep)
        audit.note(tx, office, Actor(user.id, user.name), Deed("user.password", "user", user.id, {"name": user.name}))


def write_password(tx: Connection, office: Field, user: str, made: str, *, keep: str = "") -> None:
    """Put a hash in place; whatever let her in before ends, but for the sign-in whose digest is ``keep``."""
    tx.execute(update(users).where(users.c.id == user).values(password=made))
    end_all(tx, user, office.now(), keep=keep)


def choose_language(office: Field, user: Person, language: str | None) -> None:
    """From now on she reads the pages in it; ``None``: as her browser asks."""
    with office.unit.begin() as tx:
        tx.execute(update(users).where(users.c.id == user.id).values(language=language))
        told = {"name": user.name, "language": language}
        audit.note(tx, office, Actor(user.id, user.name), Deed("user.language", "user", user.id, told))


def has_users(office: Field) -> bool:
    """Whether anybody can sign in yet."""
    with office.unit.read() as tx:
        return bool(tx.execute(select(func.count()).select_from(users)).scalar_one())


def note_refusal(office: Field, name: str, *, action: str = "user.refused") -> None:
    """Note that somebody was refused who called herself so; once in an hour for each user, and for unknown names.

    A name that nobody has is not kept: it may be a password in the wrong field.
    """
    with office.unit.read() as tx:
        user = tx.execute(select(users.c.id).where(users.c.name == name)).scalar()
    told = {"name": name} if user else {}
    note_hourly(office, _SOMEBODY, Deed(action, "user", user or _SOMEBODY.id, told))


def check_password(office: Field, name: str, password: str) -> Person | None:
    """The user, when the password is hers. A name nobody has takes as long as a wrong password."""
    with office.unit.read() as tx:
        known = select(*PERSON, users.c.password).where(users.c.name == name, users.c.ended_at.is_(None))
        row = tx.execute(known).one_or_none()
    if row is None or row.password is None:
        _HASH.verify(password, _nobody())
        return None
    return Person(*row[:-1]) if _HASH.verify(password, row.password) else None


def has_password(office: Field, user: str) -> bool:
    """Whether she can sign in with a password; who comes by single sign-on may have none."""
    with office.unit.read() as tx:
        return tx.execute(select(users.c.password).where(users.c.id == user)).scalar() is not None


def person(office: Field, person_id: str) -> Person | None:
    """The user of this id."""
    found = _people(office, users.c.id == person_id)
    return found[0] if found else None


def all_people(office: Field) -> list[Person]:
    """Every user who may come in, by name."""
    return _people(office, users.c.ended_at.is_(None))


@lru_cache(maxsize=1)
def _nobody() -> str:
    """The hash that a name nobody has is checked against."""
    return _HASH.hash("nobody has this password")


def _people(office: Field, which: ColumnElement[bool]) -> list[Person]:
    with office.unit.read() as tx:
        return [Person(*row) for row in tx.execute(select(*PERSON).where(which).order_by(users.c.name))]


def hashed(password: str) -> str:
    """The password as it is kept: Argon2id (RFC 9106). It takes a while, so make it before a transaction."""
    return _HASH.hash(password)


def check_name(name: str) -> None:
    """Raises ``PeopleError`` for what nobody can be called."""
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise PeopleError(sentence("a user needs a name of at most 100 characters"), "name")


def check_new_password(password: str) -> None:
    """Raises ``PeopleError`` for a password that is too short, or beyond measure."""
    if not SHORTEST <= len(password) <= 256:
        raise PeopleError(
            sentence("a password needs at least %(SHORTEST)s characters, and at most 256", SHORTEST=SHORTEST),
            "password",
        )


def check_place(role: str, unit: str, agent: str | None) -> None:
    """Raises ``PeopleError`` for a role that does not exist, or lacks the place or the agent it needs."""
    if role not in ROLES:
        raise PeopleError(
            sentence("“%(role)s” is not a role; known: %(ROLES)s", role=role, ROLES=", ".join(ROLES)), "role"
        )
    if role == AGENT and not agent:
        raise PeopleError(sentence("an agent user needs the id of the agent she is"), "agent")
    if ROLES[role].needs_place and not unit:
        raise PeopleError(sentence("a user who is %(role)s needs the unit she answers for", role=role), "unit")
