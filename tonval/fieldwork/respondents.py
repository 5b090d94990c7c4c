"""Who takes part: the customer as a contact, the agent she spoke to, and the interaction that brought them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from tonval.fieldwork.field import Field
from tonval.store.tables import agents, contacts
from tonval.store.upsert import insert_new

UNKNOWN_AGENT: Final = "unknown"
_AGENT: Final = select(agents.c.id, agents.c.name, agents.c.unit).where(agents.c.id == bindparam("agent"))


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as an interaction names her; phone in E.164, e-mail in lower case."""

    phone: str | None = None
    email: str | None = None
    name: str | None = None
    language: str | None = None
    tier: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as the statistics know her; ``unit`` is a path such as ``se/sthlm``, empty when nobody said."""

    id: str
    name: str
    unit: str


def know_contact(tx: Connection, office: Field, customer: Customer) -> str | None:
    """The contact of this phone number, else of this e-mail; made or brought up to date. ``None`` without either."""
    key = contacts.c.phone == customer.phone if customer.phone else contacts.c.email == customer.email
    if not (customer.phone or customer.email):
        return None
    news = {"name": customer.name, "language": customer.language, "tier": customer.tier}
    news = {name: value for name, value in news.items() if value is not None}
    found = tx.execute(select(contacts.c.id).where(key)).scalar()
    if found is None:
        return _new_contact(tx, office, customer, news) or know_contact(tx, office, customer)
    if news:
        tx.execute(update(contacts).where(contacts.c.id == found).values(news))
    return str(found)


def _new_contact(tx: Connection, office: Field, customer: Customer, news: Mapping[str, Any]) -> str | None:
    email = customer.email if not _email_taken(tx, customer) else None
    row = {"id": office.fresh_id("con"), "phone": customer.phone, "email": email, **news}
    row |= {"attributes": dict(customer.attributes), "created_at": office.now()}
    return str(row["id"]) if insert_new(tx, contacts, row) else None


def _email_taken(tx: Connection, customer: Customer) -> bool:
    """Two numbers may share one address; it stays with the contact that had it first."""
    if not (customer.phone and customer.email):
        return False
    return tx.execute(select(contacts.c.id).where(contacts.c.email == customer.email)).scalar() is not None


def know_agent(tx: Connection, office: Field, agent_id: str | None) -> Agent:
    """The agent of this id, made on first sight; without an id the one called ``unknown``."""
    wanted = agent_id or UNKNOWN_AGENT
    row = tx.execute(_AGENT, {"agent": wanted}).one_or_none()
    if row is not None:
        return Agent(*row)
    name = wanted.title() if wanted.isalpha() and wanted.islower() else wanted
    insert_new(tx, agents, {"id": wanted, "name": name, "unit": "", "demo": office.demo})
    return Agent(wanted, name, "")
