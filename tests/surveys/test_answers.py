"""Replies as people write them, and the number a careful reader takes from each, if any."""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.surveys.corpus import Row, question, rows, rows_of_any, sources
from tonval.surveys.answers import Confidence, Kind, Rule, Score, Unclear, Words, read_keys, read_text
from tonval.surveys.answers.commands import _pattern
from tonval.surveys.answers.lexicon import LANGUAGES, lexicon
from tonval.surveys.answers.typing_errors import slips
from tonval.surveys.answers.why import explain
from tonval.surveys.questionnaire import Option, Question

NPS = Question("recommend", "nps", {"en": "?"})
NKI = Question("helped", "nki", {"en": "?"})
WHY = Question("why", "text", {"en": "?"})
WORDS_OF_TEXTS = {"number": ("number", "digits of any script")}
"""One rule of the reader may have two sources."""


def _as_told(row: Row) -> bool:
    reading = read_text(question(row.scale, row.language), row.text, row.language)
    taken = reading.value if isinstance(reading, Score) else None
    return taken == row.value and row.rule in WORDS_OF_TEXTS.get(str(reading.rule), (str(reading.rule),))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reply_of_the_corpus_is_read_as_a_careful_person_would(language: str) -> None:
    assert [row for row in rows() if row.language == language and not _as_told(row)] == []


def test_replies_without_words_are_read_the_same_in_every_language() -> None:
    assert [row for row in rows_of_any() if not _as_told(row)] == []


def test_the_corpus_is_large_and_even_and_says_the_source_of_every_rule() -> None:
    languages = Counter(row.language for row in rows())
    assert len(set(rows())) == len(rows()) >= 600
    assert set(languages) == set(LANGUAGES) and min(languages.values()) >= 60
    assert {row.rule for row in rows()} == set(sources()) == {str(rule) for rule in Rule} | {"digits of any script"}


KINDS = [
    ("9", Kind.VALUE, Confidence.SURE),
    ("tio!", Kind.VALUE, Confidence.SURE),
    ("9 av 10", Kind.VALUE, Confidence.SURE),
    ("Bra service, 10", Kind.VALUE, Confidence.LIKELY),
    ("9, tack Anna", Kind.VALUE, Confidence.LIKELY),
    ("1 0", Kind.AMBIGUOUS, Confidence.NONE),
    ("hej", Kind.COMMENT, Confidence.NONE),
    ("👍", Kind.COMMENT, Confidence.NONE),
    ("STOPP", Kind.OPT_OUT, Confidence.NONE),
    ("börja", Kind.START, Confidence.NONE),
    ("hjälp", Kind.HELP, Confidence.NONE),
    (" ", Kind.EMPTY, Confidence.NONE),
]


@pytest.mark.parametrize(("text", "kind", "confidence"), KINDS)
def test_a_reading_has_a_kind_and_says_how_sure_it_is(text: str, kind: Kind, confidence: Confidence) -> None:
    reading = read_text(NPS, text, "sv")
    assert (reading.kind, reading.confidence) == (kind, confidence)


def test_every_rule_is_told_in_one_plain_sentence_of_its_own() -> None:
    told = [explain(rule) for rule in Rule]
    assert len(set(told)) == len(Rule)
    assert all(one[0].isupper() and one.endswith(".") and one.count(". ") == 0 and len(one) <= 80 for one in told)


def test_words_around_the_number_are_kept_and_a_label_is_not() -> None:
    assert read_text(NPS, " 9, great help", "en") == Score(9, "9, great help")
    assert read_text(NPS, "Very good service, 9", "en") == Score(9, "Very good service, 9")
    assert read_text(NPS, "Betyg: 9", "sv") == Score(9, "")
    assert read_text(NPS, "9, tack!", "sv") == Score(9, "")
    assert read_text(WHY, " Snabbt! ", "sv") == Words("Snabbt!")


def test_number_words_belong_to_their_language_and_english_to_all() -> None:
    assert read_text(NPS, "kümme", "et") == Score(10)
    assert isinstance(read_text(NPS, "kümme", "sv"), Unclear)
    assert [read_text(NPS, "ten", language) for language in LANGUAGES] == [Score(10)] * len(LANGUAGES)
    assert read_text(NPS, "åtte", "nb-NO") == read_text(NPS, "åtta", "sv_SE") == Score(8)
    assert read_text(NPS, "nine", "xx") == Score(9)


def test_an_option_is_kept_by_its_code_whatever_its_place() -> None:
    options = (Option("wait", {"sv": "Väntan"}, code=4), Option("price", {"sv": "Priset"}, code=2))
    asked = Question("why", "choice", {"sv": "?"}, options=options)
    assert [read_text(asked, text, "sv") for text in ("1", "väntan", "2", "den andra")] == [
        Score(4), Score(4), Score(2), Score(2),
    ]  # fmt: skip
    assert isinstance(read_text(Question("why", "choice", {"sv": "?"}), "1", "sv"), Unclear)


def test_options_that_are_numbers_themselves_are_never_mixed_up_with_their_places() -> None:
    options = tuple(Option(f"o{number}", {"en": text}, number) for number, text in enumerate(("2", "1", "three"), 1))
    asked = Question("how", "choice", {"en": "?"}, options=options)
    assert isinstance(read_text(asked, "1", "en"), Unclear) and isinstance(read_text(asked, "2", "en"), Unclear)
    assert read_text(asked, "3", "en") == read_text(asked, "three", "en") == Score(3)


@pytest.mark.parametrize(("keys", "value"), [("5", 5), ("1", 1), ("05", 5)])
def test_keys_on_the_scale_are_an_answer(keys: str, value: int) -> None:
    assert read_keys(NKI, keys) == Score(value)


@pytest.mark.parametrize("keys", ["0", "6", "9", "*", "#", "4*", "45", "", "5" * 9000])
def test_keys_off_the_scale_are_none(keys: str) -> None:
    assert isinstance(read_keys(NKI, keys), Unclear)


SCALES = ["nps", "nki", "labelled", "nki10", "ces", "yes_no", "choice"]
LANGUAGE = st.sampled_from([*LANGUAGES, "xx"])
FRAGMENTS = ["9", "10", "0", "1", "5", "tio", "nine", "un", "en", "av", "of", "not", "min", "p", "ja", "no", "٩"]
FRAGMENTS += [*" ,.-/+%:\n", "👍", "🔟"]
PIECES = st.lists(st.sampled_from(FRAGMENTS), max_size=9).map("".join)


@given(st.one_of(st.text(max_size=200), PIECES), LANGUAGE, st.sampled_from(SCALES))
def test_any_text_at_all_is_read_without_fault_and_only_onto_the_scale(text: str, language: str, scale: str) -> None:
    asked = question(scale, language) if language in LANGUAGES else Question("asked", scale, {})
    reading, numbers = read_text(asked, text, language), asked.numbers
    assert numbers is not None
    assert isinstance(reading, Unclear) or (isinstance(reading, Score) and reading.value in numbers)
    assert not isinstance(reading, Unclear) or (reading.why and len(reading.why) < 200)


@given(
    st.permutations(range(11)).map(lambda order: order[:2]),
    st.sampled_from(
        [" ", ", ", "-", " - ", " och ", " or ", "\n", "/", ".", ". ", "!", " 👍 ", ":", "&", " vs ", ";", ""]
    ),
    st.sampled_from(["", "not ", "betyg ", "I say ", "kanske "]),
    LANGUAGE,
)
def test_two_different_numbers_are_a_score_only_where_one_is_out_of_the_highest(
    two: list[int], between: str, before: str, language: str
) -> None:
    reading = read_text(NPS, f"{before}{two[0]}{between}{two[1]}", language)
    if isinstance(reading, Score):
        joined = between == "" and reading.value == int(f"{two[0]}{two[1]}")
        assert joined or (two[1] == 10 and between == "/" and reading.value == two[0])


@given(
    st.integers(0, 10), LANGUAGE, st.text("!…?()[]\"'*_ \n\t👍❤️🙂", max_size=6), st.text("([\"'*_ \n👍🙂", max_size=6)
)
def test_every_number_of_the_scale_is_read_whatever_decorates_it(
    value: int, language: str, after: str, before: str
) -> None:
    assert read_text(NPS, f"{before}{value}{after}", language) == Score(value)


@given(st.sampled_from(rows()), st.sampled_from(["", " ", "\n", "  \n "]), st.sampled_from(["", "!", "…", "!!", " 👍"]))
def test_space_case_form_and_decoration_change_no_reading(row: Row, space: str, mark: str) -> None:
    asked = question(row.scale, row.language)
    plain = read_text(asked, row.text, row.language)
    for other in (row.text.upper(), unicodedata.normalize("NFKC", row.text), unicodedata.normalize("NFD", row.text)):
        again = read_text(asked, f"{space}{other}{space}", row.language)
        assert _value(again) == _value(plain), other
    if isinstance(plain, Score):
        assert _value(read_text(asked, row.text + mark, row.language)) == plain.value


def _value(reading: object) -> int | None:
    return reading.value if isinstance(reading, Score) else None


DIGITS = [chr(code) for code in range(0x110000) if unicodedata.decimal(chr(code), None) == 0]


@given(st.sampled_from(DIGITS), st.integers(0, 999), LANGUAGE)
def test_a_number_reads_the_same_in_the_digits_of_any_script(nought: str, number: int, language: str) -> None:
    written = "".join(chr(ord(nought) + int(digit)) for digit in str(number))
    assert read_text(NPS, written, language) == read_text(NPS, str(number), language)


@given(LANGUAGE, st.data())
def test_a_typing_error_is_never_read_as_a_number_word_that_is_further_than_one_slip(
    language: str, data: st.DataObject
) -> None:
    word = data.draw(st.sampled_from(sorted(lexicon(language).numbers)))
    place = data.draw(st.integers(0, len(word) - 1))
    slipped = word[:place] + data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz")) + word[place + 1 :]
    reading = read_text(NPS, slipped, language)
    if isinstance(reading, Score):
        near = [known for known, value in lexicon(language).numbers.items() if value == reading.value]
        assert reading.value in lexicon(language).weak.values() or min(slips(slipped, known) for known in near) <= 1


@pytest.mark.parametrize(
    ("first", "second", "away"),
    [("seven", "seven", 0), ("sevven", "seven", 1), ("eigth", "eight", 1), ("svn", "seven", 2), ("a", "seven", 3)],
)
def test_slips_are_letters_more_less_wrong_or_exchanged(first: str, second: str, away: int) -> None:
    assert slips(first, second) == slips(second, first) == away


HOSTILE = [
    "9",
    "9 ",
    "1 0 ",
    "9-",
    "9/",
    "a9",
    "stop ",
    "do not ",
    "vill inte ",
    "no quiero ",
    "ne ",
    "'",
    ".",
    "\u0301",
]
HOSTILE += [
    "🔟",
    "½",
    "۹",
    "e",
    "ten ",
    "en ",
    "((",
    "\n",
    "ä",
    "on a scale of 0-10 ",
    "9 of ",
    "\u200b",
    "stop sending ",
]


def _steps(asked: Question, text: str) -> int:
    """Calls of functions, of Python and of C, in one reading."""
    steps = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_text(asked, text, "en")
    finally:
        sys.setprofile(before)
    return steps


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_hostile_text_takes_steps_in_proportion_to_its_length(unit: str) -> None:
    for scale in ("nps", "yes_no", "choice"):
        short, long = (_steps(question(scale, "en"), (unit * size)[:size]) for size in (1_000, 10_000))
        assert long <= 11 * short + 1_000, scale


def test_no_gap_in_the_wishes_is_without_bound() -> None:
    for language in LANGUAGES:
        source = _pattern(language).pattern.replace(r"\w+)?", "").replace(r"\w+){0,3}", "").replace(r"\w*", "")
        assert not set("+*") & set(source), language
