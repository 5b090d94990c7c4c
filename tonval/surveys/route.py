"""Which questions an interview leads through: those the channel can carry and whose condition holds."""

from __future__ import annotations

from collections.abc import Mapping

from tonval.surveys.conditions import Facts, holds, parse
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.scales import ANSWERED, CHOICE, CHOICES, FREE_TEXT
from tonval.surveys.state import Interview


def facts_of(form: Form, interview: Interview) -> Facts:
    """What conditions may ask about: the answers that stand, and the customer's attributes."""
    picks = {name: _picked(form, interview, name) for name in _answered(interview, (CHOICE, CHOICES))}
    return Facts(
        numbers={one.question: one.value for one in interview.answers if one.scale not in (CHOICE, CHOICES)},
        picks=picks,
        words=_words(form, interview),
        attributes=_attributes(form, interview),
    )


def is_asked(form: Form, interview: Interview, question: Question) -> bool:
    """Whether the question's condition holds now, and it can be asked at all."""
    if question.id in interview.closed:
        return False
    return not question.when or holds(parse(question.when), facts_of(form, interview))


def route(form: Form, interview: Interview) -> tuple[Question, ...]:
    """The questions that are asked as things stand, in order."""
    return tuple(each for each in form.asked_on(interview.channel) if is_asked(form, interview, each))


def place_after(form: Form, interview: Interview, place: int) -> int | None:
    """The place of the next question that is asked, ``None`` at the end. ``-1`` finds the first."""
    questions = form.asked_on(interview.channel)
    later = range(place + 1, len(questions))
    return next((here for here in later if is_asked(form, interview, questions[here])), None)


def place_before(form: Form, interview: Interview, place: int) -> int:
    """The place of the question before, or the same at the start."""
    questions = form.asked_on(interview.channel)
    return next((here for here in range(place - 1, -1, -1) if is_asked(form, interview, questions[here])), place)


def is_answered(interview: Interview, question: Question) -> bool:
    """Whether something stands with the question."""
    back = interview.call_back
    return bool(
        interview.values(question.id) or interview.words(question.id) or (back and back.question == question.id)
    )


def _answered(interview: Interview, scales: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(answer.question for answer in interview.answers if answer.scale in scales))


def _picked(form: Form, interview: Interview, name: str) -> frozenset[str]:
    question = form.question(name)
    codes = [code for code in interview.values(name) if code != ANSWERED]
    options = (question.option(code) for code in codes) if question else ()
    return frozenset(option.id for option in options if option)


def _words(form: Form, interview: Interview) -> Mapping[str, str]:
    """Answers in words; words that came instead of a number are no answer."""
    asked = {question.id for question in form.questions if question.scale == FREE_TEXT}
    words = {said.question: interview.words(said.question) for said in interview.comments if said.question in asked}
    back = interview.call_back
    return {**words, back.question: back.moment.isoformat()} if back else words


def _attributes(form: Form, interview: Interview) -> Mapping[str, str]:
    """A question's name is the question's, whatever the customer's attributes are called."""
    known = {"language": interview.language, **interview.attributes}
    return {name: value for name, value in known.items() if form.question(name) is None}
