"""Who may see which numbers: every query takes a scope, and shows nothing outside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, or_, true

from tonval.fieldwork.belonging import Placed, is_foreign, within
from tonval.fieldwork.respondents import UNKNOWN_AGENT


@dataclass(frozen=True, slots=True)
class Scope:
    """``units`` with all below them, every unit when ``None``; of these one ``agent``, everybody when ``None``.

    A unit ``""`` is the place of those without a unit, not the root of all. ``placed`` are the queues that belong to a
    unit: how the centre is set up, and no part of what tells one scope from another. ``home`` is the place of one
    ``agent``.
    """

    units: tuple[str, ...] | None = None
    agent: str | None = None
    home: str = ""
    placed: Placed = field(default=(), compare=False)

    def allows(self, unit: ColumnElement[Any], agent: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition on a table's unit and agent columns."""
        own = true() if self.agent is None else agent == self.agent
        return self._within(unit) & own

    def holds(
        self, unit: ColumnElement[Any], agent: ColumnElement[Any], queue: ColumnElement[Any]
    ) -> ColumnElement[bool]:
        """The same for contacts, which belong where their queue does while nobody has named an agent."""
        return or_(self.allows(unit, agent), self.nameless(agent, queue))

    def nameless(
        self, agent: ColumnElement[Any], queue: ColumnElement[Any], below: str | None = None
    ) -> ColumnElement[bool]:
        """The contacts without an agent that are hers by their queue; of a unit with all ``below`` it, where given."""
        wanted = [name for name, unit in self.placed if self.covers(unit) and (below is None or within(unit, below))]
        if not wanted or (self.units is None and below is None):
            return false()
        return and_(agent == UNKNOWN_AGENT, queue.in_(sorted(wanted)))

    def covers(self, unit: str) -> bool:
        """Whether all of the unit lies within; of one agent's scope none does."""
        if self.agent is not None:
            return False
        return self.units is None or any(within(unit, path) for path in self.units)

    def sees_queue(self, queue: str) -> bool:
        """Whether the queue is none of another branch: the centre's, of her own place, or of one above or below it."""
        unit = dict(self.placed).get(queue, "")
        if self.agent is None and self.units is None:
            return True
        places = (self.home,) if self.agent is not None else self.units or ()
        return not unit or any(not is_foreign(unit, place) for place in places)

    def _within(self, unit: ColumnElement[Any]) -> ColumnElement[bool]:
        if self.units is None:
            return true()
        return or_(false(), *(below(unit, path) for path in self.units))


EVERYTHING: Final = Scope()


def below(unit: ColumnElement[Any], path: str) -> ColumnElement[bool]:
    """Whether the unit is ``path`` or lies under it: ``se`` covers ``se/sthlm``, not ``sea``."""
    return or_(unit == path, unit.startswith(f"{path}/", autoescape=True))
