"""Replies as people write them, and the number a careful reader takes from each, if any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.surveys.answers import Score, Unclear, Words, read_keys, read_text
from tonval.surveys.questionnaire import Question

NPS = Question("recommend", "nps", {"en": "?"})
NKI = Question("helped", "nki", {"en": "?"})
WHY = Question("why", "text", {"en": "?"})

READ = [
    ("9", 9), ("10", 10), ("0", 0), (" 8 ", 8), ("8!!", 8), ("8.", 8), ("10/10", 10), ("9/10", 9), ("9 of 10", 9),
    ("9 out of 10", 9), ("9 av 10", 9), ("9️⃣", 9), ("🔟", 10), ("１０", 10), ("tio", 10), ("Tio!", 10), ("ten", 10),
    ("Ten!", 10), ("noll", 0), ("Betyg: 8", 8), ("score 8", 8), ("(7)", 7), ("9, great help", 9), ("9 great help", 9),
    ("3\nslow", 3), ("٩", 9), ("+9", 9), ("10 👍", 10),
    ("on 0-10 I say 9", 9),
]  # fmt: skip
UNREAD = [
    "", "   ", "1 0", "9-10", "9–10", "7.5", "7,5", "11", "-3", "100", "9 or 10", "not 10, 2",
    "I called 3 times", "3 times I called", "jag väntade 2 timmar", "2 timmar", "hello", "👍", "50%", "5 of 7",
    "one of the best", "en bra upplevelse", "2026-11-22", "10/11", "8/9/10", "999999999",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), READ, ids=[text for text, _ in READ])
def test_a_number_that_can_be_nothing_else_is_read(text: str, value: int) -> None:
    reading = read_text(NPS, text, "sv")
    assert isinstance(reading, Score) and reading.value == value


@pytest.mark.parametrize("text", UNREAD)
def test_what_is_ambiguous_is_never_guessed(text: str) -> None:
    reading = read_text(NPS, text, "sv")
    assert isinstance(reading, Unclear) and reading.why


def test_words_around_the_number_are_kept_and_a_label_is_not() -> None:
    assert read_text(NPS, "9, great help", "en") == Score(9, "9, great help")
    assert read_text(NPS, "Betyg: 9", "sv") == Score(9, "")


def test_number_words_belong_to_their_language() -> None:
    assert read_text(NPS, "kümme", "et") == Score(10)
    assert isinstance(read_text(NPS, "kümme", "sv"), Unclear)


def test_a_question_in_words_takes_any_words() -> None:
    assert read_text(WHY, " Snabbt! ", "sv") == Words("Snabbt!")


@pytest.mark.parametrize(("keys", "value"), [("5", 5), ("1", 1), ("05", 5)])
def test_keys_on_the_scale_are_an_answer(keys: str, value: int) -> None:
    assert read_keys(NKI, keys) == Score(value)


@pytest.mark.parametrize("keys", ["0", "6", "9", "*", "#", "4*", "45"])
def test_keys_off_the_scale_are_none(keys: str) -> None:
    assert isinstance(read_keys(NKI, keys), Unclear)


@given(st.text(max_size=200), st.sampled_from(["sv", "en", "es", "et", "fi"]))
def test_any_text_at_all_is_read_without_fault_and_only_onto_the_scale(text: str, language: str) -> None:
    reading = read_text(NPS, text, language)
    assert isinstance(reading, Unclear) or (isinstance(reading, Score) and 0 <= reading.value <= 10)


@given(st.integers(0, 10), st.sampled_from(["", " ", "!", "…", " 👍", "."]), st.sampled_from(["", " ", "(", "« "]))
def test_every_number_of_the_scale_is_read_whatever_decorates_it(value: int, after: str, before: str) -> None:
    assert read_text(NPS, f"{before}{value}{after}", "sv") == Score(value)
