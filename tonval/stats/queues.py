"""The numbers of each queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tonval.stats.queries import Filter, counted
from tonval.stats.scope import Scope
from tonval.stats.scores import ENOUGH, Nki, Nps, nki, nps
from tonval.store.unit import Unit


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One queue with its scores and histograms, as in ``AgentRow``."""

    queue: str
    nki: Nki
    nps: Nps
    nki_histogram: Mapping[int, int]
    nps_histogram: Mapping[int, int]


def queue_rows(unit: Unit, scope: Scope, wanted: Filter, enough: int = ENOUGH) -> list[QueueRow]:
    """One row for each queue with answers in scope, by name; none for another branch's."""
    with unit.read() as connection:
        found = counted(connection, scope, wanted, "queue")
    return [
        QueueRow(queue, nki(scores.nki, enough), nps(scores.nps, enough), scores.nki, scores.nps)
        for (queue,), scores in sorted(found.items())
        if scope.sees_queue(queue)
    ]
