"""What a key of one unit may report: what is of its own agents, and of nobody elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from tonval.fieldwork.belonging import Key, units_of_agents, units_of_contacts
from tonval.fieldwork.field import Field
from tonval.fieldwork.reading import Faulty
from tonval.stats.scope import EVERYTHING
from tonval.web.api.keys import key_in_use, scope_in_use

Told = tuple[Key, str | None]
"""A contact, and its agent where one is named."""


def keep_to_place(field: Field, contact: Key, agent: str | None) -> None:
    """Raises ``Faulty`` where the key of this request is for one unit, and this is another's. Asks nothing else."""
    (fault,) = faults_of_place(field, [(contact, agent)])
    if fault is not None:
        raise fault


def faults_of_place(field: Field, rows: Sequence[Told]) -> list[Faulty | None]:
    """For each row what forbids it to the key of this request, if anything does; two statements for all of them."""
    if scope_in_use() == EVERYTHING:
        return [None] * len(rows)
    agents = units_of_agents(field, [agent for _, agent in rows])
    contacts = units_of_contacts(field, [contact for contact, _ in rows if contact])
    return [
        _fault(contacts.get(contact, "") if contact else "", agents.get(agent or "", "")) for contact, agent in rows
    ]


def _fault(unit_of_contact: str, unit_of_agent: str) -> Faulty | None:
    own = f"the key {key_in_use().name!r} is for {key_in_use().unit}"
    if unit_of_contact and not scope_in_use().covers(unit_of_contact):
        return Faulty(f"{own}; a contact with this id is another unit's", "id", 409)
    if unit_of_agent and not scope_in_use().covers(unit_of_agent):
        return Faulty(f"{own}; this agent belongs to another unit", "agent", 403)
    return None
