"""How far each reader sees: everything, her part of the tree, or herself."""

from __future__ import annotations

from tonval.fieldwork.colleagues.people import Person
from tonval.fieldwork.colleagues.roles import ROLES, Reach
from tonval.stats.scope import EVERYTHING, Scope


def scope_of(person: Person) -> Scope:
    """The scope of every query made for ``person``. Who answers for no place in particular sees the whole tree."""
    if person.sees_everything:
        return EVERYTHING
    if ROLES[person.role].reach is Reach.SELF:
        return Scope(agent=person.agent or "")
    return Scope(units=(person.unit,))
