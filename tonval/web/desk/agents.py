"""The agents page: every agent's NKI and NPS with what is behind it, sorted as one likes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.field import Field
from tonval.stats.agents import agent_rows
from tonval.web.desk.look import Look, look, show, show_live, state_of
from tonval.web.desk.shown import AgentLine, Shown, agent_line
from tonval.web.desk.sparks import Sparks

Order = Callable[[AgentLine], tuple[bool, float, str]]


def _by_score(pick: Callable[[AgentLine], Shown], sign: int) -> Order:
    """By a score; those with too few answers come last either way: they have no place among the others."""

    def order(line: AgentLine) -> tuple[bool, float, str]:
        shown = pick(line)
        return not shown.enough, sign * (shown.sort or 0.0), line.row.name.casefold()

    return order


ORDERS: Final[dict[str, Order]] = {
    "name": lambda line: (not line.row.known, 0.0, line.row.name.casefold()),
    "-nki": _by_score(lambda line: line.nki, -1),
    "nki": _by_score(lambda line: line.nki, 1),
    "-nps": _by_score(lambda line: line.nps, -1),
    "nps": _by_score(lambda line: line.nps, 1),
    "-n": lambda line: (False, -float(line.nki.n + line.nps.n), line.row.name.casefold()),
}


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/agents``."""
    sparks = Sparks(field)

    @pages.get("/desk/agents")
    def agents() -> ResponseReturnValue:
        seen = look(field)
        return show_live(seen, state_of(seen), lambda state: _page(seen, state, sparks))


def _page(seen: Look, state: str, sparks: Sparks) -> str:
    sort = request.args.get("sort", "name")
    sort = sort if sort in ORDERS else "name"
    lines = lines_of(seen)
    lines.sort(key=ORDERS[sort])
    return show(
        "desk/agents.html",
        seen,
        state=state,
        lines=lines,
        sort=sort if sort != "name" else "",
        sparks=sparks.of(seen.scope, seen.filter),
        total=sum(line.nki.n + line.nps.n for line in lines),
    )


def lines_of(seen: Look) -> list[AgentLine]:
    """Every agent the reader may see."""
    return [agent_line(row) for row in agent_rows(seen.field.unit, seen.scope, seen.filter, seen.enough)]
