"""A survey's numbers as its page prints them: the same rounding as the API, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tonval.stats.methods import Measure, Share
from tonval.stats.pooling import Asked
from tonval.stats.results import Course, Result, SurveyRow
from tonval.stats.said import in_words
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.scales import CALL_BACK, FREE_TEXT, SCALES, YES_NO
from tonval.surveys.sentences import sentence
from tonval.web.desk.marks import RangeMark, measure_mark
from tonval.web.desk.shown import step_of
from tonval.web.numerals import decimal, number, percent, signed

NAMES: Final = {
    "nki": "NKI",
    "nps": "NPS",
    "index": sentence("Index"),
    "mean": sentence("Mean"),
    "csat": sentence("Satisfied"),
    "easy": sentence("Found it easy"),
    "yes": sentence("Yes"),
}
"""The measures by name."""

MEANINGS: Final = {
    "nki": sentence("0 to 100, from the mean of 1 to 5"),
    "nps": sentence("−100 to 100, those who say 9 or 10 less those who say 0 to 6"),
    "index": sentence("0 to 100, from the mean of 1 to 10"),
    "mean": sentence("the mean on the question's own scale"),
    "csat": sentence("those who say 4 or 5"),
    "easy": sentence("those who say 5, 6 or 7 of 7"),
    "yes": sentence("those who say yes"),
}
_PERCENT: Final = frozenset({"csat", "easy", "yes"})
_SIGNED: Final = frozenset({"nps"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure ready to print; ``meaning`` says what it is."""

    name: str
    meaning: str
    value: str
    low: str
    high: str
    n: int
    enough: bool
    mark: RangeMark | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a distribution: ``width`` is the share, 0 to 100, ``step`` the colour, 0 for what is no score.

    ``reach`` is the interval of an option's share, empty for the numbers of a scale.
    """

    name: str
    words: str
    n: int
    percent: str
    reach: str
    width: float
    step: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as the page shows it. ``notes`` say what is counted together, ``kind`` what it asks for."""

    id: str
    text: str
    kind: str
    n: int
    enough: bool
    main: Figure | None
    more: tuple[Figure, ...]
    bars: tuple[Bar, ...]
    notes: tuple[str, ...]
    in_words: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """How many came so far, and how many per cent of those who were asked that is."""

    name: str
    n: int
    percent: str
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """A survey in the list of all."""

    survey: str
    title: str
    asked: int
    started: int
    completed: int
    rate: str
    question: str
    figure: Figure | None


def question_of(result: Result, language: str, enough: int) -> Shown:
    """One question with its numbers, in the language where it has words."""
    question = result.asked.question
    figures = tuple(figure_of(measure) for measure in result.measures)
    return Shown(
        id=question.id,
        text=in_words(question.text, language) or question.id,
        kind=_kind(question),
        n=result.n,
        enough=result.n >= enough,
        main=figures[0] if figures else None,
        more=figures[1:],
        bars=tuple(_bar(question, share, language) for share in result.shares),
        notes=_notes(result.asked),
        in_words=question.scale in (FREE_TEXT, CALL_BACK),
    )


def figure_of(measure: Measure) -> Figure:
    """A measure with its interval and its mark."""
    value = _printed(measure.method, measure.value, 1)
    low, high = (
        _printed(measure.method, each, 1 if measure.method == "mean" else 0) for each in (measure.low, measure.high)
    )
    name, meaning = NAMES[measure.method], MEANINGS[measure.method]
    return Figure(name, meaning, value, low, high, measure.n, measure.enough, measure_mark(measure))


def funnel(course: Course) -> tuple[Stage, ...]:
    """From being asked to having answered everything."""
    named = (
        (sentence("Asked"), course.asked),
        (sentence("Began to answer"), course.started),
        (sentence("Finished"), course.completed),
    )
    return tuple(Stage(name, n, _percent(n, course.asked), 100 * n / (course.asked or 1)) for name, n in named)


def line_of(row: SurveyRow, language: str) -> Line:
    """A survey's line in the list of all."""
    course, first = row.course, row.first
    asked = first.asked.question if first else None
    return Line(
        survey=row.survey,
        title=title_of(row.form, row.survey, language),
        asked=course.asked,
        started=course.started,
        completed=course.completed,
        rate=_percent(course.started, course.asked),
        question=(in_words(asked.text, language) or asked.id) if asked else "",
        figure=figure_of(first.measures[0]) if first else None,
    )


def title_of(form: Form | None, survey: str, language: str) -> str:
    """What the survey is called: its title, else its name."""
    return (in_words(form.title, language) if form else "") or survey


def _kind(question: Question) -> str:
    scale = SCALES.get(question.scale)
    if question.scale == YES_NO.name:
        return sentence("yes or no")
    if scale is not None:
        return sentence("%(lowest)s to %(highest)s", lowest=scale.lowest, highest=scale.highest)
    return _KINDS.get(question.scale, question.scale)


_KINDS: Final[Mapping[str, str]] = {
    "choice": sentence("one of these"),
    "choices": sentence("any of these, so the shares may be more than 100 % together"),
    "text": sentence("in the customer's own words"),
    "spoken": sentence("in the customer's own voice"),
    "call_back": sentence("a time to be called back"),
}


def _bar(question: Question, share: Share, language: str) -> Bar:
    option = question.option(share.code)
    is_score = question.scale in SCALES
    name, words = _named(question, share.code, language) if is_score else ("", "")
    if not is_score:
        name = (
            in_words(option.text, language)
            if option
            else sentence("an option that is gone (%(code)s)", code=share.code)
        )
    reach = (
        ""
        if is_score or share.low is None
        else sentence("%(low)s to %(high)s %%", low=number(share.low), high=number(share.high or 0))
    )
    part = "–" if share.share is None else percent(share.share, 1)
    return Bar(name, words, share.k, part, reach, round(share.share or 0, 1), step_of(question.scale, share.code))


def _named(question: Question, value: int, language: str) -> tuple[str, str]:
    """A number of the scale, and the words that stand at its ends."""
    if question.scale == YES_NO.name:
        return (sentence("Yes") if value else sentence("No")), ""
    scale = SCALES[question.scale]
    ends = {scale.lowest: question.low, scale.highest: question.high}
    return str(value), in_words(ends.get(value, {}), language)


def _notes(asked: Asked) -> tuple[str, ...]:
    """What the reader must know about versions."""
    notes = []
    if not asked.current:
        notes.append(
            sentence("asked until version %(versions)s", versions=asked.versions[-1])
            if asked.versions
            else sentence("not asked any more")
        )
    if asked.reworded:
        told = ", ".join(str(version) for version in asked.reworded)
        notes.append(sentence("counted together with answers to other words: changed in version %(told)s", told=told))
    return tuple(notes)


def _printed(method: str, value: float | None, places: int) -> str:
    """One decimal at most; intervals in whole points, except on a short scale."""
    if value is None:
        return "–"
    text = signed(value, places) if method in _SIGNED else decimal(value, places)
    return sentence("%(n)s %%", n=text) if method in _PERCENT else text


def _percent(n: int, of: int) -> str:
    return percent(100 * n / of, 1) if of else "–"
