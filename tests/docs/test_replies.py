"""docs/replies.md: every example of the table is read as the page says, and every rule has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.surveys.corpus import question
from tonval.surveys.answers import Confidence, Rule, Score, read_text

PAGE = Path(__file__).parents[2].joinpath("docs/replies.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")][
    1:
]


@pytest.mark.parametrize(("scale", "reply", "read_as", "sure", "rule"), ROWS, ids=[row[1] for row in ROWS])
def test_an_example_is_read_as_the_page_says(scale: str, reply: str, read_as: str, sure: str, rule: str) -> None:
    reading = read_text(question(scale or "nps", "sv"), reply.strip("`"), "sv")
    assert read_as == (str(reading.value) if isinstance(reading, Score) else str(reading.kind))
    assert (sure or str(Confidence.NONE), rule) == (str(reading.confidence), str(reading.rule))


def test_every_rule_has_an_example() -> None:
    assert {row[4] for row in ROWS} == {str(rule) for rule in Rule}
