"""A page as the browser sent it in, read into a choice, with a sentence for each field that cannot be taken. Pure.

Fields: ``at`` the question the page begins with; ``go`` the button, ``lang-sv`` for a language; ``q.<id>`` what stands
with a question; ``q.<id>.phone`` the number to call; ``m.<id>`` marks a list of boxes, so that none ticked is known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tonval.surveys import scales
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.route import is_asked, route
from tonval.surveys.state import Interview
from tonval.surveys.turns import Choice, Entry, Go

Posted = Mapping[str, Sequence[str]]
"""Field name to all that was sent under it, in order."""

MOST_LETTERS: Final = 4000
"""The longest text that is kept with a question."""

WHOLE_PAGE: Final = ""
"""Where a fault stands that belongs to no field of the page."""

LANGUAGE: Final = "lang-"
_NUMBER: Final = re.compile(r"[0-9]{1,4}", re.ASCII)


class _Unfit(Exception):
    """A field that cannot be taken; the text is the slot of the sentence about it."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is free now: ``times`` a customer can be called at; ``dial`` makes a number E.164 or raises ValueError."""

    times: Collection[datetime] = ()
    dial: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Filled:
    """What a page brought: ``faults`` maps questions to slots of ``page_words``, ``typed`` holds the faulty fields."""

    choice: Choice
    faults: Mapping[str, str] = field(default_factory=dict)
    typed: Posted = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether all of it can be taken."""
        return not self.faults


def read_page(form: Form, interview: Interview, posted: Posted, around: Around) -> Filled:
    """The choice in the posted fields. With a fault nothing moves (``Go.KEEP``) and what is sound is kept."""
    at, go = _first(posted, "at"), _go(_first(posted, "go"))
    known = {question.id: question for question in form.asked_on(interview.channel)}
    sent = _questions_in(posted)
    allowed = _on_page(form, interview, at)
    faults: dict[str, str] = {WHOLE_PAGE: "page.unknown"} if sent - allowed or go is None else {}
    entries: list[Entry] = []
    for name in (name for name in known if name in sent & allowed):
        try:
            entries.append(_read(known[name], posted, around))
        except _Unfit as unfit:
            faults[name] = str(unfit)
    choice = Choice(at, tuple(entries), Go.KEEP if faults else go or Go.KEEP, _closed(known.values(), around))
    return Filled(choice, faults, {key: tuple(posted[key]) for key in posted if _question_of(key) in faults})


def language_wished(posted: Posted) -> str:
    """The language whose button was pressed; empty: another button."""
    go = _first(posted, "go")
    return go.removeprefix(LANGUAGE) if go.startswith(LANGUAGE) else ""


def picked(form: Form, interview: Interview, query: Posted) -> dict[str, str]:
    """The answers that the address of a page picks beforehand, by question: those that could be given."""
    found: dict[str, str] = {}
    for question in route(form, interview):
        values = tuple(query.get(question.id, ()))
        if values and question.scale not in (scales.CHOICES, scales.FREE_TEXT, scales.CALL_BACK):
            with suppress(_Unfit):
                found[question.id] = str(*_one(question, values))
    return found


def shown(form: Form, interview: Interview, at: str = "") -> tuple[Question, ...]:
    """The questions of the page: that of ``at`` where one was asked for, else of the page that waits or was the last.

    On a survey of one page, all that is asked.
    """
    if form.page.layout == "all":
        return route(form, interview)
    questions = form.asked_on(interview.channel)
    wanted = (place for place, question in enumerate(questions) if question.id == at and place <= interview.reached)
    place = next(wanted, interview.position)
    return questions[place : place + 1]


def stands_already(form: Form, interview: Interview, choice: Choice) -> bool:
    """Whether the page is the last one and says, for each of its questions, just what is stored."""
    asked = [question.id for question in route(form, interview)]
    page = asked if form.page.layout == "all" else asked[-1:]
    sent = {entry.question: entry for entry in choice.entries}
    same = all(sent.get(name, Entry(name)) == standing(interview, name) for name in page)
    return same and sent.keys() <= {*page} and choice.at in page and choice.go is Go.NEXT


def standing(interview: Interview, question: str) -> Entry:
    """What is stored with a question, as a page would send it."""
    codes = tuple(sorted(interview.values(question)))
    boxes = any(answer.question == question and answer.scale == scales.CHOICES for answer in interview.answers)
    entry = Entry(
        question, codes[1:] if boxes and codes[:1] == (scales.ANSWERED,) else codes, interview.words(question)
    )
    back = interview.call_back
    return Entry(question, (), "", back.moment, back.phone) if back and back.question == question else entry


def _read(question: Question, posted: Posted, around: Around) -> Entry:
    values = [value for value in posted.get(f"q.{question.id}", ()) if value.strip()]
    match question.scale:
        case scales.FREE_TEXT:
            return Entry(question.id, text=_words("\n".join(values)))
        case scales.CALL_BACK:
            return _wish(question.id, values, _first(posted, f"q.{question.id}.phone"), around)
        case scales.CHOICES:
            return Entry(question.id, tuple(sorted({_option(question, value) for value in values})))
        case _:
            return Entry(question.id, _one(question, values))


def _one(question: Question, values: Sequence[str]) -> tuple[int, ...]:
    if len(set(values)) > 1:
        raise _Unfit("page.unknown")
    if question.scale == scales.CHOICE:
        return tuple(_option(question, value) for value in values[:1])
    codes = tuple(_whole(value) for value in values[:1])
    if question.numbers is None or any(code not in question.numbers for code in codes):
        raise _Unfit("page.unknown")
    return codes


def _option(question: Question, value: str) -> int:
    code = _whole(value)
    if question.option(code) is None:
        raise _Unfit("page.unknown")
    return code


def _whole(value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise _Unfit("page.unknown")
    return int(value)


def _words(text: str) -> str:
    """The text with plain line ends; tabs stay."""
    words = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(words) > MOST_LETTERS:
        raise _Unfit("page.too_long")
    if any(letter not in "\n\t" and unicodedata.category(letter) in ("Cc", "Cs") for letter in words):
        raise _Unfit("page.strange")
    return words


def _wish(question: str, values: Sequence[str], phone: str, around: Around) -> Entry:
    if not values:
        return Entry(question)
    moment = _moment(values[0])
    if moment not in around.times or len(set(values)) > 1:
        raise _Unfit("page.time_gone")
    try:
        return Entry(question, moment=moment, phone=around.dial(phone.strip()))
    except ValueError:
        raise _Unfit("page.bad_phone") from None


def _moment(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise _Unfit("page.time_gone") from None


def _on_page(form: Form, interview: Interview, at: str) -> set[str]:
    """The questions that may be filled in: those shown, and those before that are asked still."""
    questions = form.asked_on(interview.channel)[: interview.reached + 1]
    asked = {question.id for question in questions if is_asked(form, interview, question)}
    return asked | set(interview.offered) | {at}


def _closed(questions: Collection[Question], around: Around) -> tuple[str, ...]:
    return () if around.times else tuple(question.id for question in questions if question.scale == scales.CALL_BACK)


def _questions_in(posted: Posted) -> set[str]:
    return {name for key in posted if (name := _question_of(key)) is not None}


def _question_of(key: str) -> str | None:
    kind, _, name = key.partition(".")
    return name.removesuffix(".phone") if kind in ("q", "m") else None


def _go(value: str) -> Go | None:
    """The button; a form that is sent without one goes on. ``None``: there is no such button."""
    if value.startswith(LANGUAGE):
        return Go.KEEP
    return Go(value or "next") if value in ("", *Go) else None


def _first(posted: Posted, name: str) -> str:
    return next(iter(posted.get(name, ())), "")
