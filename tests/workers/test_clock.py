"""The clock: what is due is rung for, chores come round, and nothing stops it."""

from __future__ import annotations

import logging

import pytest

from tonval.workers.clock import Chore, Clock


def test_every_due_kind_is_rung_for_at_every_tick() -> None:
    rung: list[str] = []
    clock = Clock(due=lambda: frozenset({"mail", "invite"}), ring=rung.append)
    clock.tick(0.0)
    clock.tick(1.0)
    assert rung == ["invite", "mail", "invite", "mail"]


def test_a_chore_comes_round_in_its_own_time() -> None:
    done: list[float] = []
    now = [0.0]
    clock = Clock(due=frozenset, ring=lambda kind: None, chores=[Chore("squash", 3.0, lambda: done.append(now[0]))])
    for second in range(8):
        now[0] = float(second)
        clock.tick(now[0])
    assert done == [0.0, 3.0, 6.0]


def test_a_failing_look_or_chore_stops_nothing_else_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    healthy: list[int] = []
    broken = [True]

    def due() -> frozenset[str]:
        if broken[0]:
            raise ConnectionError("the database is away")
        return frozenset()

    clock = Clock(due, ring=lambda kind: None, chores=[Chore("expiry", 1.0, lambda: healthy.append(1))])
    with caplog.at_level(logging.WARNING, logger="tonval.workers.clock"):
        clock.tick(0.0)
        clock.tick(1.0)
        broken[0] = False
        clock.tick(2.0)
        clock.tick(3.0)
    assert healthy == [1, 1, 1, 1]
    assert [record.message for record in caplog.records] == [
        "looking for due rows: the database is away",
        "looking for due rows: works again",
    ]
