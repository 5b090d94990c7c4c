"""What rows would change, worked out before anything is: shown, and carried out just so or not at all. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

Values = tuple[str, ...]
"""What stands of a unit (its name) or of an agent (her name and unit)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One unit or agent by its ``key``; ``before`` is ``None`` where it is new."""

    key: str
    before: Values | None
    after: Values

    @property
    def deeds(self) -> tuple[str, ...]:
        """``added``; or ``renamed``, ``moved`` or both."""
        if self.before is None:
            return ("added",)
        pairs = zip(("renamed", "moved"), self.before, self.after, strict=False)
        return tuple(deed for deed, before, after in pairs if before != after)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change, how many rows change nothing, and how many others there are that no row names."""

    changes: tuple[Change, ...]
    same: int
    others: int

    @property
    def added(self) -> int:
        """How many are new."""
        return sum(change.before is None for change in self.changes)

    @property
    def changed(self) -> int:
        """How many are there already and would be other than they are."""
        return len(self.changes) - self.added

    def number(self, deed: str) -> int:
        """How many are ``added``, ``renamed`` or ``moved``; somebody can be both."""
        return sum(deed in change.deeds for change in self.changes)

    @property
    def digest(self) -> str:
        """The same for the same plan alone."""
        told = [[change.key, change.before, change.after] for change in self.changes]
        return hashlib.sha256(json.dumps([told, self.same, self.others]).encode()).hexdigest()


def compare(before: Mapping[str, Values], wanted: Mapping[str, Values]) -> Plan:
    """The plan by which those of ``before`` become as they are ``wanted``; who is not wanted stays."""
    changes = tuple(Change(key, before.get(key), after) for key, after in wanted.items() if before.get(key) != after)
    return Plan(changes, len(wanted) - len(changes), len(before.keys() - wanted.keys()))
