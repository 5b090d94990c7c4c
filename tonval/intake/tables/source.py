"""What a reader in the child process offers: raw cells, numbered; ``rows.make_row`` judges them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tonval.intake.tables.rows import Cells

Numbered = tuple[int, Cells]


@dataclass(frozen=True, slots=True)
class Source:
    """An open file. ``rows(after)`` yields what is numbered above ``after``; ``progress`` is 0 to 1."""

    kind: str
    headings: tuple[str, ...]
    rows: Callable[[int], Iterator[Numbered]]
    progress: Callable[[], float]
    labels: Mapping[str, str] = field(default_factory=dict)
    total: int | None = None
