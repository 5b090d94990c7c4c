"""The first page: how we are doing, whether it gets better, who needs help, and what is on fire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tonval.fieldwork.colleagues.roles import Permission
from tonval.fieldwork.field import Field
from tonval.followup.queries import count_alerts, list_alerts
from tonval.stats.today import Overview, overview
from tonval.web.desk.call_backs import waiting
from tonval.web.desk.charts import Chart, change_words, nki_chart, nps_chart, title_of
from tonval.web.desk.look import Look, look, show, show_live, state_of
from tonval.web.desk.shown import agent_line, show_nki, show_nps, step_of


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk``."""

    @pages.get("/desk")
    def today() -> ResponseReturnValue:
        seen = look(field)
        minute = field.now().strftime("%H%M")  # the last hour's answers leave it by themselves
        return show_live(seen, f"{state_of(seen)}-{minute}", lambda state: _page(seen, state))


def _page(seen: Look, state: str) -> str:
    found = overview(seen.field.unit, seen.scope, seen.filter, seen.field.now(), seen.enough)
    standing, wanted = found.standing, seen.wanted
    return show(
        "desk/today.html",
        seen,
        state=state,
        found=found,
        nki=show_nki(standing.nki, standing.nki_histogram),
        nps=show_nps(standing.nps),
        nki_change=change_words(standing.nki_change, wanted.before),
        nps_change=change_words(standing.nps_change, wanted.before),
        charts=_charts(seen, found),
        behind=[(each, agent_line(each.row)) for each in found.behind],
        step_of=step_of,
        **_alerts(seen),
        **_call_backs(seen),
    )


def _charts(seen: Look, found: Overview) -> dict[str, Chart | None]:
    period, before = seen.wanted.words, seen.wanted.before
    return {
        "nki": nki_chart(found.trend, title_of("NKI", found.standing.nki_change, period, before)),
        "nps": nps_chart(found.trend, title_of("NPS", found.standing.nps_change, period, before)),
    }


def _alerts(seen: Look) -> dict[str, Any]:
    since = seen.field.now() - timedelta(days=1)
    units, agent = seen.scope.units, seen.scope.agent
    with seen.field.unit.read() as tx:
        return {
            "alerts": list_alerts(tx, units=units, agent=agent, since=since, limit=5),
            "alert_count": count_alerts(tx, units=units, agent=agent, since=since),
        }


def _call_backs(seen: Look) -> dict[str, Any]:
    """For those who may see them."""
    planned, overdue = waiting(seen.field, seen.scope.units) if seen.person.may(Permission.CALL_BACK) else (0, 0)
    return {"call_backs_planned": planned, "call_backs_overdue": overdue}
