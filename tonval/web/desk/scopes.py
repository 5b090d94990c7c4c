"""How far each reader sees: everything, her part of the tree, or herself."""

from __future__ import annotations

from dataclasses import replace

from tonval.fieldwork.belonging import placed_queues, units_of_agents
from tonval.fieldwork.colleagues.people import Person
from tonval.fieldwork.colleagues.roles import ROLES, Reach
from tonval.fieldwork.field import Field
from tonval.stats.scope import EVERYTHING, Scope
from tonval.web.signin import reader


def scope_of(field: Field, person: Person) -> Scope:
    """The scope of every query made for ``person``. Who answers for no place in particular sees the whole tree."""
    placed = placed_queues(field.centre)
    if person.sees_everything:
        return replace(EVERYTHING, placed=placed)
    if ROLES[person.role].reach is Reach.SELF:
        return Scope(agent=person.agent or "", home=_home(field, person), placed=placed)
    return Scope(units=(person.unit,), placed=placed)


def scope_here(field: Field) -> Scope:
    """That of the present request. Only for routes behind sign-in."""
    return scope_of(field, reader())


def _home(field: Field, person: Person) -> str:
    """Where an agent belongs, whatever her account says."""
    return units_of_agents(field, [person.agent]).get(person.agent or "") or person.unit
