"""When an answer raises an alert. Pure: answers in, alerts out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tonval.surveys.alerts import AlertRule
from tonval.surveys.scales import SCALES
from tonval.surveys.state import Answer


@dataclass(frozen=True, slots=True)
class Fired:
    """One rule that an interview's answers have fired, with the answer that did it."""

    rule: AlertRule
    question: str
    scale: str
    value: int


def fires(rule: AlertRule, answers: Iterable[Answer]) -> Fired | None:
    """The lowest answer the rule watches, when it is at or below the rule's number.

    ``answers`` are those that stand, in the order they were given; of several to one question the last counts, and of
    several equally low ones the first question's. The code of an option is no score, however low.
    """
    last = {answer.question: answer for answer in answers}
    low = [answer for answer in last.values() if _watches(rule, answer) and answer.value <= rule.at_most]
    if not low:
        return None
    worst = min(low, key=lambda answer: answer.value)
    return Fired(rule, worst.question, worst.scale, worst.value)


def all_fired(rules: Iterable[AlertRule], answers: Iterable[Answer]) -> tuple[Fired, ...]:
    """Every rule that fires, in the rules' order."""
    given = tuple(answers)
    return tuple(fired for rule in rules if (fired := fires(rule, given)) is not None)


def _watches(rule: AlertRule, answer: Answer) -> bool:
    on_question = rule.question is None or rule.question == answer.question
    on_scale = rule.scale is None or rule.scale == answer.scale
    return on_question and on_scale and answer.scale in SCALES
