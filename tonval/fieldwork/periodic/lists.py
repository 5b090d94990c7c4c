"""Contact lists: who is asked periodically. A list begins with its first contact, and may become empty."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, delete, func, select

from tonval.fieldwork.contacts import know_contacts
from tonval.fieldwork.field import Field
from tonval.fieldwork.respondents import Customer
from tonval.store.tables import contact_lists, contacts, list_members
from tonval.store.upsert import insert, insert_new

_C: Final = contacts.c
_M: Final = list_members.c
_KNOWN: Final = (_C.phone, _C.email, _C.name, _C.language, _C.tier, _C.attributes, _C.unit, _C.zone)
_MEMBERS: Final = (
    select(_C.id, *_KNOWN)
    .join(list_members, and_(_M.contact == _C.id, _M.list == bindparam("list")))
    .where(_M.contact > bindparam("after"))
    .order_by(_M.contact)
    .limit(bindparam("most"))
)


class UnknownContact(LookupError):
    """Nobody is known by this address."""


@dataclass(frozen=True, slots=True)
class Member:
    """A contact as a list holds her: the row's id, and the customer she is."""

    contact: str
    customer: Customer


@dataclass(frozen=True, slots=True)
class Listed:
    """A contact list and how many are on it."""

    name: str
    members: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """All that is known of a contact, and the lists she is on, by name."""

    contact: str
    customer: Customer
    lists: tuple[str, ...]
    created_at: datetime
    seen_at: datetime


def members(tx: Connection, name: str, after: str, limit: int) -> list[Member]:
    """Up to ``limit`` contacts of the list, in the order of their ids, from the one behind ``after`` on ("": all)."""
    rows = tx.execute(_MEMBERS, {"list": name, "after": after, "most": limit})
    return [Member(row.id, _customer(row)) for row in rows]


def put_on(tx: Connection, office: Field, name: str, people: Collection[str]) -> None:
    """Put contacts (ids) on a list, which is made when it is new; those who are on it stay."""
    insert_new(tx, contact_lists, {"name": name, "created_at": office.now()})
    if people:
        rows = [{"list": name, "contact": contact} for contact in sorted(people)]
        tx.execute(insert(tx, list_members).on_conflict_do_nothing(), rows)


def take_off(tx: Connection, name: str, people: Collection[str]) -> int:
    """Take contacts off a list; gives how many were on it."""
    return tx.execute(delete(list_members).where(_M.list == name, _M.contact.in_(people))).rowcount


def all_lists(office: Field) -> list[Listed]:
    """Every list, by name."""
    counted = select(contact_lists.c.name, func.count(_M.contact), contact_lists.c.created_at).outerjoin(list_members)
    with office.unit.read() as tx:
        return [Listed(*row) for row in tx.execute(counted.group_by(contact_lists.c.name).order_by("name"))]


def put_contact(office: Field, customer: Customer, lists: Collection[str] | None) -> Card:
    """Make the contact known or bring her up to date; ``lists`` are then those she is on, ``None`` leaves them alone.

    The customer has a telephone number or an e-mail address.
    """
    return office.unit.attempt(lambda tx: _put_contact(tx, office, customer, lists))


def find_contact(office: Field, phone: str | None, email: str | None) -> Card:
    """The contact of a telephone number, else of an e-mail address. Raises ``UnknownContact``."""
    key = _C.phone == phone if phone else _C.email == email
    with office.unit.read() as tx:
        contact = tx.execute(select(_C.id).where(key)).scalar()
        if contact is None:
            raise UnknownContact(f"nobody is known by {phone or email}")
        return _card(tx, contact)


def _put_contact(tx: Connection, office: Field, customer: Customer, lists: Collection[str] | None) -> Card:
    (known,) = know_contacts(tx, office, [customer])
    assert known is not None, "a contact needs an address"
    if lists is not None:
        for name in sorted(_lists_of(tx, known.id) - set(lists)):
            take_off(tx, name, [known.id])
        for name in sorted(set(lists)):
            put_on(tx, office, name, [known.id])
    return _card(tx, known.id)


def _card(tx: Connection, contact: str) -> Card:
    row = tx.execute(select(_C.id, _C.created_at, _C.seen_at, *_KNOWN).where(_C.id == contact)).one()
    return Card(row.id, _customer(row), tuple(sorted(_lists_of(tx, contact))), row.created_at, row.seen_at)


def _lists_of(tx: Connection, contact: str) -> set[str]:
    return set(tx.execute(select(_M.list).where(_M.contact == contact)).scalars())


def _customer(row: Any) -> Customer:
    return Customer(**{column.name: getattr(row, column.name) for column in _KNOWN})
