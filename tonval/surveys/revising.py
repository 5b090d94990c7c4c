"""Answers that are put right: found in what the customer writes, and kept with what follows for the other questions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tonval.surveys.answers import Confidence
from tonval.surveys.answers.correcting import Correction, Sign, explain, read_bare, read_correction
from tonval.surveys.events import AnswerGiven, AnswerReplaced, AnswerWithdrawn, Event
from tonval.surveys.heard import Heard, Taken
from tonval.surveys.page_words import usual
from tonval.surveys.paging import Kept, prune
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.saying import say
from tonval.surveys.scales import CHOICE, SCALES, YES_NO
from tonval.surveys.state import Answer, Interview, ReplyRejected
from tonval.surveys.turns import Corrected, Utterance


@dataclass(frozen=True, slots=True)
class Revision:
    """``found`` takes the place of the number ``before`` at the question, or is that number again."""

    question: Question
    before: int
    found: Correction

    @property
    def is_news(self) -> bool:
        """Whether another number stands there now."""
        return self.found.value != self.before

    @property
    def heard(self) -> Heard:
        """How the message was read."""
        sign = self.found.sign if self.is_news else Sign.SAME
        taken = Taken.CORRECTION if self.is_news else Taken.ANSWER
        value, sure = self.found.value, Confidence.SURE
        return Heard(taken, explain(sign), self.question.id, value, self.before, sign, sure)


def find_revision(form: Form, interview: Interview, text: str, awaited: Question | None) -> Revision | None:
    """The correction that a message makes, ``None`` where it makes none. ``awaited`` is the question it may answer.

    Words that say so put the latest number right. A bare number does where no number is waited for. An unclear reply
    that was asked about again is mended by the next, which then is no correction of the question before.
    """
    latest = _latest(form, interview)
    if latest is None or (awaited is not None and awaited.numbers and interview.misses):
        return None
    question, before = latest
    found = read_correction(question, text, interview.language)
    if found is None and (awaited is None or awaited.numbers is None):
        value = read_bare(question, text, interview.language)
        found = Correction(value, Sign.AGAIN) if value is not None else None
    if found is None or found.before not in (None, before):
        return None
    return Revision(question, before, found)


def revise(form: Form, interview: Interview, question: Question, value: int | None, said: str) -> Kept:
    """Let ``value`` stand at the question, ``None``: nothing; what is not asked any more then is taken back."""
    stood = next(iter(interview.values(question.id)), None)
    now = replace(interview, answers=tuple(_in_place(interview, question, value)))
    revised, gone = prune(form, now)
    return revised, (*_events(question, stood, value, said), *gone)


def correctable(form: Form, interview: Interview, reply: Corrected) -> Question:
    """The question that staff put right. Raises ``ReplyRejected`` with a sentence where none can be."""
    question = next((each for each in form.asked_on(interview.channel) if each.id == reply.question), None)
    if question is None:
        raise ReplyRejected(f"There is no question {reply.question} in this interview.")
    if question.scale not in SCALES:
        raise ReplyRejected(f"{question.id} is not answered with a number.")
    scale, stood = SCALES[question.scale], next(iter(interview.values(question.id)), None)
    if reply.value is not None and reply.value not in scale:
        raise ReplyRejected(f"{reply.value} is not on the scale {scale.lowest}–{scale.highest}.")
    if reply.value == stood:
        raise ReplyRejected(f"{question.id} has no answer." if stood is None else f"{question.id} is {stood} already.")
    return question


def confirm(form: Form, interview: Interview, revision: Revision) -> tuple[Utterance, ...]:
    """The one short message that tells what stands now."""
    language = interview.language
    now, before = (_shown(revision.question, value, language) for value in (revision.found.value, revision.before))
    return say(form, interview, "corrected", {"value": now, "before": before})


def _latest(form: Form, interview: Interview) -> tuple[Question, int] | None:
    for answer in reversed(interview.answers):
        question = form.question(answer.question)
        if question is not None and question.numbers is not None:
            return question, answer.value
    return None


def _in_place(interview: Interview, question: Question, value: int | None) -> list[Answer]:
    """The answers in their order: what the customer mends next is the number that she gave last."""
    now = [] if value is None else [Answer(question.id, question.scale, value)]
    if not interview.values(question.id):
        return [*interview.answers, *now]
    return [each for old in interview.answers for each in (now if old.question == question.id else [old])]


def _events(question: Question, stood: int | None, value: int | None, said: str) -> tuple[Event, ...]:
    match stood, value:
        case int(), int():
            return (AnswerReplaced(question.id, question.scale, stood, value, said),)
        case int(), None:
            return (AnswerWithdrawn(question.id, question.scale, stood),)
        case None, int():
            return (AnswerGiven(question.id, question.scale, value, said),)
        case _:
            return ()


def _shown(question: Question, value: int, language: str) -> str:
    """The number as the customer knows it: an option by its words, yes and no as words."""
    if question.scale == YES_NO.name:
        return usual("page.yes" if value else "page.no", language).lower()
    option = question.option(value) if question.scale == CHOICE else None
    words = option.text.get(language) or next(iter(option.text.values()), "") if option else ""
    return f"“{words}”" if words else str(value)
