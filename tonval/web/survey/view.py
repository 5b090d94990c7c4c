"""What stands on a survey page, as plain values: the questions with what was chosen, where one is, the reactions."""

from __future__ import annotations

from dataclasses import dataclass

from tonval.surveys import scales
from tonval.surveys.filled import WHOLE_PAGE, shown
from tonval.surveys.page_words import name_of, words
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.route import place_after, route
from tonval.surveys.saying import say
from tonval.surveys.state import Interview
from tonval.web.survey.asked import Asked, ask, in_language, say_fault
from tonval.web.survey.seen import Seen


@dataclass(frozen=True, slots=True)
class View:
    """A whole page. ``faults`` are the id of a field (empty: none) and the sentence; ``share`` is in hundredths."""

    at: str
    questions: tuple[Asked, ...]
    said: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]
    heading: str
    intro: str
    step: str
    share: int
    next: str
    back: bool
    keeps: bool
    languages: tuple[tuple[str, str], ...]


def view_of(form: Form, interview: Interview, seen: Seen) -> View:
    """The page that waits, or that of ``seen.at``; ``interview`` speaks the language that is shown."""
    whole = form.page.layout == "all"
    page = _visible(shown(form, interview, _wanted(form, interview, seen)), seen)
    first = page[0].id == form.asked_on(interview.channel)[0].id
    asked = tuple(ask(form, interview, question, seen) for question in page)
    faults = [("", say_fault(form, interview, slot)) for name, slot in seen.faults.items() if name == WHOLE_PAGE]
    last = whole or place_after(form, interview, form.asked_on(interview.channel).index(page[-1])) is None
    return View(
        at=page[0].id,
        questions=asked,
        said=_said(form, interview, whole and not seen.faults),
        faults=(*faults, *((question.faulty, question.fault) for question in asked if question.fault)),
        heading=(in_language(form.title, interview) or interview.fills.get("brand", "")) if whole else "",
        intro=words(form, "page.intro", interview.language, interview.fills) if first else "",
        step="" if whole else _step(form, interview, page[0]),
        share=0 if whole else _share(form, interview, page[0]),
        next=words(form, "page.finish" if last else "page.next", interview.language, interview.fills),
        back=not (whole or first),
        keeps=not whole or not any(question.when for question in form.questions),
        languages=tuple((code, name_of(code)) for code in form.languages) if len(form.languages) > 1 else (),
    )


def _wanted(form: Form, interview: Interview, seen: Seen) -> str:
    """The question to show: where a letter's answer was picked anew for a page that is behind, that page."""
    if seen.at:
        return seen.at
    names = {question.id for question in route(form, interview)}
    picked = (name for name, value in seen.chosen.items() if name in names and value not in _values(interview, name))
    return next(picked, "")


def _values(interview: Interview, name: str) -> tuple[str, ...]:
    return tuple(map(str, interview.values(name)))


def _visible(page: tuple[Question, ...], seen: Seen) -> tuple[Question, ...]:
    """On a page with more on it nobody is asked for a time where none is free."""
    free = tuple(question for question in page if seen.times or question.scale != scales.CALL_BACK)
    return free or page


def _said(form: Form, interview: Interview, more: bool) -> tuple[str, ...]:
    """The reactions to the page before; on one page, that some questions are left."""
    told = tuple(words.text for place in interview.told for words in say(form, interview, f"reaction.{place}"))
    left = (words(form, "page.more", interview.language),) if more and interview.has_said else ()
    return told + left


def _step(form: Form, interview: Interview, question: Question) -> str:
    """Where one is, in words; how many there are is told only where answers cannot change it."""
    asked = route(form, interview)
    number = next((place for place, each in enumerate(asked, 1) if each.id == question.id), 1)
    fixed = not any(each.when for each in form.questions)
    fills = {"number": str(number), "total": str(len(asked))}
    return words(form, "page.progress" if fixed else "page.step", interview.language, fills) if len(asked) > 1 else ""


def _share(form: Form, interview: Interview, question: Question) -> int:
    questions = form.asked_on(interview.channel)
    return round(100 * questions.index(question) / len(questions)) or 4
