"""Poor answers that somebody was told about, newest first."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tonval.fieldwork.field import Field
from tonval.followup.queries import AlertRow, list_alerts
from tonval.stats.queries import Filter
from tonval.stats.responses import midnight
from tonval.web.desk.look import Look, look, show, show_live, state_of
from tonval.web.desk.shown import step_of


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/alerts``."""

    @pages.get("/desk/alerts")
    def alerts() -> ResponseReturnValue:
        seen = look(field)
        second = field.now().strftime("%H%M%S")[:-1]  # a worker makes alerts after the answer's own version
        return show_live(seen, f"{state_of(seen)}-{second}", lambda state: _page(seen, state))


def _page(seen: Look, state: str) -> str:
    since = midnight(seen.filter.start)
    with seen.field.unit.read() as tx:
        rows = list_alerts(tx, units=seen.scope.units, agent=seen.scope.agent, since=since, limit=100)
    rows = [row for row in rows if _is_wanted(row, seen.filter)]
    rules = {rule.id: rule for rule in seen.field.centre.alerts}
    return show("desk/alerts.html", seen, state=state, alerts=rows, rules=rules, step_of=step_of)


def _is_wanted(row: AlertRow, wanted: Filter) -> bool:
    """The filter bar's queue, channel and unit."""
    there = wanted.unit is None or row.unit == wanted.unit or row.unit.startswith(f"{wanted.unit}/")
    return there and wanted.queue in (None, row.queue) and wanted.channel in (None, row.channel)
