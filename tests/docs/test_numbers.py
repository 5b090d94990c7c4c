"""The examples of docs/numbers.md are what the methods give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tonval.stats.figures import measure_figures
from tonval.stats.methods import METHODS, measures

PAGE = (Path(__file__).parents[2] / "docs" / "numbers.md").read_text()
EXAMPLES = re.findall(r"^\| `(\w+)` ([\d ×,]+) \| (\w+) \| ([\d.−]+) \| ([\d.−]+) to ([\d.−]+) \|$", PAGE, re.M)


def test_there_are_examples_of_every_scale() -> None:
    assert {example[0] for example in EXAMPLES} == set(METHODS)


@pytest.mark.parametrize(("scale", "answers", "method", "value", "low", "high"), EXAMPLES)
def test_an_example_is_true(scale: str, answers: str, method: str, value: str, low: str, high: str) -> None:
    pairs = (part.split(" × ") for part in answers.split(", "))
    histogram = {int(score): int(n) for score, n in pairs}
    (found,) = (measure_figures(each) for each in measures(scale, histogram) if each.method == method)
    assert (found["value"], found["low"], found["high"]) == (float(value), float(low), float(high))
