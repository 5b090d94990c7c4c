"""Contacts: customers known by telephone number or e-mail address, however many systems report them.

A number that has been silent for ``DORMANT`` may have gone to somebody else and begins a new contact; opt-outs belong
to the address and stay.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update

from tonval.fieldwork.deciding import caps as limits
from tonval.fieldwork.field import Field
from tonval.fieldwork.respondents import Customer
from tonval.store import outbox
from tonval.store.among import among, listed
from tonval.store.bulk import insert_all
from tonval.store.tables import call_backs, caps, contacts, interactions, interviews, invitations, list_members
from tonval.store.upsert import insert_new

DORMANT: Final = timedelta(days=180)
MERGED: Final = "merged"
"""The outbox kind that sees to what two contacts had waiting who turned out to be one."""

SEEN_EVERY: Final = timedelta(days=1)
"""``seen_at`` is no finer than this, so that a busy contact's row is seldom written."""

_KNOWN: Final = ("name", "language", "tier", "unit", "zone")
_FIELDS: Final = ("id", "phone", "email", *_KNOWN, "attributes", "seen_at")
_COLUMNS: Final = tuple(contacts.c[name] for name in _FIELDS)
_CHANGE: Final = (
    update(contacts)
    .where(contacts.c.id == bindparam("contact"))
    .values({name: bindparam(name) for name in _FIELDS if name != "id"})
)


@dataclass(slots=True)
class Contact:
    """One contact's row as this transaction will leave it."""

    id: str
    phone: str | None
    email: str | None
    name: str | None
    language: str | None
    tier: str | None
    unit: str | None
    zone: str | None
    attributes: dict[str, Any]
    seen_at: datetime


def know_contacts(tx: Connection, office: Field, customers: Sequence[Customer]) -> list[Contact | None]:
    """The contact of each customer, made, merged and brought up to date; ``None`` for one without any address.

    Two that are made by somebody else at the same moment raise an ``IntegrityError``: see ``Unit.attempt``.
    """
    book = _Book(tx, office, customers)
    found = [book.look_up(customer) for customer in customers]
    book.write()
    return [contact and book.survivor(contact) for contact in found]


class _Book:
    """The contacts that a batch touches, read once, changed in memory and written once."""

    def __init__(self, tx: Connection, office: Field, customers: Sequence[Customer]) -> None:
        self._tx, self._office, self._now = tx, office, office.now()
        self._by_phone: dict[str, Contact] = {}
        self._by_email: dict[str, Contact] = {}
        self._stored: dict[str, tuple[Any, ...]] = {}
        self._touched: dict[str, Contact] = {}
        self._heirs: dict[str, Contact] = {}
        self._read("phone", {customer.phone for customer in customers})
        self._read("email", {customer.email for customer in customers})

    def look_up(self, customer: Customer) -> Contact | None:
        """The one contact that phone and e-mail point to.

        A number and an address that were known apart are one person, unless each already has another of the other's:
        then two people share the address, and the number decides.
        """
        if not (customer.phone or customer.email):
            return None
        phoned, mailed = self._awake(customer), self._by_email.get(customer.email or "")
        if mailed is not None and customer.phone and not _may_be_one(customer.phone, phoned, mailed):
            mailed, customer = None, replace(customer, email=None)
        if phoned is not None and mailed is not None and phoned is not mailed:
            phoned = self._join(phoned, mailed)
        contact = phoned or mailed or self._begin(customer)
        self._bring_up_to_date(contact, customer)
        return contact

    def survivor(self, contact: Contact) -> Contact:
        """The contact, or the one it was merged into."""
        while contact.id in self._heirs:
            contact = self._heirs[contact.id]
        return contact

    def write(self) -> None:
        """Insert what is new and update what has changed, in one order everywhere so that batches do not deadlock."""
        rows = [_row(contact) for contact in sorted(self._touched.values(), key=lambda contact: contact.phone or "")]
        fresh = [row | {"created_at": self._now} for row in rows if row["id"] not in self._stored]
        changed = [row for row in rows if self._stored.get(row["id"], row) != tuple(row.values())]
        changed = [row for row in changed if row["id"] in self._stored]
        if changed:
            named = [{**row, "contact": row["id"]} for row in sorted(changed, key=lambda row: str(row["id"]))]
            self._tx.execute(_CHANGE, [{key: row[key] for key in row if key != "id"} for row in named])
        insert_all(self._tx, contacts, fresh)

    def _read(self, name: str, some: set[str | None]) -> None:
        for row in _having(self._tx, name, some):
            if row.id not in self._stored:
                self._enter(Contact(*row))
                self._stored[row.id] = tuple(row)

    def _enter(self, contact: Contact) -> None:
        if contact.phone:
            self._by_phone[contact.phone] = contact
        if contact.email:
            self._by_email[contact.email] = contact

    def _awake(self, customer: Customer) -> Contact | None:
        """The contact of the number, unless the number has been silent so long that it may be somebody else's."""
        contact = self._by_phone.get(customer.phone or "")
        if contact is None or contact.seen_at > self._now - DORMANT:
            return contact
        if customer.email and customer.email == contact.email:
            return contact
        del self._by_phone[contact.phone or ""]
        contact.phone = None
        self._touched[contact.id] = contact
        self._free(contact.id)
        return None

    def _free(self, contact: str) -> None:
        """At once, before the number is given to the new contact."""
        self._tx.execute(update(contacts).where(contacts.c.id == contact).values(phone=None))

    def _begin(self, customer: Customer) -> Contact:
        known = dict.fromkeys(_KNOWN)
        fresh = self._office.fresh_id("con")
        contact = Contact(fresh, customer.phone, customer.email, **known, attributes={}, seen_at=self._now)
        self._enter(contact)
        self._touched[contact.id] = contact
        return contact

    def _bring_up_to_date(self, contact: Contact, customer: Customer) -> None:
        for name in _KNOWN:
            news = getattr(customer, name)
            if news is not None:
                setattr(contact, name, news)
        contact.phone, contact.email = contact.phone or customer.phone, contact.email or customer.email
        contact.attributes = {**contact.attributes, **customer.attributes}
        if contact.seen_at < self._now - SEEN_EVERY:
            contact.seen_at = self._now
        self._enter(contact)
        self._touched[contact.id] = contact

    def _join(self, kept: Contact, gone: Contact) -> Contact:
        """``gone`` was the same person: everything about it is ``kept``'s from now on."""
        for name in _KNOWN:
            setattr(kept, name, getattr(kept, name) or getattr(gone, name))
        kept.attributes = {**gone.attributes, **kept.attributes}
        if gone.id in self._stored and kept.id in self._stored:
            merge(self._tx, kept.id, gone.id)
            outbox.put(self._tx, MERGED, gone.id, self._now, {"kept": kept.id})
        elif gone.id in self._stored:
            return self._join_stored(kept, gone)
        self._forget(gone, kept)
        return kept

    def _join_stored(self, kept: Contact, gone: Contact) -> Contact:
        """The stored one stays when the other has only just been made."""
        gone.phone = kept.phone
        for name in _KNOWN:
            setattr(gone, name, getattr(kept, name))
        gone.attributes = kept.attributes
        self._forget(kept, gone)
        self._enter(gone)
        return gone

    def _forget(self, gone: Contact, heir: Contact) -> None:
        self._touched.pop(gone.id, None)
        self._heirs[gone.id] = heir
        heir.email = heir.email or gone.email
        self._enter(heir)
        self._touched[heir.id] = heir


def merge(tx: Connection, kept: str, gone: str) -> None:
    """Give everything of the contact ``gone`` to ``kept``, the time she was asked last included."""
    both = select(contacts.c.id).where(contacts.c.id.in_((kept, gone))).order_by(contacts.c.id)
    tx.execute(both.with_for_update()).all()
    for table in (interactions, invitations, interviews, call_backs):
        tx.execute(update(table).where(table.c.contact == gone).values(contact=kept))
    for name in tx.execute(select(list_members.c.list).where(list_members.c.contact == gone)).scalars().all():
        insert_new(tx, list_members, {"list": name, "contact": kept})
    tx.execute(delete(list_members).where(list_members.c.contact == gone))
    _merge_caps(tx, kept, gone)
    tx.execute(delete(contacts).where(contacts.c.id == gone))


def _merge_caps(tx: Connection, kept: str, gone: str) -> None:
    rows = {row.person: row for row in tx.execute(select(caps).where(caps.c.person.in_((kept, gone))))}
    if gone not in rows:
        return
    tx.execute(delete(caps).where(caps.c.person.in_((kept, gone))))
    asked = limits.join(rows[gone].asked, rows[kept].asked if kept in rows else {})
    tx.execute(insert(caps).values(person=kept, asked=asked, claim=rows.get(kept, rows[gone]).claim))


def _may_be_one(phone: str, phoned: Contact | None, mailed: Contact) -> bool:
    """Whether the contact of the e-mail address may be the one with this number too."""
    if mailed.phone is not None:
        return mailed.phone == phone
    return phoned is None or phoned.email is None


def _having(tx: Connection, name: str, some: Collection[str | None]) -> Sequence[Any]:
    """The rows whose phone or e-mail is one of ``some``."""
    wanted = [address for address in some if address]
    return tx.execute(_wanted(tx.dialect.name, name), {"some": listed(tx, wanted)}).all() if wanted else ()


@lru_cache(maxsize=4)
def _wanted(dialect: str, name: str) -> Select[Any]:
    return select(*_COLUMNS).where(among(dialect, contacts.c[name], "some"))


def _row(contact: Contact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in _FIELDS}


def find_contacts(tx: Connection, customers: Sequence[Customer]) -> list[tuple[str | None, str | None]]:
    """The id and zone of each customer's contact, nothing written; one not known yet goes by her address."""
    known: dict[str | None, Any] = {}
    for name in ("email", "phone"):
        some = {getattr(customer, name) for customer in customers}
        known |= {getattr(row, name): row for row in _having(tx, name, some)}
    rows = [known.get(customer.phone) or known.get(customer.email) for customer in customers]
    return [
        (row.id, customer.zone or row.zone) if row else (customer.phone or customer.email, customer.zone)
        for customer, row in zip(customers, rows, strict=True)
    ]
