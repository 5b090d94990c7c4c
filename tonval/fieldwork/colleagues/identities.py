"""Colleagues by single sign-on: who an account at the provider is here, made at its first sign-in, moved at later ones.

An account is known by issuer and subject, which alone are never given to another (OpenID Connect Core 1.0, 5.7). An
e-mail address leads to somebody we know only where the provider has verified it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import CONSOLE, Actor, Deed
from tonval.fieldwork.colleagues.entrances import end_all
from tonval.fieldwork.colleagues.people import PERSON, PeopleError, Person
from tonval.fieldwork.colleagues.staff import Post, check_post, tidied, write_post
from tonval.fieldwork.field import Field
from tonval.fieldwork.looks import note_hourly
from tonval.store.tables import Moment, identities, users
from tonval.store.upsert import insert_new
from tonval.surveys.sentences import sentence

SIGN_ON: Final = Actor("sign-on", "Single sign-on")

NO_GROUP: Final = sentence("None of your groups may use Tonval. Ask an admin which group you need.")
ENDED: Final = sentence("Your access has ended. Ask an admin if you need it again.")
UNKNOWN: Final = sentence("Nobody has invited you yet. Ask an admin to.")
UNVERIFIED: Final = sentence(
    "There is an account here with your e-mail address, and your sign-in service does not say that it is yours."
    " Ask an admin."
)
TAKEN: Final = sentence("Your e-mail address belongs to an account here that signs in as somebody else. Ask an admin.")
SEVERAL: Final = sentence("Several accounts here have your e-mail address. Ask an admin.")

_LONGEST_NAME: Final = 60
_I: Final = identities.c
_WHO: Final[Select[Any]] = (
    select(*PERSON, users.c.ended_at)
    .join(identities, identities.c.user == users.c.id)
    .where(_I.issuer == bindparam("issuer"), _I.subject == bindparam("subject"))
)
_BY_EMAIL: Final[Select[Any]] = select(*PERSON, users.c.ended_at).where(func.lower(users.c.email) == bindparam("email"))
_SEE: Final = (
    update(identities)
    .where(_I.issuer == bindparam("by"), _I.subject == bindparam("who"))
    .values(seen_at=bindparam("now", type_=Moment))
)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody as the provider names her. ``verified``: it vouches for the address. ``agent``: as the PBX names her."""

    issuer: str
    subject: str
    name: str
    email: str | None = None
    verified: bool = False
    groups: tuple[str, ...] = ()
    agent: str | None = None


class NotAdmitted(PeopleError):
    """She may not come in; the message is for her."""


def admit(office: Field, account: Account) -> Person:
    """Who the account is here, in the role of its groups; made where a group gives one. Raises ``NotAdmitted``."""
    with office.unit.begin() as tx:
        audit.hold(tx)  # two first sign-ins of hers at once: one after another
        found = _find(tx, office, account)
    if isinstance(found, Person):
        return found
    about = Deed("user.sign_on_refused", "user", account.subject[:100], {"name": account.name, "why": found})
    note_hourly(office, SIGN_ON, about)
    raise NotAdmitted(found)


def unlink(office: Field, user: str, name: str, *, by: Actor = CONSOLE) -> int:
    """Forget which accounts she is, so that another one with her e-mail address can be; gives how many there were."""
    with office.unit.begin() as tx:
        number = tx.execute(delete(identities).where(_I.user == user)).rowcount
        end_all(tx, user, office.now())
        audit.note(tx, office, by, Deed("user.unlinked", "user", user, {"name": name}))
    return number


def _find(tx: Connection, office: Field, account: Account) -> Person | str:
    """The person, or the sentence that refuses her."""
    key = {"issuer": account.issuer, "subject": account.subject}
    row = tx.execute(_WHO, key).one_or_none()
    if row is not None:
        tx.execute(_SEE, {"by": account.issuer, "who": account.subject, "now": office.now()})
        return _known(tx, office, account, row)
    alike = tx.execute(_BY_EMAIL, {"email": account.email}).all() if account.email else []
    if not alike:
        return _stranger(tx, office, account)
    return _why_not_hers(tx, account, alike) or _link(tx, office, account, alike[0])


def _known(tx: Connection, office: Field, account: Account, row: Row[Any]) -> Person | str:
    """Somebody who is known here, in the role that her groups have now. Who has lost it is out everywhere."""
    if row.ended_at is not None:
        return ENDED
    person = Person(*row[: len(PERSON)])
    before = Post(person.role, person.unit, person.agent)
    post = _post_of(tx, office, account, before)
    if post == before:
        return person
    end_all(tx, person.id, office.now())
    if isinstance(post, str):
        return post
    write_post(tx, office, person, post, by=SIGN_ON)
    return replace(person, role=post.role, unit=post.unit, agent=post.agent)


def _stranger(tx: Connection, office: Field, account: Account) -> Person | str:
    """Somebody nobody knows yet; her group says what she is."""
    post = _post_of(tx, office, account, None)
    if isinstance(post, str):
        return post
    person = Person(office.fresh_id("usr"), "", account.email if account.verified else None, *astuple(post))
    row = {"id": person.id, "email": person.email, "created_at": office.now(), **asdict(post)}
    name = next(name for name in _names(account, person.id) if insert_new(tx, users, {**row, "name": name}))
    told = {"name": name, "role": post.role, "unit": post.unit}
    audit.note(tx, office, SIGN_ON, Deed("user.added", "user", person.id, told))
    _remember(tx, office, account, person.id)
    return replace(person, name=name)


def _link(tx: Connection, office: Field, account: Account, row: Row[Any]) -> Person | str:
    """Somebody who was here before this account of hers was."""
    found = _known(tx, office, account, row)
    if isinstance(found, Person):
        _remember(tx, office, account, found.id)
        audit.note(tx, office, SIGN_ON, Deed("user.linked", "user", found.id, {"name": found.name}))
    return found


def _why_not_hers(tx: Connection, account: Account, alike: Sequence[Row[Any]]) -> str:
    """Why the one with her e-mail address is not she; empty where it is."""
    if all(row.ended_at is not None for row in alike):
        return ENDED
    if not account.verified:
        return UNVERIFIED
    if len(alike) > 1:
        return SEVERAL
    taken = select(_I.subject).where(_I.user == alike[0].id, _I.issuer == account.issuer)
    return TAKEN if tx.execute(taken).first() else ""


def _post_of(tx: Connection, office: Field, account: Account, held: Post | None) -> Post | str:
    """What her groups make her; where none are set up, what an admin did. Or why they make her nothing."""
    terms = office.centre.sign_on
    if not terms.groups:
        return held or UNKNOWN
    grant = terms.grant_of(account.groups)
    if grant is None:
        return NO_GROUP
    post = tidied(Post(grant.role, grant.unit, account.agent))
    try:
        check_post(tx, post)
    except PeopleError as wrong:
        return sentence("Your account does not fit what is set up here: %(why)s. Tell an admin.", why=wrong.args[0])
    return post


def _names(account: Account, user: str) -> Iterator[str]:
    """What she can be called, if nobody else is."""
    name = "".join(letter for letter in account.name if letter.isprintable()).strip()[:_LONGEST_NAME] or "Somebody"
    yield name
    if account.email:
        yield f"{name} ({account.email})"[:100]
    yield f"{name} {user}"


def _remember(tx: Connection, office: Field, account: Account, user: str) -> None:
    row = {"issuer": account.issuer, "subject": account.subject, "user": user}
    tx.execute(insert(identities).values(**row, created_at=office.now(), seen_at=office.now()))
