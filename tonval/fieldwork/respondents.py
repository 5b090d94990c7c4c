"""Who takes part: the customer as a contact, the agent she spoke to, and the interaction that brought them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, select

from tonval.fieldwork.field import Field
from tonval.store.among import among, listed
from tonval.store.tables import agents
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
    unit: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as the statistics know her; ``unit`` is a path such as ``se/sthlm``, empty when nobody said."""

    id: str
    name: str
    unit: str


def know_agent(tx: Connection, office: Field, agent_id: str | None) -> Agent:
    """The agent of this id, made on first sight; without an id the one called ``unknown``."""
    wanted = agent_id or UNKNOWN_AGENT
    row = tx.execute(_AGENT, {"agent": wanted}).one_or_none()
    if row is not None:
        return Agent(*row)
    name = wanted.title() if wanted.isalpha() and wanted.islower() else wanted
    insert_new(tx, agents, {"id": wanted, "name": name, "unit": "", "demo": office.demo})
    return Agent(wanted, name, "")


def know_agents(tx: Connection, office: Field, named: Iterable[str | None]) -> dict[str | None, Agent]:
    """The same for many at once; two statements however many there are."""
    wanted = {name or UNKNOWN_AGENT for name in named}
    found = {row.id: Agent(*row) for row in tx.execute(_among(tx.dialect.name), {"some": listed(tx, wanted)})}
    for name in sorted(wanted - found.keys()):
        found[name] = know_agent(tx, office, name)
    return {**found, None: found.get(UNKNOWN_AGENT, Agent(UNKNOWN_AGENT, "Unknown", ""))}


@lru_cache(maxsize=4)
def _among(dialect: str) -> Select[Any]:
    return select(agents.c.id, agents.c.name, agents.c.unit).where(among(dialect, agents.c.id, "some"))
