"""The pace of a number: never faster than its rate and a second's worth more, and never kept waiting longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.fieldwork.messaging.pacing import CREDIT, admitted, through

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
rates = st.floats(0.1, 1000)
visits = st.lists(
    st.tuples(st.floats(0, 20), st.lists(st.integers(1, 8), min_size=1, max_size=40)), min_size=1, max_size=30
)

Gone = list[tuple[datetime, int]]


def send(rate: float, visits: list[tuple[float, list[int]]]) -> tuple[Gone, datetime | None]:
    """What goes out when a worker comes after each wait and finds messages of these sizes."""
    now, free_at, gone = START, None, Gone()
    for wait, sizes in visits:
        now += timedelta(seconds=wait)
        count = admitted(sizes, free_at, rate, now)
        for segments in sizes[:count]:
            free_at = through(free_at, segments, rate, now)
            gone.append((now, segments))
    return gone, free_at


@given(rates, visits)
def test_in_no_span_of_time_does_more_go_than_the_rate_and_the_credit_allow(
    rate: float, visits: list[tuple[float, list[int]]]
) -> None:
    gone, _ = send(rate, visits)
    for first, (begun, _) in enumerate(gone):
        total = 0
        for ended, segments in gone[first:]:
            total += segments
            span = (ended - begun + CREDIT).total_seconds()
            assert total <= rate * span + segments + 0.001 * total + 1e-3


@given(rates, visits, st.integers(1, 8))
def test_whoever_comes_when_the_number_is_free_is_admitted_however_long_the_message(
    rate: float, visits: list[tuple[float, list[int]]], segments: int
) -> None:
    gone, free_at = send(rate, visits)
    assert free_at is not None
    last, size = gone[-1]
    assert admitted([segments], free_at, rate, max(last, free_at)) == 1
    assert free_at - last <= timedelta(seconds=size / rate + 1e-3)


@given(st.floats(0.1, 20), st.lists(st.floats(0.001, 0.99), min_size=10, max_size=20))
def test_a_worker_that_wakes_less_than_a_second_late_loses_nothing(rate: float, lateness: list[float]) -> None:
    now, free_at, gone = START, through(None, 1, rate, START), 1
    for late in [0.0, *lateness]:
        now = max(now, free_at) + timedelta(seconds=late)
        while admitted([1], free_at, rate, now):
            free_at = through(free_at, 1, rate, now)
            gone += 1
    assert free_at - (START - CREDIT) == pytest.approx(timedelta(seconds=gone / rate), abs=timedelta(milliseconds=1))


@pytest.mark.parametrize(("rate", "sizes", "expected"), [(None, [9, 9, 9], 3), (1.0, [1] * 9, 2), (0.1, [5, 5], 1)])
def test_a_number_that_was_idle_sends_a_second_s_worth_and_one(
    rate: float | None, sizes: list[int], expected: int
) -> None:
    assert admitted(sizes, None, rate, START) == expected
