"""Lists and reports find their rows by an index on both databases, not by reading whole tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from tests.stats.giving import NOON, Giver
from tonval.stats.agents import agent_row, agent_rows, agent_trend
from tonval.stats.conversations import conversations
from tonval.stats.decisions import explain, not_asked
from tonval.stats.ledger import Wanted, counted, entries, seek
from tonval.stats.queries import Filter
from tonval.stats.queues import queue_rows
from tonval.stats.responses import comments, responses
from tonval.stats.results import results, survey_rows
from tonval.stats.scope import EVERYTHING, Scope
from tonval.stats.timeline import conversation
from tonval.stats.today import low_answers
from tonval.store.tables import contacts
from tonval.store.unit import Unit

DAY = date(2026, 11, 22)
QUARTER = Filter(DAY - timedelta(days=89), DAY)
TEAM = Scope(units=("se",))
WITH_QUEUES = Scope(units=("se",), placed=(("sodermalm", "se/sthlm"), ("majorna", "se/gbg"), ("karl-johan", "no")))
LARGE = ("tally", "events", "interviews", "turns", "messages", "interactions", "invitations", "contacts", "outbox")
MONTH = Wanted(DAY - timedelta(days=29), DAY)

READINGS: dict[str, Callable[[Unit], object]] = {
    "the agent report": lambda unit: agent_rows(unit, EVERYTHING, QUARTER),
    "a team's agent report": lambda unit: agent_rows(unit, TEAM, QUARTER),
    "one agent": lambda unit: agent_row(unit, EVERYTHING, QUARTER, "anna"),
    "a trend": lambda unit: agent_trend(unit, EVERYTHING, QUARTER, "anna"),
    "the queues": lambda unit: queue_rows(unit, EVERYTHING, QUARTER),
    "a survey's answers": lambda unit: results(unit, TEAM, "care", QUARTER),
    "the surveys": lambda unit: survey_rows(unit, EVERYTHING, QUARTER),
    "responses": lambda unit: responses(unit, EVERYTHING),
    "one agent's responses": lambda unit: responses(unit, EVERYTHING, agent="anna"),
    "comments": lambda unit: comments(unit, EVERYTHING, QUARTER),
    "conversations": lambda unit: conversations(unit, EVERYTHING, QUARTER),
    "live conversations": lambda unit: conversations(unit, EVERYTHING, QUARTER, live=True),
    "a timeline": lambda unit: conversation(unit, EVERYTHING, "itv_000001"),
    "what became of a month's interactions": lambda unit: counted(unit, EVERYTHING, MONTH),
    "what became of a team's": lambda unit: counted(unit, TEAM, replace(MONTH, unit="se/sthlm")),
    "the ledger": lambda unit: entries(unit, EVERYTHING, MONTH),
    "the ledger of a team": lambda unit: entries(unit, TEAM, MONTH),
    "the ledger of a team that has queues": lambda unit: entries(unit, WITH_QUEUES, MONTH),
    "what became of theirs": lambda unit: counted(unit, WITH_QUEUES, replace(MONTH, unit="se/sthlm")),
    "the ledger's second page": lambda unit: entries(unit, EVERYTHING, MONTH, _cursor(unit), limit=1),
    "one rule's interactions": lambda unit: entries(unit, EVERYTHING, replace(MONTH, rule="min_talk")),
    "one customer's interactions": lambda unit: entries(unit, EVERYTHING, seek(unit, MONTH, "+46701740606", "SE")),
    "an interaction by its id": lambda unit: entries(unit, EVERYTHING, seek(unit, MONTH, "call-1", "SE")),
    "interactions by the customer's name": lambda unit: entries(unit, EVERYTHING, seek(unit, MONTH, "Eva", "SE")),
    "an explanation": lambda unit: explain(unit, EVERYTHING, "call", "call-1"),
    "not asked": lambda unit: not_asked(unit, EVERYTHING, QUARTER),
    "low answers": lambda unit: low_answers(unit, EVERYTHING, QUARTER, NOON),
}


@pytest.mark.parametrize("read", READINGS.values(), ids=READINGS.keys())
def test_no_large_table_is_read_whole(giver: Giver, read: Callable[[Unit], object]) -> None:
    giver.answers(5)
    with giver.unit.begin() as tx:
        known = {"phone": "+46701740606", "name": "Eva", "attributes": {}, "created_at": NOON, "seen_at": NOON}
        tx.execute(insert(contacts).values(id="con_1", **known))
    giver.interview(interaction=("call", "call-1"), contact="con_1").end()
    giver.interview(interaction=("call", "call-2")).end()
    read_whole = [line for statement in _asked(giver.unit, read) for line in _plan(giver.unit, *statement)]
    assert [line for line in read_whole if _whole(line)] == []


def _cursor(unit: Unit) -> str | None:
    return entries(unit, EVERYTHING, MONTH, limit=1).next


def _asked(unit: Unit, read: Callable[[Unit], object]) -> list[tuple[str, Any]]:
    """The statements a reading sends."""
    seen: list[tuple[str, Any]] = []

    def note(_: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        del cursor, context, many
        if statement.startswith(("SELECT", "(SELECT")):
            seen.append((statement, parameters))

    event.listen(unit.engine, "before_cursor_execute", note)
    read(unit)
    event.remove(unit.engine, "before_cursor_execute", note)
    assert seen
    return seen


def _plan(unit: Unit, statement: str, parameters: Any) -> Iterator[str]:
    """The database's plan; PostgreSQL would read a table of one row whole, unless told not to."""
    postgresql = unit.engine.dialect.name == "postgresql"
    with unit.read() as connection:
        if postgresql:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN "
        for row in connection.exec_driver_sql(explain + statement, parameters):
            yield str(row[-1]).strip()


def _whole(line: str) -> bool:
    """Whether a line of a plan says that a large table is read from end to end, without an index."""
    return any(f"Seq Scan on {table} " in line or line == f"SCAN {table}" for table in LARGE)
