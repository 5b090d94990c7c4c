"""One agent's page: her scores, their course, what customers wrote, and her latest responses."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from tonval.fieldwork.field import Field
from tonval.stats.agents import Step, agent_row, agent_trend
from tonval.stats.conversations import conversations
from tonval.stats.responses import comments
from tonval.stats.today import Standing, standing
from tonval.surveys.sentences import sentence
from tonval.web.desk.charts import Chart, change_words, nki_chart, nps_chart, title_of
from tonval.web.desk.look import Look, look, show, show_live, state_of
from tonval.web.desk.shown import agent_line, step_of

LATEST = 12
A_WEEK = 7


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/agents/<agent>``."""

    @pages.get("/desk/agents/<path:agent>")
    def agent(agent: str) -> ResponseReturnValue:
        seen = look(field)
        return show_live(seen, state_of(seen), lambda state: _page(seen, state, agent))


def _page(seen: Look, state: str, agent: str) -> str:
    unit, scope, wanted = seen.field.unit, seen.scope, seen.filter
    row = agent_row(unit, scope, wanted, agent, seen.enough)
    if row is None:
        abort(404)
    stands = standing(unit, scope, wanted, seen.enough, agent)
    return show(
        "desk/agent.html",
        seen,
        state=state,
        line=agent_line(row),
        nki_change=change_words(stands.nki_change, seen.wanted.before),
        nps_change=change_words(stands.nps_change, seen.wanted.before),
        charts=_charts(seen, agent, row.name, stands),
        comments=comments(unit, scope, wanted, agent=agent, limit=LATEST).rows,
        latest=conversations(unit, scope, wanted, agent=agent, limit=LATEST).rows,
        step_of=step_of,
    )


def _charts(seen: Look, agent: str, name: str, stands: Standing) -> dict[str, Chart | None]:
    """By day for a week or less, by week beyond: one agent's days hold too few answers to be looked at alone."""
    wanted = seen.wanted
    step = Step.DAY if wanted.filter.days <= A_WEEK else Step.WEEK
    points = agent_trend(seen.field.unit, seen.scope, wanted.filter, agent, step, seen.enough)
    words = (wanted.words, wanted.before)
    return {
        "nki": nki_chart(points, title_of(sentence("%(name)s's NKI", name=name), stands.nki_change, *words)),
        "nps": nps_chart(points, title_of(sentence("%(name)s's NPS", name=name), stands.nps_change, *words)),
    }
