"""What is kept of customers outside the database, handed in by the rooms above: files, logs, and the list of hashes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tonval.fieldwork.privacy.persons import Person


@dataclass(frozen=True, slots=True)
class Destroyed:
    """How many files of each kind went or were blackened; ``waiting``: names of those that are being taken in."""

    files: Mapping[str, int] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()


class Papers(Protocol):
    """The files of an installation."""

    def find(self, person: Person, legs: Collection[str] = ()) -> list[str]:
        """The names of the files that hold the person, or what was spoken in her calls, by their ids."""

    def destroy(self, person: Person, legs: Collection[str] = ()) -> Destroyed:
        """Take the person, and what was spoken in her calls, out of every file. Again: no change."""

    def note(self, entry: Mapping[str, Any]) -> None:
        """Add to the list of erasures that lies beside the database, on the disk when this returns."""

    def noted(self) -> Iterator[Mapping[str, Any]]:
        """That list, oldest first."""


class NoPapers:
    """An installation without files of its own."""

    def find(self, person: Person, legs: Collection[str] = ()) -> list[str]:
        """None."""
        return []

    def destroy(self, person: Person, legs: Collection[str] = ()) -> Destroyed:
        """Nothing."""
        return Destroyed()

    def note(self, entry: Mapping[str, Any]) -> None:
        """Nowhere."""

    def noted(self) -> Iterator[Mapping[str, Any]]:
        """Nothing."""
        return iter(())
