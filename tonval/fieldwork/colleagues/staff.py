"""The people who may sign in, as an admin keeps them: invited, moved, ended. Nobody is ever deleted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, exists, func, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.addresses import BadAddress, email_address
from tonval.fieldwork.audit import CONSOLE, Actor, Deed
from tonval.fieldwork.colleagues.admissions import LETTER, Purpose, make
from tonval.fieldwork.colleagues.entrances import end_all
from tonval.fieldwork.colleagues.people import PERSON, PeopleError, Person, check_name, check_place
from tonval.fieldwork.colleagues.roles import ADMIN, AGENT, ROLES, Reach
from tonval.fieldwork.field import Field
from tonval.fieldwork.respondents import UNKNOWN_AGENT
from tonval.store.tables import agents, identities, sign_ins, units, users
from tonval.store.upsert import insert_new
from tonval.surveys.sentences import sentence

_SEEN: Final = (
    select(func.max(sign_ins.c.seen_at)).where(sign_ins.c.user == users.c.id).correlate(users).scalar_subquery()
)
_SIGNED_ON: Final = exists().where(identities.c.user == users.c.id).correlate(users)
_MEMBERS: Final = select(
    *PERSON,
    (users.c.password.is_(None) & ~_SIGNED_ON).label("invited"),
    users.c.ended_at,
    users.c.totp.is_not(None).label("second_factor"),
    _SEEN.label("seen_at"),
).order_by(users.c.ended_at.is_not(None), users.c.name)
LAST_ADMIN: Final = sentence("she is the last admin who can sign in; make somebody else an admin first")


@dataclass(frozen=True, slots=True)
class Member:
    """A user as the admin sees her; ``invited``: she has not come in yet, by a password or by single sign-on."""

    person: Person
    invited: bool
    ended_at: datetime | None
    second_factor: bool
    seen_at: datetime | None

    @property
    def state(self) -> str:
        """``active``, ``invited`` or ``ended``."""
        return "ended" if self.ended_at else "invited" if self.invited else "active"


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody does, and where: role, unit, and the agent that an agent user is."""

    role: str
    unit: str = ""
    agent: str | None = None


def members(office: Field) -> list[Member]:
    """Everybody who may or once might sign in: by name, those whose access has ended last."""
    size = len(PERSON)
    with office.unit.read() as tx:
        return [Member(Person(*row[:size]), *row[size:]) for row in tx.execute(_MEMBERS)]


def member(office: Field, user: str) -> Member | None:
    """One of them."""
    return next((each for each in members(office) if each.person.id == user), None)


def named(office: Field, name: str) -> Person:
    """The user of this name. Raises ``PeopleError``."""
    found = next((each.person for each in members(office) if each.person.name == name), None)
    if found is None:
        raise PeopleError(sentence("there is no user called “%(name)s”", name=name), "name")
    return found


def agent_names(office: Field) -> dict[str, str]:
    """Every agent's name by her id, for choosing who an agent user is."""
    known = select(agents.c.id, agents.c.name).where(agents.c.id != UNKNOWN_AGENT).order_by(agents.c.name)
    with office.unit.read() as tx:
        return {row.id: row.name for row in tx.execute(known)}


def invite(office: Field, name: str, email: str, post: Post, *, by: Actor) -> str:
    """Let somebody choose a password; gives the token of her link. It is mailed where mail can be sent.

    Raises ``PeopleError`` with the field that is wrong.
    """
    name = name.strip()
    check_name(name)
    person = Person(office.fresh_id("usr"), name, _email(email), post.role, post.unit, post.agent)
    row = {"id": person.id, "name": name, "email": person.email, "role": post.role, "unit": post.unit}
    with office.unit.begin() as tx:
        audit.hold(tx)  # no unit is moved meanwhile
        check_post(tx, post)
        if not insert_new(tx, users, {**row, "agent": post.agent, "password": None, "created_at": office.now()}):
            raise PeopleError(sentence("there is a user called “%(name)s” already", name=name), "name")
        told = {"name": name, "role": post.role, "unit": post.unit}
        audit.note(tx, office, by, Deed("user.invited", "user", person.id, told))
        token = _send(tx, office, person, Purpose.INVITE)
    office.ring(LETTER)
    return token


def send_link(office: Field, user: str, *, by: Actor) -> str:
    """A new one-time link: the invitation again, for a new password, or back in for somebody whose access had ended.

    Gives its token. Raises ``PeopleError``.
    """
    with office.unit.begin() as tx:
        found = _locked(tx, user)
        if found.state == "ended":
            anew = {"ended_at": None, "password": None, "totp": None, "totp_step": None}
            tx.execute(update(users).where(users.c.id == user).values(anew))
        deed = "user.readmitted" if found.state == "ended" else "user.link"
        audit.note(tx, office, by, Deed(deed, "user", user, {"name": found.person.name}))
        token = _send(tx, office, found.person, Purpose.RESET if found.state == "active" else Purpose.INVITE)
    office.ring(LETTER)
    return token


def change_post(office: Field, user: str, post: Post, *, by: Actor, keep: str = "", seen: Post | None = None) -> bool:
    """Give her another role, unit or agent; all sign-ins but the one with the digest ``keep`` end.

    ``seen`` is the post that the editor saw. Tells whether anything was changed. Raises ``PeopleError``, also where
    somebody else has given her another post since.
    """
    with office.unit.begin() as tx:
        found = _locked(tx, user)
        before = Post(found.person.role, found.person.unit, found.person.agent)
        if post == before:
            return False
        if seen not in (None, before):
            stands = sentence("somebody else has made her %(post)s since you began", post=_told(before))
            raise PeopleError(stands, "role")
        check_post(tx, post)
        if post.role != ADMIN:
            _spare_last_admin(tx, found)
        if not found.invited:  # her invitation stays good
            end_all(tx, user, office.now(), keep=keep)
        write_post(tx, office, found.person, post, by=by)
    return True


def write_post(tx: Connection, office: Field, person: Person, post: Post, *, by: Actor) -> None:
    """Put her role, unit and agent in place; her sign-ins are the caller's."""
    tx.execute(update(users).where(users.c.id == person.id).values(role=post.role, unit=post.unit, agent=post.agent))
    before = Post(person.role, person.unit, person.agent)
    told = {"name": person.name, "before": _told(before), "after": _told(post)}
    audit.note(tx, office, by, Deed("user.moved", "user", person.id, told))


def end(office: Field, user: str, *, by: Actor = CONSOLE) -> Person:
    """End her access: at once, everywhere, links included. What she did stays. Raises ``PeopleError``."""
    with office.unit.begin() as tx:
        found = _locked(tx, user)
        if found.ended_at:
            return found.person
        _spare_last_admin(tx, found)
        tx.execute(update(users).where(users.c.id == user).values(ended_at=office.now()))
        end_all(tx, user, office.now())
        audit.note(tx, office, by, Deed("user.ended", "user", user, {"name": found.person.name}))
    return found.person


def tidied(post: Post) -> Post:
    """The post without what its role has no use for."""
    unit = "" if post.role in ROLES and ROLES[post.role].reach is Reach.EVERYTHING else post.unit
    return replace(post, unit=unit, agent=post.agent if post.role == AGENT else None)


def _locked(tx: Connection, user: str) -> Member:
    """The user, when nobody else changes any: the end of the audit log is held, so admins go one after another."""
    audit.hold(tx)
    row = tx.execute(_MEMBERS.where(users.c.id == user)).one_or_none()
    if row is None:
        raise PeopleError(sentence("there is no such user"))
    return Member(Person(*row[: len(PERSON)]), *row[len(PERSON) :])


def check_post(tx: Connection, post: Post) -> None:
    """Raises ``PeopleError`` for a role, unit or agent that does not exist or does not fit the others."""
    check_place(post.role, post.unit, post.agent)
    if post.unit and tx.execute(select(units.c.path).where(units.c.path == post.unit)).first() is None:
        raise PeopleError(sentence("there is no unit “%(unit)s”", unit=post.unit), "unit")
    if post.agent and tx.execute(select(agents.c.id).where(agents.c.id == post.agent)).first() is None:
        raise PeopleError(sentence("there is no agent “%(agent)s”", agent=post.agent), "agent")


def _spare_last_admin(tx: Connection, found: Member) -> None:
    if found.person.role != ADMIN or found.state != "active":
        return
    able = (users.c.role == ADMIN, users.c.ended_at.is_(None), users.c.password.is_not(None) | _SIGNED_ON)
    if tx.execute(select(users.c.id).where(*able, users.c.id != found.person.id)).first() is None:
        raise PeopleError(LAST_ADMIN, "role")


def _send(tx: Connection, office: Field, person: Person, purpose: Purpose) -> str:
    return make(tx, office, person.id, purpose, mailed=bool(office.mail_from and person.email))


def _email(text: str) -> str:
    try:
        return email_address(text)
    except BadAddress as bad:
        raise PeopleError(str(bad), "email") from None


def _told(post: Post) -> str:
    return " ".join(
        filter(
            None,
            (
                post.role,
                post.unit and sentence("of %(unit)s", unit=post.unit),
                post.agent and sentence("as %(agent)s", agent=post.agent),
            ),
        )
    )
