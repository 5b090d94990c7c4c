"""What came of the surveys: all of them in a list, and one with every question as it was asked."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.field import Field
from tonval.stats.paging import BadCursor, Page
from tonval.stats.places import sees_survey
from tonval.stats.queries import Filter
from tonval.stats.responses import CommentRow, comments
from tonval.stats.results import Results, results, survey_rows
from tonval.surveys.page_words import NAMES
from tonval.surveys.sentences import sentence
from tonval.web.desk.answered import funnel, line_of, question_of, title_of
from tonval.web.desk.filters import Choice
from tonval.web.desk.look import Look, bar_of, look, show, show_live, state_of
from tonval.web.desk.shown import step_of

FEW = 12


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/answers`` and ``/desk/surveys/<survey>/answers``."""

    @pages.get("/desk/answers")
    def answers() -> ResponseReturnValue:
        seen = look(field)
        wished = _wished()
        return show_live(seen, f"{state_of(seen)}-{wished}", lambda state: _list(seen, state))

    @pages.get("/desk/surveys/<survey>/answers")
    def survey_answers(survey: str) -> ResponseReturnValue:
        seen = look(field)
        if not survey.isprintable():
            abort(404)
        wished = _wished()
        return show_live(seen, f"{state_of(seen)}-{wished}", lambda state: _one(seen, state, survey))


def _list(seen: Look, state: str) -> str:
    rows = survey_rows(seen.field.unit, seen.scope, seen.filter, seen.enough)
    lines = [line_of(row, _reading(row.form.languages if row.form else ())) for row in rows]
    return show("desk/answers.html", seen, state=state, lines=lines)


def _one(seen: Look, state: str, survey: str) -> str:
    wanted = replace(seen.filter, survey=survey, language=_chosen())
    found = results(seen.field.unit, seen.scope, survey, wanted, seen.enough)
    if found is None or not (found.course.asked or _sees(seen, survey)):
        abort(404)
    spoken = found.form.languages if found.form else ()
    language = wanted.language or _reading(spoken)
    said = _comments(seen, wanted)
    return show(
        "desk/results.html",
        seen,
        bar=_bar(seen, wanted, spoken),
        state=state,
        survey=survey,
        title=title_of(found.form, survey, language),
        language=wanted.language,
        funnel=funnel(found.course),
        questions=[question_of(result, language, seen.enough) for result in found.questions],
        named=_names(found, language),
        comments=said.rows,
        next=said.next,
        step_of=step_of,
    )


def _sees(seen: Look, survey: str) -> bool:
    """Whether it is no survey of other places; what came of hers she sees whoever asks with it."""
    return sees_survey(seen.field.centre, seen.scope, survey)


def _comments(seen: Look, wanted: Filter) -> Page[CommentRow]:
    try:
        return comments(seen.field.unit, seen.scope, wanted, cursor=request.args.get("cursor"), limit=FEW)
    except BadCursor:
        abort(404)


def _bar(seen: Look, wanted: Filter, spoken: tuple[str, ...]) -> list[Choice]:
    """The desk's filters without the survey, which the page is about, and with the language."""
    offers = {language: NAMES.get(language, language) for language in spoken}
    spare = Choice(
        "language", sentence("Language"), (("", sentence("All languages")), *offers.items()), wanted.language or ""
    )
    shown = [choice for choice in bar_of(seen, seen.units) if choice.name != "survey"]
    return [*shown, spare] if len(offers) > 1 else shown


def _names(found: Results, language: str) -> dict[str, str]:
    """Question to its words, for what was written about it."""
    asked = [result.asked.question for result in found.questions]
    return {question.id: question.text.get(language) or question.id for question in asked}


def _chosen() -> str | None:
    """The language that answers are wanted in."""
    text = request.args.get("language", "")
    return text if text and text.isprintable() and len(text) <= 20 else None


def _reading(spoken: tuple[str, ...]) -> str:
    """The language of the survey that the reader reads best, by her browser."""
    return request.accept_languages.best_match(spoken) or next(iter(spoken), "")


def _wished() -> str:
    """The reader's languages, as a part of what a page depends on."""
    return "".join(sorted(request.accept_languages.values()))[:40].replace("*", "")
