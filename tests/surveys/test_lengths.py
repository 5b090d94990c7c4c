"""How long a text is as SMS, in words: with the names that go into it, what makes it longer, and what it costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.opening import GAUGES
from tonval.sms.segments import measure
from tonval.surveys.lint import NO_GAUGES, Price, Terms, length, terms

SEVEN_CENTS = Price(700, "EUR")
AGENTS = ("Bo", "Anna", "Maximiliane-Charlotte")

SPACE = "a special space. To keep the short set: write a plain space for a special space"

TOLD = [
    ("x" * 132, "1 SMS, 132 of 160 characters"),
    ("", "1 SMS, 0 of 160 characters"),
    ("x" * 161, "2 SMS, 161 characters"),
    ("€" * 80, "1 SMS, 160 of 160 characters"),
    ("Hej 😀", "1 SMS, 6 of 70 characters because of “😀”. To keep the short set: leave 😀 out"),
    ("Hej 👩\u200d🔧", "1 SMS, 9 of 70 characters because of “👩”, “🔧”. To keep the short set: leave 👩 🔧 out"),
    (
        f"{'x' * 70}—",
        "2 SMS because of “—” (longer set: 70 characters each). To keep the short set: write - for —",
    ),
    (
        "“Bra”",
        '1 SMS, 5 of 70 characters because of ““”, “””. To keep the short set: write " for “, " for ”',
    ),
    ("Bra…", "1 SMS, 4 of 70 characters because of “…”. To keep the short set: write ... for …"),
    ("8\u00a09", f"1 SMS, 3 of 70 characters because of {SPACE}"),
    ("Olá", "1 SMS, 3 of 70 characters because of “á”"),
    ("Привет", "1 SMS, 6 of 70 characters because of “П”, “р”, “и”, “в”, “е” …"),
    (f"{{agent}}{'x' * 150}", "1 SMS, 154 of 160 characters; 2 SMS at longest, with “Maximiliane-Charlotte”"),
    (f"{{customer}}{'x' * 155}", "1 SMS, 158 of 160 characters; 2 SMS at longest, with the longest names"),
    ("{brand}: {link}", "1 SMS, 52 of 160 characters"),
]


def _terms(price: Price | None = None) -> Terms:
    return terms(AGENTS, price, brand="Tonval", link="https://example.com/s/0123456789abcdefghijkl"[:44])


@pytest.mark.parametrize(("text", "told"), TOLD)
def test_a_text_is_told_as_sms(text: str, told: str) -> None:
    assert str(length(text, _terms(), GAUGES)) == told


COSTS = [
    (SEVEN_CENTS, "x", "about 70 EUR per 1,000 customers"),
    (SEVEN_CENTS, "x" * 161, "about 140 EUR per 1,000 customers"),
    (Price(12_345, "SEK"), "x" * 161, "about 2,469 SEK per 1,000 customers"),
    (Price(25, "USD"), "x", "about 2.50 USD per 1,000 customers"),
]


@pytest.mark.parametrize(("price", "text", "told"), COSTS)
def test_where_the_price_is_known_the_cost_is_told(price: Price, text: str, told: str) -> None:
    assert str(length(text, _terms(price), GAUGES)).endswith(f" · {told}")


def test_where_nobody_is_known_names_of_ten_letters_are_the_longest() -> None:
    found = length(f"{{agent}}{'x' * 151}", terms((), None), GAUGES)
    assert str(found) == "1 SMS, 155 of 160 characters; 2 SMS at longest, with the longest names"


def test_without_gauges_every_text_is_one_sms() -> None:
    assert length("x" * 999, _terms(), NO_GAUGES).longest.segments == 1


@given(st.text(max_size=400))
def test_the_words_agree_with_the_count_whatever_the_text(text: str) -> None:
    found = length(text, terms((), None), GAUGES)
    assert str(found).startswith(f"{measure(text).segments} SMS") or "{" in text
    assert found.longest.segments >= found.usual.segments
