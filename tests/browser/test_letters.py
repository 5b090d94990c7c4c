"""The HTML of survey letters as a mail program with a browser's eyes shows it: narrow and wide, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tonval.mail.asked import Rating, SurveyLetter
from tonval.mail.markup import page
from tonval.surveys.page_words import direction, usual

pytestmark = pytest.mark.browser

ELEVEN = tuple((value, str(value)) for value in range(11))
LINK = "https://survey.example.com/s/0000000000000000000000"


def a_letter(language: str, accent: str | None, rating: Rating | None) -> SurveyLetter:
    """A letter in the language with the built-in words."""
    text = usual("mail.text", language, {"brand": "Nordlys"})
    return SurveyLetter(
        key="msg_1",
        to="eva@example.org",
        subject=usual("mail.subject", language),
        text=text,
        link=LINK,
        stop_link=f"{LINK}/stop",
        language=language,
        brand="Nordlys",
        direction=direction(language),
        accent=accent,
        rating=rating,
    )


def rating(language: str, values: tuple[tuple[int, str], ...] = ELEVEN) -> Rating:
    """A question with its ends in words."""
    low, high = usual("ends.nps.low", language), usual("ends.nps.high", language)
    return Rating("recommend", "Hur troligt är det att du rekommenderar Nordlys?", values, low, high)


LETTERS = {
    "eleven numbers": a_letter("sv", None, rating("sv")),
    "yellow": a_letter("en", "#ffe14d", rating("en", ELEVEN[1:6])),
    "almost white": a_letter("de", "#fdfdfd", rating("de", ELEVEN[1:8])),
    "almost black": a_letter("fi", "#050505", rating("fi")),
    "yes or no": a_letter("fr", "#8a1c5a", rating("fr", ((0, "Non"), (1, "Oui")))),
    "from right to left": a_letter("ar", "#5b2a86", rating("ar")),
    "a button alone": a_letter("et", "#0b6b3a", None),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_letter_can_be_read_and_pressed_by_anybody(chromium: Browser, axe: str, theme: str) -> None:
    found: dict[str, list[str]] = {}
    for width in (320, 360, 1440):
        shown = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
        for name, letter in LETTERS.items():
            shown.set_content(page(letter))
            shown.evaluate(axe)
            faults = [
                each["id"] for each in shown.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            ]
            faults += ["wider than the window"] * (shown.evaluate("document.documentElement.scrollWidth") > width)
            faults += ["too small to press"] * _is_too_small(shown.evaluate(_SIZES))
            found[f"{name} at {width}"] = faults
        shown.close()
    # A mail has no landmarks and no headings of its own: the mail program shows its subject.
    told = {
        name: sorted(set(faults) - {"landmark-one-main", "page-has-heading-one", "region"})
        for name, faults in found.items()
    }
    assert {name: faults for name, faults in told.items() if faults} == {}


def test_eleven_numbers_stand_in_one_row_on_a_wide_screen_and_in_two_on_a_telephone(chromium: Browser) -> None:
    rows = {}
    for width in (360, 1440):
        shown = chromium.new_page(viewport={"width": width, "height": 800})
        shown.set_content(page(LETTERS["eleven numbers"]))
        rows[width] = len({round(box["top"]) for box in shown.evaluate(_SIZES)})
        shown.close()
    assert rows == {360: 2, 1440: 1}


_SIZES = """() => [...document.querySelectorAll('td.n a')].map(a => {
    const box = a.getBoundingClientRect(); return {top: box.top, width: box.width, height: box.height}})"""


def _is_too_small(boxes: list[dict[str, float]]) -> bool:
    """44 pixels are what a finger needs (WCAG 2.2, success criterion 2.5.5); two of them are the border."""
    return any(min(box["width"], box["height"]) < 41.5 for box in boxes)
