"""Putting an answer right: what was said, what it counts as, what would change, and the reason for the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tonval.fieldwork import conduct
from tonval.fieldwork.conduct import ReplyRejected
from tonval.fieldwork.field import Field
from tonval.fieldwork.respondents import UNKNOWN_AGENT
from tonval.stats.effects import Change, Effects, effects
from tonval.stats.said import in_words
from tonval.stats.timeline import Happened, Talk, conversation
from tonval.surveys.events import AnswerGiven
from tonval.surveys.questionnaire import Channel, Question
from tonval.surveys.scales import SCALES
from tonval.surveys.sentences import sentence
from tonval.web.desk.answered import Figure, figure_of
from tonval.web.desk.bubbles import Bubble, Exchange, bubbles_of
from tonval.web.desk.happenings import About
from tonval.web.desk.look import Look, look, show
from tonval.web.desk.looks import actor, note_look
from tonval.web.desk.moments import MONTH, by
from tonval.web.desk.shown import step_of
from tonval.web.language import flash, told

NO_ANSWER: Final = "none"
"""How the form names that there is no answer."""

OTHER: Final = "other"
REASONS: Final = {
    "misread": sentence("The reply was read wrongly"),
    "typing": sentence("The customer made a typing error"),
    "told": sentence("The customer said so afterwards"),
    "mixed": sentence("The customer mixed up the ends of the scale"),
    "someone": sentence("Somebody else answered, or by mistake"),
    OTHER: sentence("Something else"),
}
"""The short list; with the last one goes a reason in free words."""

LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """One value to choose: ``step`` is its colour, ``figure`` the agent's score with it, ``None`` where nobody's."""

    value: str
    words: str
    step: int
    figure: Figure | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent in, or nothing yet."""

    value: str = ""
    reason: str = ""
    words: str = ""
    fault: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be put right."""

    talk: Talk
    about: About
    question: Question
    before: int | None


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/conversations/<interview>/correct/<question>``, for admins and supervisors in scope."""

    @pages.get("/desk/conversations/<interview>/correct/<question>")
    def correct(interview: str, question: str) -> ResponseReturnValue:
        seen = look(field)
        matter = _matter(seen, interview, question)
        note_look(seen, "interview", interview)
        return _page(seen, matter, Typed())

    @pages.post("/desk/conversations/<interview>/correct/<question>")
    def put_right(interview: str, question: str) -> ResponseReturnValue:
        seen = look(field)
        return _put_right(seen, _matter(seen, interview, question))


def _matter(seen: Look, interview: str, name: str) -> Matter:
    """404 for what is out of scope, and for a question that is not answered by a number."""
    talk = conversation(seen.field.unit, seen.scope, interview)
    question = talk.form.question(name) if talk and talk.form else None
    if talk is None or question is None or question.scale not in SCALES:
        abort(404)
    of = talk.conversation
    if of.live or not question.fits(Channel(of.channel)):
        abort(404)
    before = next((had.value for had in of.answers if had.question == name), None)
    return Matter(talk, About(of.channel, of.language, talk.form), question, before)


def _put_right(seen: Look, matter: Matter) -> ResponseReturnValue:
    typed = _read()
    of, name = matter.talk.conversation, matter.question.id
    fault = _fault(matter, typed)
    if fault is not None:
        return _page(seen, matter, fault), 400
    value, reason = _number(typed.value), _reason(typed)
    try:
        conduct.correct(
            seen.field, of.id, name, value, by=actor(), reason=reason, seen=_number(request.form.get("seen", ""))
        )
    except ReplyRejected as rejected:
        newest = _matter(seen, of.id, name)
        return _page(seen, newest, _refused(newest, typed, str(rejected))), 409
    now = _words(matter, value)
    flash(
        sentence(
            "“%(name)s” is corrected from %(before)s to %(now)s. The customer is told nothing.",
            name=name,
            before=_words(matter, matter.before),
            now=now,
        )
    )
    return redirect(url_for("desk.talk", interview=of.id))


def _read() -> Typed:
    form = request.form
    written = "".join(letter if letter.isprintable() else " " for letter in form.get("words", ""))
    return Typed(form.get("value", ""), form.get("reason", ""), " ".join(written.split())[:LONGEST])


def _fault(matter: Matter, typed: Typed) -> Typed | None:
    """What keeps the form from being taken, or ``None``."""
    known = {choice for choice, _ in _values(matter)}
    if typed.value not in known:
        return _with_fault(typed, "value", sentence("Choose what the answer is."))
    if typed.reason not in REASONS:
        return _with_fault(typed, "reason", sentence("Choose a reason: it stands in the audit log."))
    if typed.reason == OTHER and not typed.words:
        return _with_fault(typed, "words", sentence("Say the reason in a few words."))
    if _number(typed.value) == matter.before and request.form.get("seen", "") == _form_value(matter.before):
        return _with_fault(typed, "value", sentence("That is what stands already. Choose another value."))
    return None


def _with_fault(typed: Typed, about: str, fault: str) -> Typed:
    return Typed(typed.value, typed.reason, typed.words, fault, about)


def _refused(matter: Matter, typed: Typed, words: str) -> Typed:
    """Somebody was first, where somebody was; what was typed stays."""
    mine = [each for each in matter.talk.corrections if each.question == matter.question.id]
    if mine and request.form.get("seen", "") != _form_value(matter.before):
        words = sentence(
            "It is %(before)s now: %(by)s was first. Look again before you change it",
            by=mine[-1].by,
            before=_words(matter, matter.before),
        )
    return _with_fault(typed, "value", f"{told(words).rstrip('.')}.")


def _page(seen: Look, matter: Matter, typed: Typed) -> str:
    of = matter.talk.conversation
    found = _effects(seen, matter)
    return show(
        "desk/correct.html",
        seen,
        (),
        talk=of,
        question=matter.question,
        words=in_words(matter.question.text, of.language) or matter.question.id,
        ends=[in_words(end, of.language) for end in (matter.question.low, matter.question.high)],
        replies=_replies(seen, matter),
        before=_words(matter, matter.before),
        before_value=_form_value(matter.before),
        step=step_of(matter.question.scale, matter.before),
        now=figure_of(found.now) if found else None,
        period=_period(found, seen.field.now().date()) if found else "",
        values=_choices(matter, found, typed),
        reasons=REASONS,
        longest=LONGEST,
        typed=typed,
    )


def _replies(seen: Look, matter: Matter) -> list[Bubble]:
    """What the customer wrote about the question."""
    exchange = Exchange(matter.talk.conversation.id, matter.about, matter.talk.timeline, matter.talk.corrections)
    said = bubbles_of(seen.field, exchange)
    return [each for each in said if each.direction == "in" and each.question == matter.question.id]


def _effects(seen: Look, matter: Matter) -> Effects | None:
    of, question = matter.talk.conversation, matter.question
    if of.agent == UNKNOWN_AGENT:
        return None
    change = Change(of.agent, question.scale, _day(seen, matter), matter.before)
    values = [_number(value) for value, _ in _values(matter)]
    return effects(seen.field.unit, seen.scope, change, values, seen.field.now().date(), seen.enough)


def _day(seen: Look, matter: Matter) -> date:
    """The day the answer counts on; a new one counts today."""
    given = (
        each.at.date()
        for each in matter.talk.timeline
        if isinstance(each, Happened)
        and isinstance(each.event, AnswerGiven)
        and each.event.question == matter.question.id
    )
    return next(given, seen.field.now().date())


def _period(found: Effects, today: date) -> str:
    return sentence("the last 30 days") if found.end == today else by(MONTH, found.start)


def _values(matter: Matter) -> list[tuple[str, str]]:
    """What may be chosen, as the form names it and in words."""
    scale = SCALES[matter.question.scale]
    numbers = [(str(value), _words(matter, value)) for value in range(scale.lowest, scale.highest + 1)]
    return [*numbers, (NO_ANSWER, sentence("No answer"))]


def _choices(matter: Matter, found: Effects | None, typed: Typed) -> list[Choice]:
    choices = []
    for value, words in _values(matter):
        number = _number(value)
        figure = figure_of(found.then[number]) if found and number != matter.before else None
        step = step_of(matter.question.scale, number)
        choices.append(Choice(value, words, step, figure, value == typed.value))
    return choices


def _words(matter: Matter, value: int | None) -> str:
    if value is None:
        return sentence("no answer")
    return matter.about.answer(matter.question.id, matter.question.scale, value)


def _number(value: str) -> int | None:
    """The number of a form's value; anything that is none means no answer."""
    return int(value) if value.isdecimal() and len(value) < 4 else None


def _form_value(value: int | None) -> str:
    return NO_ANSWER if value is None else str(value)


def _reason(typed: Typed) -> str:
    if typed.reason == OTHER:
        return typed.words
    return f"{REASONS[typed.reason]}: {typed.words}" if typed.words else REASONS[typed.reason]
