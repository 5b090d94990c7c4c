"""Squashing moves counts about and changes no reading, whoever writes at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, func, insert, select

import tonval.stats.squash as squashing
from tests.stats.giving import Giver
from tests.waiting import wait_until
from tonval.fieldwork.field import Recorded
from tonval.stats.agents import agent_rows
from tonval.stats.queries import Filter
from tonval.stats.record import handlers, record_answer, row_of, write
from tonval.stats.scope import EVERYTHING
from tonval.stats.squash import squash
from tonval.stats.tally import Delta
from tonval.store.tables import tally, tally_deltas
from tonval.store.unit import Unit, open_unit
from tonval.surveys.events import AnswerGiven, AnswerReplaced, AnswerWithdrawn, CommentLeft

DAY = date(2026, 11, 22)
ONE_DAY = Filter(DAY, DAY)


def _delta(score: int, n: int, agent: str = "anna") -> Delta:
    return Delta(agent, "support", "se", "care", "helped", "nki", "keypad", "sv", DAY, score, n)


def _put(unit: Unit, *deltas: Delta) -> None:
    with unit.begin() as tx:
        write(tx, deltas)


def _cells(unit: Unit) -> dict[tuple[str, int], int]:
    with unit.read() as connection:
        return {(row.agent, row.score): row.n for row in connection.execute(select(tally))}


def _left(unit: Unit) -> int:
    with unit.read() as connection:
        return connection.execute(select(func.count()).select_from(tally_deltas)).scalar_one()


def test_the_field_is_handed_one_handler_for_answers_and_their_corrections() -> None:
    assert handlers() == dict.fromkeys((AnswerGiven, AnswerReplaced, AnswerWithdrawn), (record_answer,))


def test_an_event_that_counts_nothing_is_refused_as_a_mistake_in_the_wiring(unit: Unit) -> None:
    said = Recorded(
        CommentLeft("why", "hi"), datetime(2026, 11, 22, tzinfo=UTC), "itv_1", "care", 1, "sms", "q", "a", "", "sv"
    )
    with unit.begin() as tx, pytest.raises(TypeError, match="CommentLeft changes no count"):
        record_answer(tx, said)


def test_deltas_of_one_cell_become_one_row(unit: Unit) -> None:
    _put(unit, _delta(5, 1), _delta(5, 1), _delta(4, 1), _delta(5, 1, "bo"))
    assert squash(unit) == 4
    assert _cells(unit) == {("anna", 5): 2, ("anna", 4): 1, ("bo", 5): 1}
    assert squash(unit) == 0


def test_a_second_squash_adds_to_what_is_there(unit: Unit) -> None:
    for _ in range(2):
        _put(unit, _delta(5, 1))
        assert squash(unit) == 1
    assert _cells(unit) == {("anna", 5): 2}


def test_the_oldest_are_taken_first_and_no_more_than_the_limit(unit: Unit) -> None:
    _put(unit, _delta(1, 1), _delta(2, 1), _delta(3, 1))
    assert squash(unit, limit=2) == 2
    assert _cells(unit) == {("anna", 1): 1, ("anna", 2): 1}
    assert squash(unit, limit=2) == 1


def test_a_cell_that_comes_down_to_nothing_is_removed(unit: Unit) -> None:
    _put(unit, _delta(5, 1), _delta(4, 1))
    squash(unit)
    _put(unit, _delta(5, -1), _delta(3, 1), _delta(2, 1), _delta(2, -1))
    squash(unit)
    assert _cells(unit) == {("anna", 4): 1, ("anna", 3): 1}


def test_a_squash_changes_no_reading(giver: Giver) -> None:
    giver.agent("anna", unit="se/sthlm")
    giver.answers(5, 5, 4, 1)
    giver.answers(10, 9, 3, scale="nps")
    before = agent_rows(giver.unit, EVERYTHING, ONE_DAY)
    assert squash(giver.unit, limit=3) == 3
    assert agent_rows(giver.unit, EVERYTHING, ONE_DAY) == before
    assert squash(giver.unit) == 4
    assert agent_rows(giver.unit, EVERYTHING, ONE_DAY) == before


def test_a_delta_that_commits_late_with_a_small_id_is_not_lost(postgresql_url: str) -> None:
    unit = open_unit(postgresql_url)
    with ExitStack() as late, unit.engine.connect() as slow:
        late.callback(unit.engine.dispose)
        slow.execute(insert(tally_deltas), row_of(_delta(1, 1)))
        _put(unit, _delta(5, 1))
        assert squash(unit) == 1
        slow.commit()
        assert squash(unit) == 1
        assert _cells(unit) == {("anna", 5): 1, ("anna", 1): 1}


def test_a_delta_that_commits_while_a_squash_waits_is_neither_lost_nor_doubled(postgresql_url: str) -> None:
    unit = open_unit(postgresql_url)
    with unit.engine.connect() as slow, unit.engine.connect() as holder, ThreadPoolExecutor(1) as threads:
        slow.execute(insert(tally_deltas), row_of(_delta(1, 1)))
        _put(unit, _delta(5, 1))
        holder.exec_driver_sql("LOCK TABLE tally IN SHARE MODE")
        waiting = threads.submit(squash, unit)
        wait_until(lambda: _waiting(unit))
        slow.commit()
        holder.rollback()
        first = waiting.result(timeout=20)
        assert first + squash(unit) == 2
        assert _cells(unit) == {("anna", 5): 1, ("anna", 1): 1}
    unit.engine.dispose()


def test_a_delta_that_commits_in_the_middle_of_a_squash_waits_for_the_next(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = open_unit(postgresql_url)
    remove = squashing._remove_empty
    with unit.engine.connect() as slow, monkeypatch.context() as patched:
        slow.execute(insert(tally_deltas), row_of(_delta(1, 1)))
        _put(unit, _delta(5, 1))

        def commit_meanwhile(tx: Connection, newest: int) -> None:
            slow.commit()
            remove(tx, newest)

        patched.setattr(squashing, "_remove_empty", commit_meanwhile)
        assert squash(unit) == 1
    assert squash(unit) == 1
    assert _cells(unit) == {("anna", 5): 1, ("anna", 1): 1}
    unit.engine.dispose()


def _waiting(unit: Unit) -> bool:
    with unit.read() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one() > 0


def test_writers_and_two_squashers_at_once_lose_and_double_nothing(unit: Unit) -> None:
    writers, rounds, done = 3, 40, threading.Event()

    def write_some(who: int) -> None:
        for turn in range(rounds):
            _put(unit, _delta(turn % 5 + 1, 1, f"agent-{who}"), _delta(3, 1))

    def squash_on() -> int:
        moved = 0
        while not done.is_set():
            moved += squash(unit, limit=7)
        return moved

    with ThreadPoolExecutor(writers + 2) as threads:
        squashers = [threads.submit(squash_on) for _ in range(2)]
        writing = [threads.submit(write_some, who) for who in range(writers)]
        for each in writing:
            each.result(timeout=60)
        done.set()
        moved = sum(each.result(timeout=60) for each in squashers)
    while more := squash(unit):
        moved += more
    assert moved == writers * rounds * 2
    assert _left(unit) == 0
    assert sum(_cells(unit).values()) == moved
    assert _cells(unit)[("anna", 3)] == writers * rounds
