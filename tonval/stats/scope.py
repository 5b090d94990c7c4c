"""Who may see which numbers: every query takes a scope, and shows nothing outside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, false, or_, true


@dataclass(frozen=True, slots=True)
class Scope:
    """``units`` with all below them, every unit when ``None``; of these one ``agent``, everybody when ``None``.

    A unit ``""`` is the place of those without a unit, not the root of all.
    """

    units: tuple[str, ...] | None = None
    agent: str | None = None

    def allows(self, unit: ColumnElement[Any], agent: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition on a table's unit and agent columns."""
        own = true() if self.agent is None else agent == self.agent
        return self._within(unit) & own

    def covers(self, unit: str) -> bool:
        """Whether all of the unit lies within; of one agent's scope none does."""
        if self.agent is not None:
            return False
        return self.units is None or any(unit == path or unit.startswith(f"{path}/") for path in self.units)

    def _within(self, unit: ColumnElement[Any]) -> ColumnElement[bool]:
        if self.units is None:
            return true()
        return or_(false(), *(below(unit, path) for path in self.units))


EVERYTHING: Final = Scope()


def below(unit: ColumnElement[Any], path: str) -> ColumnElement[bool]:
    """Whether the unit is ``path`` or lies under it: ``se`` covers ``se/sthlm``, not ``sea``."""
    return or_(unit == path, unit.startswith(f"{path}/", autoescape=True))
