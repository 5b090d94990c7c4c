"""The machine's moves on a page: what was filled in is kept, and the next page is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import (
    AnswerGiven,
    AnswerReplaced,
    AnswerWithdrawn,
    CallBackWished,
    CallBackWithdrawn,
    CommentLeft,
    CommentWithdrawn,
    Event,
    QuestionAsked,
)
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.route import is_answered, is_asked, place_after, place_before, route
from tonval.surveys.saying import end, react, say
from tonval.surveys.scales import ANSWERED, CALL_BACK, CHOICE, CHOICES, FREE_TEXT
from tonval.surveys.sentences import sentence
from tonval.surveys.state import Answer, CallBack, Comment, Interview, ReplyRejected, Turn
from tonval.surveys.turns import AskChoice, Choice, Entry, Go, Utterance

Kept = tuple[Interview, tuple[Event, ...]]


@dataclass(frozen=True, slots=True)
class _News:
    """What a page has brought: the events, and the words that go before the next question."""

    events: tuple[Event, ...] = ()
    says: tuple[Utterance, ...] = ()


def open_page(form: Form, interview: Interview, *events: Event) -> Turn:
    """The first page."""
    place = place_after(form, interview, -1)
    if place is None:
        return end(form, interview, Disposition.BREAK_OFF, *events)
    return _show(form, replace(interview, reached=-1), place, _News(events))


def hear_choice(form: Form, interview: Interview, choice: Choice) -> Turn:
    """Keep what was filled in and go where the customer wants to. Raises ``ReplyRejected`` before anything is kept."""
    interview = replace(interview, closed=_closed(interview, choice))
    place = _place_of(form, interview, choice.at)
    kept, events = _keep_all(form, interview, choice)
    kept, gone = prune(form, kept)
    kept, says = _tell(form, kept, choice.go)
    return _move(form, kept, place, choice.go, _News(events + gone, says))


def missing(form: Form, interview: Interview, questions: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``questions`` that are asked, required and not answered; nobody must let herself be called back."""
    return tuple(
        question.id
        for question in route(form, interview)
        if question.required and question.scale != CALL_BACK
        if question.id in questions and not is_answered(interview, question)
    )


def keep(form: Form, interview: Interview, entry: Entry) -> Kept:
    """The interview with the entry in it. Raises ``ReplyRejected`` for what the question cannot be answered with."""
    question = form.question(entry.question)
    if question is None:
        raise ReplyRejected(sentence("there is no question %(question)s", question=entry.question))
    return _KEEPERS.get(question.scale, _keep_number)(interview, question, entry)


def prune(form: Form, interview: Interview) -> Kept:
    """Take back what stands with questions that are not asked any more after the other answers."""
    events: tuple[Event, ...] = ()
    for question in form.asked_on(interview.channel):
        if is_answered(interview, question) and not is_asked(form, interview, question):
            interview, gone = keep(form, interview, Entry(question.id))
            events += gone
    return interview, events


def _closed(interview: Interview, choice: Choice) -> tuple[str, ...]:
    """What cannot be asked; the page that is sent in, and a wish that stands, are not taken away."""
    held = interview.call_back.question if interview.call_back else ""
    return tuple(name for name in choice.closed if name not in (choice.at, held))


def _tell(form: Form, interview: Interview, go: Go) -> tuple[Interview, tuple[Utterance, ...]]:
    """Reactions are said when the customer goes on, on the page that follows; until then she may change her mind."""
    if go is not Go.NEXT:
        return (interview if go is Go.KEEP else replace(interview, told=())), ()
    before = len(interview.said)
    reacted, says = react(form, interview)
    return replace(reacted, told=reacted.said[before:]), says


def _keep_all(form: Form, interview: Interview, choice: Choice) -> Kept:
    """In the order of the questions, so that one answer may bring in the next or make it void."""
    entries = {entry.question: entry for entry in choice.entries}
    known = [question for question in form.asked_on(interview.channel) if question.id in entries]
    strange = entries.keys() - {question.id for question in known}
    if strange:
        raise ReplyRejected(
            sentence("there is no question %(strange)s on this page", strange=", ".join(sorted(strange)))
        )
    events: tuple[Event, ...] = ()
    for question in known:
        if question.id == choice.at or is_asked(form, interview, question):
            _place_of(form, interview, question.id)
            interview, more = keep(form, interview, entries[question.id])
            events += more
    return interview, events


def _place_of(form: Form, interview: Interview, name: str) -> int:
    """Where a question stands that has been shown and is asked still."""
    questions = form.asked_on(interview.channel)
    place = next((here for here, question in enumerate(questions) if question.id == name), None)
    if place is None:
        raise ReplyRejected(sentence("there is no question %(name)s on this page", name=name))
    if place > interview.reached:
        raise ReplyRejected(sentence("the question %(name)s has not been asked yet", name=name))
    if not is_asked(form, interview, questions[place]):
        raise ReplyRejected(sentence("the question %(name)s is not asked after the other answers", name=name))
    return place


def _move(form: Form, interview: Interview, place: int, go: Go, news: _News) -> Turn:
    if go is Go.KEEP:
        return _show(form, interview, _place_kept(form, interview, place), news)
    if go is Go.BACK:
        return _show(form, interview, place_before(form, interview, place), news)
    if form.page.layout == "all":
        return _go_on_whole(form, interview, place, news)
    if missing(form, interview, interview.offered) and place == interview.position:
        return _show(form, interview, place, news)
    following = place_after(form, interview, place)
    return _finish(form, interview, news) if following is None else _show(form, interview, following, news)


def _place_kept(form: Form, interview: Interview, place: int) -> int:
    """Where the customer is already: what is kept of an earlier page, perhaps late, leads nobody back."""
    here = interview.position
    return here if is_asked(form, interview, form.asked_on(interview.channel)[here]) else place


def _go_on_whole(form: Form, interview: Interview, place: int, news: _News) -> Turn:
    """A survey on one page is finished unless an answer has brought questions that were not on it."""
    if {question.id for question in route(form, interview)} - set(interview.offered):
        return _show(form, interview, place, news)
    return _finish(form, interview, news)


def _finish(form: Form, interview: Interview, news: _News) -> Turn:
    """The end, unless something required is missing still."""
    absent = missing(form, interview, tuple(question.id for question in form.questions))
    if absent:
        return _show(form, interview, _place_of(form, interview, absent[0]), news)
    ended = end(form, interview, Disposition.COMPLETE if interview.has_said else Disposition.BREAK_OFF, *news.events)
    return replace(ended, says=news.says + ended.says)


def _show(form: Form, interview: Interview, place: int, news: _News) -> Turn:
    """The page at ``place``; a survey on one page shows all that is asked as things stand."""
    questions, whole = form.asked_on(interview.channel), form.page.layout == "all"
    shown = route(form, interview) if whole else (questions[place],)
    fresh = [question for question in shown if _is_fresh(interview, questions.index(question), question)]
    furthest = len(questions) - 1 if whole else max(interview.reached, place)
    offered = tuple(question.id for question in shown)
    now = replace(interview, position=place, reached=furthest, offered=offered)
    says = news.says + tuple(words for question in shown for words in say(form, now, question.slot))
    asked = tuple(QuestionAsked(question.id) for question in fresh)
    return Turn(now, says, AskChoice(offered, form.page.open_for), (*news.events, *asked))


def _is_fresh(interview: Interview, place: int, question: Question) -> bool:
    return place > interview.reached or (not is_answered(interview, question) and question.id not in interview.offered)


def _keep_number(interview: Interview, question: Question, entry: Entry) -> Kept:
    before, now = interview.values(question.id), entry.codes
    if len(now) > 1 or any(not _can_be(question, code) for code in now):
        raise ReplyRejected(
            sentence("%(id)s cannot be answered with %(now)s", id=question.id, now=", ".join(map(str, now)))
        )
    if before == now:
        return interview, ()
    rest = tuple(answer for answer in interview.answers if answer.question != question.id)
    if not now:
        return replace(interview, answers=rest), (AnswerWithdrawn(question.id, question.scale, before[0]),)
    kept = replace(interview, answers=(*rest, Answer(question.id, question.scale, now[0])))
    said = _said(question, now[0])
    if before:
        return kept, (AnswerReplaced(question.id, question.scale, before[0], now[0], said),)
    return kept, (AnswerGiven(question.id, question.scale, now[0], said),)


def _keep_options(interview: Interview, question: Question, entry: Entry) -> Kept:
    """Each option that came or went is an event of its own, and so is that the question has an answer at all."""
    if any(question.option(code) is None for code in entry.codes):
        raise ReplyRejected(sentence("%(id)s has no such option", id=question.id))
    before = interview.values(question.id)
    now = (ANSWERED, *sorted(set(entry.codes))) if entry.codes else ()
    rest = tuple(answer for answer in interview.answers if answer.question != question.id)
    kept = replace(interview, answers=(*rest, *(Answer(question.id, CHOICES, code) for code in now)))
    gone = tuple(AnswerWithdrawn(question.id, CHOICES, code) for code in before if code not in now)
    come = tuple(AnswerGiven(question.id, CHOICES, code, _said(question, code)) for code in now if code not in before)
    return kept, gone + come


def _keep_words(interview: Interview, question: Question, entry: Entry) -> Kept:
    before, now = interview.words(question.id), entry.text.strip()
    if before == now:
        return interview, ()
    rest = tuple(comment for comment in interview.comments if comment.question != question.id)
    gone = (CommentWithdrawn(question.id, before),) if before else ()
    if not now:
        return replace(interview, comments=rest), gone
    kept = replace(interview, comments=(*rest, Comment(question.id, now)))
    return kept, (*gone, CommentLeft(question.id, now))


def _keep_call_back(interview: Interview, question: Question, entry: Entry) -> Kept:
    wished = CallBack(question.id, entry.moment, entry.phone) if entry.moment else None
    if wished == interview.call_back:
        return interview, ()
    gone = (CallBackWithdrawn(question.id),) if interview.call_back else ()
    come = (CallBackWished(wished.question, wished.moment, wished.phone),) if wished else ()
    return replace(interview, call_back=wished), (*gone, *come)


def _can_be(question: Question, code: int) -> bool:
    if question.scale == CHOICE:
        return question.option(code) is not None
    return question.numbers is not None and code in question.numbers


def _said(question: Question, code: int) -> str:
    """What was chosen, as the questionnaire calls it."""
    option = question.option(code)
    return option.id if option else str(code)


_KEEPERS: Final[Mapping[str, Callable[[Interview, Question, Entry], Kept]]] = {
    CHOICES: _keep_options,
    FREE_TEXT: _keep_words,
    CALL_BACK: _keep_call_back,
}
"""How an entry is kept, by the kind of its question; every other kind is a number."""
