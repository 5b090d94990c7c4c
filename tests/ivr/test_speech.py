from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.ivr import speech
from tonval.surveys.turns import AskRecording

ASK = AskRecording(longest=timedelta(seconds=10), silence=timedelta(seconds=3), shortest=timedelta(seconds=1))


def told(voices: list[tuple[float, bool]], end: float | None = None) -> speech.Speech:
    """A recording from 1000 on, of what was heard at each time, ended by a key where one was pressed."""
    heard, last = speech.begin(ASK, 1000), None
    for at, voice in voices:
        last = at if voice else last
        heard = speech.hear(heard, voice_at=last, now=at)
    return heard if end is None else speech.end(heard, end)


@pytest.mark.parametrize(
    ("voices", "end", "length"),
    [
        ([(1500, True), (3000, True)], 3200, 2200),
        ([(1500, True), (3000, True)], 5000, 2400),
        ([(1100, True)], 1200, 0),
        ([], 3000, 0),
        ([(2000, True), (5000, False)], None, 1400),
        ([(time, True) for time in range(1000, 11_001, 200)], None, 10_000),
        ([(9_000, True)], 9_500, 0),
    ],
    ids=["key", "key after silence", "too short", "nothing", "silence", "as long as it may be", "after its end"],
)
def test_what_is_kept_reaches_to_the_last_word(
    voices: list[tuple[float, bool]], end: float | None, length: float
) -> None:
    heard = told(voices, end)
    assert heard.ended is not None
    assert heard.length == length


@given(st.lists(st.tuples(st.integers(1, 2000), st.booleans()), max_size=40), st.integers(0, 20_000))
def test_a_recording_ends_once_and_is_never_longer_than_asked(steps: list[tuple[int, bool]], rest: int) -> None:
    now, heard, ends = 1000.0, speech.begin(ASK, 1000), set()
    last = None
    for wait, voice in steps:
        now += wait
        last = now if voice else last
        heard = speech.hear(heard, voice_at=last, now=now)
        ends |= {heard.ended} - {None}
    heard = speech.end(heard, now + rest)
    assert heard.ended is not None
    assert len(ends | {heard.ended}) == 1
    assert heard.length == 0 or 1000 <= heard.length <= 10_000
