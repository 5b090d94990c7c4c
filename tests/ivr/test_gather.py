from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.ivr import gather
from tonval.ivr.gather import ECHO, Gathering, Key
from tonval.surveys.turns import AskDigits, Digits, TimedOut

ONE = AskDigits(max_digits=1)
TWO = AskDigits(max_digits=2)
AHEAD = AskDigits(max_digits=1, type_ahead=True)
TWO_AHEAD = AskDigits(max_digits=2, type_ahead=True)

BEGAN, PROMPTS_END = 10_000.0, 13_000.0
TIMEOUT_AT = PROMPTS_END + 5_000.0


def wait(ask: AskDigits, keys: list[tuple[float, str]], now: float) -> Gathering:
    return gather.fold(ask, [Key(at, key) for at, key in keys], began=BEGAN, prompts_end=PROMPTS_END, now=now)


CASES = {
    "one key ends a wait for one": (ONE, [(14_000, "4")], 14_000, Digits("4")),
    "a key barges in on the prompt": (ONE, [(11_000, "4")], 11_000, Digits("4")),
    "two keys end a wait for two": (TWO, [(14_000, "1"), (14_500, "0")], 14_500, Digits("10")),
    "one key of two waits for the pause": (TWO, [(14_000, "9")], 15_999, None),
    "the pause runs from the latest key": (TWO, [(14_000, "9")], 16_000, Digits("9")),
    "the pause runs while the prompt would still play": (TWO, [(10_500, "9")], 12_500, Digits("9")),
    "the finishing key ends the wait and is left out": (TWO, [(14_000, "9"), (14_100, "#")], 14_100, Digits("9")),
    "the finishing key alone is nothing": (ONE, [(14_000, "#")], 14_000, None),
    "the finishing key alone does not move the time-out": (ONE, [(14_000, "#")], TIMEOUT_AT, TimedOut()),
    "silence runs out after the prompts": (ONE, [], TIMEOUT_AT, TimedOut()),
    "silence does not run while prompts play": (ONE, [], PROMPTS_END + 4_999, None),
    "a star alone asks for the question again at once": (TWO, [(14_000, "*")], 14_000, Digits("*")),
    "a star after a key is a key": (TWO, [(14_000, "1"), (14_200, "*")], 14_200, Digits("1*")),
    "a key before the prompts is dropped": (ONE, [(9_000, "4")], 12_000, None),
    "an echo of the press before is dropped": (ONE, [(BEGAN + ECHO - 1, "4")], 12_000, None),
    "after the echo a key counts": (ONE, [(BEGAN + ECHO, "4")], 12_000, Digits("4")),
    "with type-ahead a key before the prompts counts": (AHEAD, [(9_000, "4")], BEGAN, Digits("4")),
    "with type-ahead a key right at the start counts": (AHEAD, [(BEGAN + 1, "4")], 12_000, Digits("4")),
    "typed-ahead keys make one number": (TWO_AHEAD, [(9_800, "1"), (9_900, "0")], BEGAN, Digits("10")),
    "typed-ahead keys too far apart are two answers": (TWO_AHEAD, [(6_000, "1"), (9_900, "0")], BEGAN, Digits("1")),
}


@pytest.mark.parametrize(("ask", "keys", "now", "outcome"), CASES.values(), ids=CASES)
def test_what_a_caller_presses(
    ask: AskDigits, keys: list[tuple[float, str]], now: float, outcome: Digits | TimedOut | None
) -> None:
    assert wait(ask, keys, now).outcome == outcome


def test_playback_stops_at_the_first_key_that_counts() -> None:
    assert wait(TWO, [(11_000, "1")], 11_000).barged
    assert not wait(TWO, [(11_000, "#")], 11_000).barged
    assert not wait(TWO, [(BEGAN + 10, "1")], 11_000).barged


def test_the_next_deadline_is_known_while_waiting() -> None:
    assert wait(ONE, [], 12_000).deadline is None
    assert wait(ONE, [], 14_000).deadline == TIMEOUT_AT
    assert wait(TWO, [(14_000, "1")], 14_000).deadline == 16_000
    assert wait(ONE, [(14_000, "1")], 14_000).deadline is None


def test_keys_after_the_reply_are_kept_for_the_turns_to_come() -> None:
    done = wait(AHEAD, [(14_000, "5"), (14_300, "4"), (14_600, "3")], 15_000)
    assert done.outcome == Digits("5")
    following = gather.begin(AHEAD, 15_000, done.rest)
    assert following.outcome == Digits("4")
    assert [key.key for key in following.rest] == ["3"]


def test_a_wait_without_prompts_times_out_from_its_beginning() -> None:
    silent = gather.fold(ONE, [], began=BEGAN, prompts_end=BEGAN, now=BEGAN + 5_000)
    assert silent.outcome == TimedOut()


def test_a_key_no_telephone_has_is_refused() -> None:
    with pytest.raises(ValueError, match="key of a telephone"):
        gather.press(gather.begin(ONE, 0), Key(200, "A"))


asks = st.builds(
    AskDigits,
    max_digits=st.integers(1, 4),
    timeout=st.integers(1, 8).map(lambda seconds: timedelta(seconds=seconds)),
    pause=st.integers(1, 4).map(lambda seconds: timedelta(seconds=seconds)),
    type_ahead=st.booleans(),
)
moments = st.integers(BEGAN - 5_000, BEGAN + 20_000).map(float)
presses = st.lists(st.tuples(moments, st.sampled_from("0123456789*#")), max_size=12).map(sorted)


@given(asks, presses, st.lists(moments, max_size=20))
def test_a_live_call_and_a_replay_come_to_the_same_reply(
    ask: AskDigits, keys: list[tuple[float, str]], ticks: list[float]
) -> None:
    replayed = wait(ask, keys, BEGAN + 40_000)
    live = gather.begin(ask, BEGAN, [Key(at, key) for at, key in keys if at < BEGAN])
    facts = [(at, 1, key) for at, key in keys if at >= BEGAN] + [(at, 2, "") for at in ticks if at >= BEGAN]
    for at, kind, key in sorted([*facts, (PROMPTS_END, 0, ""), (BEGAN + 40_000, 2, "")]):
        if kind == 1:
            live = gather.press(live, Key(at, key))
        else:
            live = gather.end_prompts(live, at) if kind == 0 else gather.tick(live, at)
    assert live == replayed


@given(asks, presses)
def test_a_wait_ends_and_its_reply_is_never_taken_back(ask: AskDigits, keys: list[tuple[float, str]]) -> None:
    at_last = wait(ask, keys, BEGAN + 60_000)
    assert at_last.outcome is not None
    seen = [wait(ask, keys, BEGAN + step * 500.0).outcome for step in range(121)]
    decided = [outcome for outcome in seen if outcome is not None]
    assert set(map(repr, decided)) == {repr(at_last.outcome)}


@given(asks, presses)
def test_a_reply_has_no_finishing_key_and_is_no_longer_than_asked(
    ask: AskDigits, keys: list[tuple[float, str]]
) -> None:
    outcome = wait(ask, keys, BEGAN + 60_000).outcome
    if isinstance(outcome, Digits):
        assert 1 <= len(outcome.digits) <= ask.max_digits
        assert "#" not in outcome.digits


@given(asks, presses)
def test_no_key_is_taken_twice(ask: AskDigits, keys: list[tuple[float, str]]) -> None:
    done = wait(ask, keys, BEGAN + 60_000)
    taken = len(done.outcome.digits) if isinstance(done.outcome, Digits) else 0
    assert taken + len(done.rest) <= len(keys)
