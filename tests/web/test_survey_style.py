"""The look of a survey: whatever colours it is given it can be read, and nothing in it ends a rule or fetches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.surveys.colours import SHAPE, TEXT, contrast, on
from tonval.surveys.questionnaire import Page
from tonval.web.survey.style import ALARM, NIGHT_ALARM, NIGHT_INK, NIGHT_PAPER, policy, shades, style_of

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
READ = (("on-accent", "accent"), ("link", "paper"), ("ink", "paper"), ("quiet", "paper"), ("alarm", "paper"),
        ("on-tint", "tint"))  # fmt: skip


@given(COLOURS, COLOURS, COLOURS)
def test_whatever_the_colours_text_can_be_read_and_targets_can_be_seen(accent: str, paper: str, ink: str) -> None:
    for look in (shades(accent, paper, ink, ALARM), shades(accent, NIGHT_PAPER, NIGHT_INK, NIGHT_ALARM)):
        assert {pair for pair in READ if contrast(look[pair[0]], look[pair[1]]) < TEXT} == set()
        assert contrast(look["accent"], look["paper"]) >= SHAPE
        assert contrast(look["line"], look["paper"]) >= SHAPE


@given(COLOURS)
def test_text_on_any_ground_is_black_or_white_and_can_be_read(ground: str) -> None:
    assert contrast(on(ground), ground) >= TEXT


@pytest.mark.parametrize("accent", ["red;}body{display:none", "#fff", "url(//x)", "#12345g", ""])
def test_what_is_no_colour_is_passed_over(accent: str) -> None:
    assert style_of(Page(colours={"accent": accent})) == style_of(Page())


HOSTILE = ["1px;}body{display:none", "</style><script>", "url(https://x.example)", "a\\20b", "@import 'x'", "}"]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_variable_that_would_end_its_rule_or_fetch_is_left_out(value: str) -> None:
    assert style_of(Page(variables={"radius": value})) == style_of(Page())
    assert style_of(Page(variables={value: "1px"})) == style_of(Page())


def test_variables_are_laid_beneath_the_colours_that_were_measured() -> None:
    style = style_of(Page(variables={"radius": "4px", "ink": "#eeeeee"}))
    assert "--radius:4px" in style
    assert re.findall(r"--ink:(#\w+)", style)[-2:] == re.findall(r"--ink:(#\w+)", style_of(Page()))


@pytest.mark.parametrize(
    ("logo", "source"),
    [
        (None, "'none'"),
        ("/s/picture/" + "a" * 64, "'self'"),
        ("https://www.example.com/logo.png", "https://www.example.com"),
        ("https://x.example; script-src *", "'self'"),
        ("javascript:alert(1)", "'self'"),
    ],
)
def test_pictures_come_from_where_the_logo_is_alone(logo: str | None, source: str) -> None:
    assert f"img-src {source}; script-src 'sha256-" in policy(Page(logo=logo), "style")
