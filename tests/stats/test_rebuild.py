"""Recounting from the events finds what is wrong, and puts it right without losing what is given meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select, update

from tests.stats.giving import Giver
from tonval.stats import fold
from tonval.stats import rebuild as rebuilding
from tonval.stats.agents import agent_rows
from tonval.stats.queries import Filter
from tonval.stats.rebuild import Difference, Rebuilt, check, rebuild
from tonval.stats.scope import EVERYTHING
from tonval.stats.squash import squash
from tonval.store.tables import metadata, tally, tally_deltas
from tonval.store.unit import open_unit

WEEK = Filter(date(2026, 11, 16), date(2026, 11, 30))


def test_an_empty_house_agrees_with_itself(giver: Giver) -> None:
    assert check(giver.unit) == []
    assert rebuild(giver.unit) == Rebuilt(0, 0, 0)


def test_numbers_agree_before_between_and_after_squashes(giver: Giver) -> None:
    giver.answers(5, 4, 4, 1)
    assert check(giver.unit) == []
    squash(giver.unit, limit=2)
    giver.answers(9, 2, scale="nps", channel="sms")
    assert check(giver.unit) == []
    squash(giver.unit)
    assert check(giver.unit) == []


def test_a_count_that_was_tampered_with_is_named(giver: Giver) -> None:
    giver.answers(5, 5, 4)
    squash(giver.unit)
    with giver.unit.begin() as tx:
        tx.execute(update(tally).where(tally.c.score == 5).values(n=7))
    (wrong,) = check(giver.unit)
    assert (wrong.cell["agent"], wrong.cell["score"], wrong.tallied, wrong.recounted) == ("anna", 5, 7, 2)
    assert str(wrong).endswith("score 5: 7 in the tally, 2 by the events")


def test_lost_deltas_and_counts_without_events_are_named(giver: Giver) -> None:
    giver.answers(5, 4)
    with giver.unit.begin() as tx:
        tx.execute(delete(tally_deltas).where(tally_deltas.c.score == 4))
        tx.execute(update(tally_deltas).values(agent="nobody"))
    found = [(wrong.cell["agent"], wrong.cell["score"], wrong.tallied, wrong.recounted) for wrong in check(giver.unit)]
    assert found == [("anna", 4, 0, 1), ("anna", 5, 0, 1), ("nobody", 5, 1, 0)]


def test_a_rebuild_puts_everything_right(giver: Giver) -> None:
    giver.agent("anna", unit="se/sthlm")
    giver.answers(5, 5, 4)
    right = agent_rows(giver.unit, EVERYTHING, WEEK)
    squash(giver.unit, limit=1)
    with giver.unit.begin() as tx:
        tx.execute(update(tally).values(n=99))
        tx.execute(delete(tally_deltas).where(tally_deltas.c.score == 4))
    assert rebuild(giver.unit) == Rebuilt(answers=3, cells=2, corrected=2)
    assert check(giver.unit) == []
    assert agent_rows(giver.unit, EVERYTHING, WEEK) == right


def test_events_are_folded_in_pieces(giver: Giver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, "CHUNK", 3)
    giver.answers(5, 5, 4, 4, 5, 5, 1, 5)
    assert check(giver.unit) == []
    assert rebuild(giver.unit) == Rebuilt(answers=8, cells=3, corrected=0)


def test_checking_leaves_nothing_behind(giver: Giver) -> None:
    giver.answers(5)
    assert check(giver.unit) == check(giver.unit) == []
    with giver.unit.read() as connection:
        assert len(connection.execute(select(tally_deltas)).all()) == 1


def test_a_failed_rebuild_leaves_the_old_numbers(giver: Giver, monkeypatch: pytest.MonkeyPatch) -> None:
    giver.answers(5, 4)

    def broken(data: object) -> None:
        raise RuntimeError("out of paper")

    with monkeypatch.context() as patched:
        patched.setattr(fold, "_event", broken)
        with contextlib.suppress(RuntimeError):
            rebuild(giver.unit)
    assert check(giver.unit) == []
    assert rebuild(giver.unit).answers == 2


def test_an_answer_given_during_a_rebuild_keeps_its_delta(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    giver = Giver(open_unit(postgresql_url))
    giver.answers(5, 4)
    compare = rebuilding._differences

    def answered_meanwhile(connection: Connection) -> Iterator[Difference]:
        giver.answers(3, 3)
        return compare(connection)

    with monkeypatch.context() as patched:
        patched.setattr(rebuilding, "_differences", answered_meanwhile)
        assert rebuild(giver.unit) == Rebuilt(answers=2, cells=2, corrected=0)
    assert check(giver.unit) == []
    giver.unit.engine.dispose()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), st.sampled_from(["anna", "bo"]), st.sampled_from(["keypad", "sms"])),
        st.tuples(st.just("nki"), st.integers(0, 5), st.integers(1, 5)),
        st.tuples(st.just("nps"), st.integers(0, 5), st.integers(0, 10)),
        st.tuples(st.just("squash"), st.integers(1, 4), st.none()),
        st.tuples(st.just("rebuild"), st.none(), st.none()),
    ),
    max_size=30,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@over(STEPS)
def test_counting_as_it_comes_and_recounting_agree_whatever_the_order(steps: list[tuple[str, object, object]]) -> None:
    with TemporaryDirectory() as folder:
        unit = open_unit(f"sqlite:///{folder}/tonval.db")
        with unit.begin() as tx:
            metadata.create_all(tx)
        try:
            _live_through(Giver(unit), steps)
        finally:
            unit.engine.dispose()


def _live_through(giver: Giver, steps: list[tuple[str, object, object]]) -> None:
    talks = [giver.interview()]
    for step, one, other in steps:
        before = agent_rows(giver.unit, EVERYTHING, WEEK)
        match step, one, other:
            case "begin", agent, channel:
                talks.append(giver.interview(agent=agent, channel=channel))
            case "squash", int(limit), _:
                squash(giver.unit, limit=limit)
                assert agent_rows(giver.unit, EVERYTHING, WEEK) == before
            case "rebuild", _, _:
                assert rebuild(giver.unit).corrected == 0
                assert agent_rows(giver.unit, EVERYTHING, WEEK) == before
            case str(scale), int(which), int(value):
                talks[which % len(talks)].answer(value, scale=scale)
        assert check(giver.unit) == []
