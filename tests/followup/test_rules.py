"""When a rule fires: a table of answers."""

from __future__ import annotations

import pytest

from tonval.followup.rules import all_fired, fires
from tonval.surveys.alerts import DEFAULT_RULES, AlertRule
from tonval.surveys.state import Answer

NPS_3 = AlertRule("low-nps", scale="nps", question=None, at_most=3)
HELPED = AlertRule("not-helped", scale=None, question="helped", at_most=2)
BOTH = AlertRule("both", scale="nki", question="helped", at_most=2)


def given(question: str, scale: str, value: int) -> Answer:
    return Answer(question, scale, value)


@pytest.mark.parametrize(
    ("rule", "answers", "fired"),
    [
        (NPS_3, [], None),
        (NPS_3, [given("recommend", "nps", 4)], None),
        (NPS_3, [given("recommend", "nps", 3)], ("recommend", 3)),
        (NPS_3, [given("recommend", "nps", 0)], ("recommend", 0)),
        (NPS_3, [given("helped", "nki", 1)], None),
        (NPS_3, [given("a", "nps", 3), given("b", "nps", 1)], ("b", 1)),
        (HELPED, [given("helped", "choices", 0)], None),
        (HELPED, [given("helped", "choice", 1)], None),
        (HELPED, [given("helped", "yes_no", 0)], ("helped", 0)),
        (NPS_3, [given("a", "nps", 2), given("b", "nps", 2)], ("a", 2)),
        (NPS_3, [given("a", "nps", 1), given("a", "nps", 9)], None),
        (HELPED, [given("helped", "nki", 2)], ("helped", 2)),
        (HELPED, [given("manner", "nki", 1)], None),
        (BOTH, [given("helped", "nps", 1)], None),
        (BOTH, [given("helped", "nki", 1)], ("helped", 1)),
    ],
)
def test_a_rule_fires_at_or_below_its_number(
    rule: AlertRule, answers: list[Answer], fired: tuple[str, int] | None
) -> None:
    found = fires(rule, answers)
    assert (found and (found.question, found.value)) == fired


def test_every_rule_is_looked_at() -> None:
    answers = [given("recommend", "nps", 2), given("helped", "nki", 2)]
    assert [fired.rule.id for fired in all_fired(DEFAULT_RULES, answers)] == ["low-nps", "low-nki"]
