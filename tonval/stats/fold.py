"""Every count that the events hold, streamed: memory stays the same however many answers there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from tonval.stats.origins import given, moment_given
from tonval.stats.tally import TALLIED, Delta, Tallied, changes
from tonval.store.tables import events, interviews
from tonval.surveys.events import AnswerGiven, AnswerReplaced, AnswerWithdrawn
from tonval.surveys.record import event_from

CHUNK = 20_000


def folded(connection: Connection, *where: ColumnElement[bool]) -> Iterator[Counter[Delta]]:
    """Piece by piece, how much the events change each cell; the cells are deltas of zero.

    ``where`` are conditions on the events and their interviews.
    """
    for query in (_answers(), _corrections()):
        with connection.execute(query.where(*where), execution_options={"yield_per": CHUNK}) as result:
            for settings in result.partitions():
                yield _counts(settings)


def _counts(settings: Iterable[Any]) -> Counter[Delta]:
    counts: Counter[Delta] = Counter()
    for setting in settings:
        for delta in changes(_event(setting.data), setting):
            counts[replace(delta, n=0)] += delta.n
    return counts


def _answers() -> Select[Any]:
    return _told(events.c.at).where(events.c.kind == AnswerGiven.__name__)


def _corrections() -> Select[Any]:
    """They are few: the answer that each goes back to is looked up by itself."""
    said = events.c.data
    about = (said["question"].as_string(), said["scale"].as_string(), said["value"].as_integer())
    origin = moment_given(events.c.interview, *about, given.c.seq < events.c.seq).scalar_subquery().label("at")
    return _told(origin).where(events.c.kind.in_((AnswerReplaced.__name__, AnswerWithdrawn.__name__)))


def _told(at: ColumnElement[Any]) -> Select[Any]:
    places = [interviews.c[name] for name in ("survey", "channel", "queue", "agent", "unit", "language")]
    joined = events.join(interviews, events.c.interview == interviews.c.id)
    return select(events.c.data, at, *places).select_from(joined)


def _event(data: dict[str, Any]) -> Tallied:
    event = event_from(data)
    assert isinstance(event, TALLIED), "its kind says so"
    return event
