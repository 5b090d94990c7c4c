"""The built-in words: in every language, with the same gaps to fill, and short enough for one message."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tonval.sms.segments import measure
from tonval.surveys.page_words import LANGUAGES, NAMES, OWN, WORDS, day_words, direction, spoken, usual
from tonval.surveys.wording import PLACEHOLDER

LINK = "https://survey.example.com/s/" + "x" * 22
_OWN_ONLY = {"mail.html", "page.intro"}
"""What a survey may bring and nothing stands for when it does not."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_slot_lacks_a_language(language: str) -> None:
    assert LANGUAGES[language].WORDS.keys() == WORDS.keys()
    assert [slot for slot, words in LANGUAGES[language].WORDS.items() if not words.strip()] == []
    assert language in NAMES


def test_a_survey_may_bring_words_of_its_own_for_slots_that_exist() -> None:
    assert set(OWN) - _OWN_ONLY <= WORDS.keys()


@pytest.mark.parametrize("slot", WORDS)
def test_every_language_leaves_the_same_gaps(slot: str) -> None:
    gaps = {language: set(PLACEHOLDER.findall(words)) for language, words in WORDS[slot].items()}
    assert set(map(frozenset, gaps.values())) == {frozenset(gaps["en"])}, gaps


@pytest.mark.parametrize("slot", ["link", "remind.link"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_is_sent_in_one_message_where_the_letters_allow_it(slot: str, language: str) -> None:
    text = usual(slot, language, {"brand": "Nordlys", "link": LINK})
    assert re.search(r"\bSTOPP?\b", text)
    assert measure(text).segments == (2 if language == "ar" else 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_is_named_by_its_weekday_its_number_and_its_month(language: str) -> None:
    days = {day_words(date(2026, month, 1 + month), language) for month in range(1, 13)}
    assert len(days) == 12
    assert all("{" not in words and re.search(r"\d", words) for words in days)


@pytest.mark.parametrize(
    ("wished", "language"),
    [
        ("sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        ("nb-NO", "no"),
        ("tlh, AR", "ar"),
        ("tlh", "en"),
        ("", "en"),
        (",;=,,", "en"),
    ],
)
def test_a_page_for_nobody_is_written_in_the_language_the_browser_asks_for(wished: str, language: str) -> None:
    assert spoken(wished) == language


def test_arabic_is_written_from_right_to_left() -> None:
    assert [direction(language) for language in ("ar", "ar-EG", "sv")] == ["rtl", "rtl", "ltr"]
