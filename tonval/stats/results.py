"""What came of a survey: each question with its distribution and scores, and how far those who were asked have come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, Select, case, func, or_, select

from tonval.stats.methods import Measure, Share, answered, measures, shares
from tonval.stats.pooling import Asked, Key, pooled, unknown
from tonval.stats.queries import Filter, by_scale
from tonval.stats.responses import among
from tonval.stats.scope import Scope
from tonval.stats.scores import ENOUGH, Histogram
from tonval.store.tables import interviews, survey_versions
from tonval.store.unit import Unit
from tonval.surveys.dispositions import Disposition
from tonval.surveys.questionnaire import Form
from tonval.surveys.record import form_from
from tonval.surveys.scales import ANSWERED, SCALES


@dataclass(frozen=True, slots=True)
class Course:
    """How many were asked, how many of them answered anything, and how many all."""

    asked: int
    started: int
    completed: int


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one question: ``n`` have answered it. ``shares`` tell the distribution, best answer first.

    The shares of options stand in the order in which they are asked. Words and call-backs have neither.
    """

    asked: Asked
    n: int
    measures: tuple[Measure, ...]
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """All questions of a survey. ``form`` is its newest version, ``None`` for one of which only answers are left."""

    survey: str
    form: Form | None
    course: Course
    questions: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """One survey in the list of all: how far its customers came, and its first question with a score."""

    survey: str
    form: Form | None
    course: Course
    first: Result | None


_ANSWERED: Final = or_(
    interviews.c.answered > 0, interviews.c.disposition.in_((Disposition.COMPLETE, Disposition.PARTIAL))
)
_COURSE: Final = (
    func.count(),
    func.coalesce(func.sum(case((_ANSWERED, 1), else_=0)), 0),
    func.coalesce(func.sum(case((interviews.c.disposition == Disposition.COMPLETE, 1), else_=0)), 0),
)


def results(unit: Unit, scope: Scope, survey: str, wanted: Filter, enough: int = ENOUGH) -> Results | None:
    """Of one survey, whatever survey ``wanted`` names; ``None`` when there is no such survey."""
    mine = replace(wanted, survey=survey)
    with unit.read() as connection:
        forms = _forms(connection, survey)
        histograms = _histograms(connection, scope, mine)
        course = Course(*connection.execute(_courses(scope, mine)).one())
    if not forms and not histograms:
        return None
    return Results(survey, max(forms, key=_version, default=None), course, _results(forms, histograms, enough))


def survey_rows(unit: Unit, scope: Scope, wanted: Filter, enough: int = ENOUGH) -> list[SurveyRow]:
    """Every survey that anybody in scope was asked with in the period, by name."""
    query = _courses(scope, wanted, interviews.c.survey).group_by(interviews.c.survey).order_by(interviews.c.survey)
    with unit.read() as connection:
        courses = {survey: Course(*course) for survey, *course in connection.execute(query)}
        found = by_scale(connection, scope, wanted, "survey", "question")
        forms = {survey: _forms(connection, survey) for survey in courses}
    rows = []
    for survey, course in courses.items():
        mine = {
            (name, scale): counts for (of, name), by in found.items() if of == survey for scale, counts in by.items()
        }
        told = _results(forms[survey], mine, enough)
        first = next((result for result in told if result.measures and result.n), None)
        rows.append(SurveyRow(survey, max(forms[survey], key=_version, default=None), course, first))
    return rows


def channel_courses(unit: Unit, scope: Scope, wanted: Filter) -> dict[str, Course]:
    """How far those came who were asked, by channel."""
    query = _courses(scope, wanted, interviews.c.channel).group_by(interviews.c.channel)
    with unit.read() as connection:
        return {channel: Course(*course) for channel, *course in connection.execute(query)}


def _histograms(connection: Connection, scope: Scope, wanted: Filter) -> dict[Key, Histogram]:
    found = by_scale(connection, scope, wanted, "question")
    return {(question, scale): counts for (question,), scales in found.items() for scale, counts in scales.items()}


def _results(forms: Sequence[Form], histograms: Mapping[Key, Histogram], enough: int) -> tuple[Result, ...]:
    """Questions that nobody is asked any more are there if they were answered in the period."""
    known = pooled(forms)
    shown = [asked for asked in known if asked.current or asked.key in histograms]
    left = sorted(histograms.keys() - {asked.key for asked in known})
    return tuple(_result(asked, histograms.get(asked.key, {}), enough) for asked in (*shown, *map(unknown, left)))


def _result(asked: Asked, histogram: Histogram, enough: int) -> Result:
    scale = asked.question.scale
    n = answered(scale, histogram)
    return Result(
        asked, n, measures(scale, histogram, enough), shares(scale, histogram, tuple(_codes(asked, histogram)), enough)
    )


def _codes(asked: Asked, histogram: Histogram) -> Iterable[int]:
    """What may be answered; an option that is in no version any more, but was chosen, comes last."""
    scale = SCALES.get(asked.question.scale)
    if scale is not None:
        return range(scale.highest, scale.lowest - 1, -1)
    codes = [option.code for option in asked.question.options]
    return [*codes, *sorted(histogram.keys() - {ANSWERED, *codes})]


def _courses(scope: Scope, wanted: Filter, *columns: Any) -> Select[Any]:
    return (
        select(*columns, *_COURSE)
        .where(among(interviews.c.started_at, wanted.start, wanted.end), wanted.places(interviews))
        .where(scope.allows(interviews.c.unit, interviews.c.agent))
    )


def _forms(connection: Connection, survey: str) -> list[Form]:
    query = select(survey_versions.c.form).where(survey_versions.c.survey == survey)
    return [form_from(form) for form in connection.execute(query).scalars()]


def _version(form: Form) -> int:
    return form.version
