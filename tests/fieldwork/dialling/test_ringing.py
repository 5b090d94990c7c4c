"""How far a call has come, and the ladder: pure, and true of every order in which news may arrive."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from tonval.fieldwork.calls.dials import UNDER_WAY as WORDS
from tonval.fieldwork.calls.ringing import OPEN, RANG, UNDER_WAY, Again, Over, State, before, following, later
from tonval.surveys.dispositions import Disposition

STATES = st.sampled_from(list(State))
LADDERS = st.lists(st.integers(15, 5000).map(lambda minutes: timedelta(minutes=minutes)), max_size=5)


@given(st.lists(STATES, min_size=1), st.randoms())
def test_the_order_and_repetition_of_news_do_not_matter(news: list[State], chance: object) -> None:
    shuffled = [*news, *news]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert reduce(later, shuffled) == reduce(later, news)


@given(STATES, STATES)
def test_a_call_never_goes_backwards(one: State, other: State) -> None:
    assert later(one, other) in (one, other)
    assert (one in before(other)) == (one != other and later(one, other) == other)


@given(STATES, st.integers(1, 9), LADDERS)
def test_nobody_is_called_more_often_than_the_ladder_has_rungs(
    end: State, attempt: int, retry: list[timedelta]
) -> None:
    step = following(end, attempt, retry)
    if isinstance(step, Again):
        assert end in (State.BUSY, State.NO_ANSWER, State.NOBODY)
        assert attempt <= len(retry)
        assert step.pause == retry[attempt - 1]


@given(STATES, st.integers(1, 9), LADDERS)
def test_what_goes_on_is_not_over_and_what_has_ended_is_followed_up(
    end: State, attempt: int, retry: list[timedelta]
) -> None:
    goes_on = end in OPEN or end in (State.TALKED, State.DROPPED)
    assert (following(end, attempt, retry) is None) == goes_on


@given(st.sampled_from([State.HUNG_UP, State.NEVER]), st.integers(1, 9), LADDERS)
def test_who_has_refused_is_never_called_again(end: State, attempt: int, retry: list[timedelta]) -> None:
    assert following(end, attempt, retry) == Over(Disposition.REFUSED, True)


@given(st.integers(1, 9), LADDERS)
def test_a_call_that_may_have_been_placed_is_not_made_good_by_another(attempt: int, retry: list[timedelta]) -> None:
    assert following(State.LOST, attempt, retry) == Over(Disposition.NO_ANSWER, True)


def test_only_who_was_never_rung_has_not_been_asked() -> None:
    assert following(State.FAILED, 1, ()) == Over(Disposition.NOT_OFFERED, False, other_way=True)
    assert following(State.FAILED, 2, ()) == Over(Disposition.NO_ANSWER, True, other_way=True)


@given(STATES, st.integers(1, 9), LADDERS)
def test_only_whom_nobody_has_spoken_with_is_asked_another_way(
    end: State, attempt: int, retry: list[timedelta]
) -> None:
    step = following(end, attempt, retry)
    if isinstance(step, Over):
        assert step.other_way == (end in (State.FAILED, State.BUSY, State.NO_ANSWER, State.NOBODY))


def test_a_telephone_has_rung_after_every_end_but_a_failure() -> None:
    assert set(RANG) == set(State) - {*OPEN, State.DROPPED, State.FAILED} | {State.ANSWERED}


def test_the_index_of_calls_under_way_names_the_same_states() -> None:
    assert WORDS.text == f"dials.state IN ({', '.join(repr(str(state)) for state in UNDER_WAY)})"
