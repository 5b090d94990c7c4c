"""What a key of one unit may report: what is of its own agents and queues, and of nobody elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tonval.fieldwork.belonging import Belonging, Key, places_of_contacts, units_of_agents
from tonval.fieldwork.field import Field
from tonval.fieldwork.reading import Faulty
from tonval.stats.scope import EVERYTHING
from tonval.web.api.keys import key_in_use, scope_in_use

Told = tuple[Key, str | None, str | None]
"""A contact, with its agent and its queue where they are named."""

_NOWHERE: Final = Belonging("", None)


def keep_to_place(field: Field, contact: Key, agent: str | None, queue: str | None) -> None:
    """Raises ``Faulty`` where the key of this request is for one unit, and this is another's. Asks nothing else."""
    (fault,) = faults_of_place(field, [(contact, agent, queue)])
    if fault is not None:
        raise fault


def faults_of_place(field: Field, rows: Sequence[Told]) -> list[Faulty | None]:
    """For each row what forbids it to the key of this request, if anything does; two statements for all of them."""
    if scope_in_use() == EVERYTHING:
        return [None] * len(rows)
    agents = units_of_agents(field, [agent for _, agent, _ in rows])
    contacts = places_of_contacts(field, [contact for contact, _, _ in rows if contact])
    return [
        _fault(contacts.get(contact, _NOWHERE), agents.get(agent or "", ""), queue or "")
        for contact, agent, queue in rows
    ]


def _fault(contact: Belonging, unit_of_agent: str, queue: str) -> Faulty | None:
    own, scope = f"the key {key_in_use().name!r} is for {key_in_use().unit}", scope_in_use()
    if (contact.unit and not scope.covers(contact.unit)) or not scope.sees_queue(contact.queue or ""):
        return Faulty(f"{own}; a contact with this id is another unit's", "id", 409)
    if unit_of_agent and not scope.covers(unit_of_agent):
        return Faulty(f"{own}; this agent belongs to another unit", "agent", 403)
    if not scope.sees_queue(queue):
        return Faulty(f"{own}; the queue “{queue}” belongs to another unit", "queue", 403)
    return None
