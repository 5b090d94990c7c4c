"""Whether the conditions of a survey make sense: they can be read, ask about what is known, and can come true."""

from __future__ import annotations

from collections.abc import Iterator

from tonval.surveys.conditions import (
    BadCondition,
    Kind,
    Moment,
    OneOf,
    Range,
    SomeOf,
    Words,
    YesNo,
    check,
    names,
    parse,
)
from tonval.surveys.document import Part
from tonval.surveys.questionnaire import Question
from tonval.surveys.scales import CALL_BACK, CHOICE, CHOICES, FREE_TEXT, SCALES, YES_NO
from tonval.surveys.sentences import sentence as phrase


def check_branching(part: Part, questions: tuple[Question, ...]) -> None:
    """Note the faults of every ``when``. A question may ask about those before it, a reaction about all of them."""
    for place, item in enumerate(part.items("questions")):
        _check_when(item, questions[:place], {question.id for question in questions[place:]})
    for item in part.items("reactions"):
        _check_when(item, questions, set())


def kind_of(question: Question) -> Kind:
    """What a condition may ask of the question."""
    options = tuple(option.id for option in question.options)
    kinds: dict[str, Kind] = {
        YES_NO.name: YesNo(),
        CHOICE: OneOf(options),
        CHOICES: SomeOf(options),
        FREE_TEXT: Words(),
        CALL_BACK: Moment(),
    }
    if question.scale in kinds:
        return kinds[question.scale]
    scale = SCALES.get(question.scale)
    return Range(scale.lowest, scale.highest) if scale else Words()


def _check_when(item: Part, earlier: tuple[Question, ...], later: set[str]) -> None:
    text = item.text("when")
    if not text:
        return
    for sentence, warning in _problems(text, earlier, later):
        item.fault(sentence, "when", warning=warning)


def _problems(text: str, earlier: tuple[Question, ...], later: set[str]) -> Iterator[tuple[str, bool]]:
    try:
        condition = parse(text)
    except BadCondition as bad:
        yield f"{bad} (at character {bad.column})", False
        return
    for name in sorted(names(condition) & later):
        yield phrase("asks about %(name)s, which is not asked before", name=name), False
    known = {question.id: kind_of(question) for question in earlier}
    for problem in check(condition, known) if not names(condition) & later else ():
        yield problem.sentence, problem.warning
