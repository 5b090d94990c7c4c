"""What came of a survey, as JSON: the same numbers as its page on the desk."""

from __future__ import annotations

from typing import Any

from tonval.stats.figures import measure_figures, share_figures
from tonval.stats.methods import Share
from tonval.stats.queries import Filter
from tonval.stats.results import Result, Results


def results_json(wanted: Filter, found: Results) -> dict[str, Any]:
    """The body of ``GET /stats/surveys/{survey}``."""
    return {
        "from": wanted.start.isoformat(),
        "to": wanted.end.isoformat(),
        "survey": found.survey,
        "title": dict(found.form.title) if found.form else {},
        "version": found.form.version if found.form else None,
        "asked": found.course.asked,
        "started": found.course.started,
        "completed": found.course.completed,
        "questions": [_question(result) for result in found.questions],
    }


def _question(result: Result) -> dict[str, Any]:
    asked = result.asked
    return {
        "question": asked.question.id,
        "scale": asked.question.scale,
        "text": dict(asked.question.text),
        "current": asked.current,
        "versions": list(asked.versions),
        "reworded": list(asked.reworded),
        "n": result.n,
        "scores": [measure_figures(measure) for measure in result.measures],
        "distribution": [_share(result, share) for share in result.shares],
    }


def _share(result: Result, share: Share) -> dict[str, Any]:
    """An option is told by its id and words, beside the code that it is counted under."""
    option = result.asked.question.option(share.code)
    named = {"option": option.id, "label": dict(option.text)} if option else {}
    return {"value": share.code, **named, **share_figures(share)}
