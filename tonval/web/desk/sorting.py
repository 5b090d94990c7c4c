"""Lists sorted by a column, as the address says: ``?sort=name``, or ``-name`` for the other way round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a list at ``here`` is sorted: by ``column``, ``down`` for the last first; ``asked`` is what is searched."""

    here: str
    column: str
    down: bool
    asked: str

    def link(self, column: str) -> str:
        """Where the list is sorted by ``column``; the one it is sorted by turns round. What is searched stays."""
        turned = "-" if column == self.column and not self.down else ""
        kept = {"q": self.asked} if self.asked else {}
        return f"{self.here}?{urlencode({'sort': turned + column, **kept})}"

    def aria(self, column: str) -> str:
        """How the list is sorted by ``column``, as ``aria-sort`` says it; empty where it is not."""
        return ("descending" if self.down else "ascending") if column == self.column else ""


def sort(
    here: str, usual: str, columns: Mapping[str, Callable[[One], Any]], rows: Iterable[One]
) -> tuple[Sorting, list[One]]:
    """The rows by the column that the address names, by ``usual`` where it names none that there is."""
    given = request.args.get("sort", usual)
    column = given.removeprefix("-")
    column, down = (column, given.startswith("-")) if column in columns else (usual, False)
    sorting = Sorting(here, column, down, request.args.get("q", "").strip()[:100])
    return sorting, sorted(rows, key=columns[column], reverse=down)
