"""What each role may see: an admin everything, a supervisor her part of the tree, an agent herself."""

from __future__ import annotations

from typing import Final

from tonval.fieldwork.people import Person
from tonval.stats.scope import EVERYTHING, Scope

STAFF: Final = frozenset({"admin", "supervisor"})


def scope_of(person: Person) -> Scope:
    """The scope of every query made for ``person``. A supervisor of the root sees the whole tree."""
    match person.role:
        case "admin":
            return EVERYTHING
        case "supervisor":
            return Scope(units=(person.unit,)) if person.unit else EVERYTHING
        case _:
            return Scope(agent=person.agent or "")
