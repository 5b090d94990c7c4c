"""Replies that the reader was not made for: how many it reads, and that it reads none of them wrongly.

Half of tests/surveys/corpus/held_out.yaml was looked at while the reader was made better, the other half never.
"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.surveys.corpus import Unseen, question, rows, unseen
from tonval.surveys.answers import Rule, Score, Unclear, read_text
from tonval.surveys.answers.commands import Keyword, keyword, phrases, wishes_no_more
from tonval.surveys.answers.lexicon import LANGUAGES

NPS = question("nps", "en")


def _value(text: str, language: str) -> int | None:
    reading = read_text(NPS, text, language)
    return reading.value if isinstance(reading, Score) else None


def _part(part: str, half: str = "held") -> list[Unseen]:
    return [one for one in unseen() if one.part == part and one.half == half]


def test_both_halves_are_as_large_and_hold_every_language() -> None:
    for part, each in {"stop": 20, "scores": 30, "beside": 5, "ambiguous": 5}.items():
        for half in ("tuned", "held"):
            assert len(_part(part, half)) == each * len(LANGUAGES)
    assert len(set(unseen())) == len(unseen())


def test_no_unseen_reply_is_read_as_another_score_than_a_person_reads() -> None:
    read = [(one, _value(one.text, one.language)) for one in unseen() if one.part != "stop"]
    assert [(one.text, value) for one, value in read if value is not None and value != one.value] == []


def test_no_unseen_answer_is_taken_for_a_command() -> None:
    assert [one.text for one in unseen() if one.part != "stop" and keyword(one.text) is not None] == []


def test_of_a_way_to_say_stop_no_score_is_read() -> None:
    assert [one.text for one in unseen() if one.part == "stop" and _value(one.text, one.language) is not None] == []


@pytest.mark.parametrize(("part", "least"), [("stop", 0.94), ("scores", 0.75)])
def test_most_of_the_replies_that_were_never_looked_at_are_read(part: str, least: float) -> None:
    held = _part(part)
    if part == "stop":
        read = sum(keyword(one.text) is Keyword.STOP for one in held)
    else:
        read = sum(_value(one.text, one.language) == one.value for one in held)
    assert read >= least * len(held), f"{read} of {len(held)}"


def test_every_reply_of_the_tuned_half_that_says_stop_is_heard_but_one_that_is_a_spanish_six() -> None:
    missed = [one.text for one in _part("stop", "tuned") if keyword(one.text) is not Keyword.STOP]
    assert missed == ["seis"]


COMMANDS = sorted({phrase for code in LANGUAGES for command in Keyword for phrase in phrases(code, command)})
SPACES = st.sampled_from(["", " ", "\n", "\t ", "\u00a0", "  \n"])


def _bare(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


@given(st.sampled_from(COMMANDS), SPACES, SPACES, st.data())
def test_space_case_and_accents_change_no_keyword(phrase: str, before: str, after: str, data: st.DataObject) -> None:
    letters = [data.draw(st.sampled_from([letter.upper(), letter.lower()])) for letter in phrase]
    wide = "".join(letters).replace(" ", data.draw(st.sampled_from(["  ", " ", "\n", "\u00a0"])))
    form = data.draw(st.sampled_from([str, _bare, lambda text: unicodedata.normalize("NFD", text)]))
    assert keyword(before + form(wide) + after) is keyword(phrase)


WORDS = sorted({word for row in rows() for word in row.text.split() if word.isalpha()})


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from(LANGUAGES))
def test_words_of_which_none_is_a_number_never_make_a_score(words: list[str], language: str) -> None:
    plain = [word for word in words if _value(word, language) is None]
    assert _value(" ".join(plain), language) is None


@given(st.text(st.characters(exclude_categories=["N"], include_characters="!?., "), max_size=60))
def test_a_text_of_any_signs_without_figures_gives_a_score_by_a_number_word_alone(text: str) -> None:
    reading = read_text(NPS, text, "en")
    assert isinstance(reading, Unclear) or reading.rule is not Rule.NUMBER


ENDINGS = ["please stop texting me", "stop", "sluta sms:a mig", "no more texts", "unsubscribe", "inga fler sms"]


@given(st.integers(0, 10), st.sampled_from(ENDINGS), st.sampled_from([" ", ", ", ". ", "! ", "\n"]), st.booleans())
def test_a_command_beside_a_score_swallows_no_score(value: int, wish: str, between: str, first: bool) -> None:
    text = f"{value}{between}{wish}" if first else f"{wish}{between}{value}"
    assert keyword(text) is None
    assert wishes_no_more(text)
