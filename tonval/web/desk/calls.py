"""Our own calls to customers who hung up first: what became of each, which need a look, and what is left of the day."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.calls.rationing import used_today
from tonval.fieldwork.colleagues.roles import Permission
from tonval.fieldwork.field import Field
from tonval.stats.dialled import FATES, Fate, calls_made, fates
from tonval.stats.paging import BadCursor
from tonval.web.desk.look import Look, look, show
from tonval.web.desk.steps import PROVIDERS

ICONS: Final = {
    Fate.TOOK_PART: "check",
    Fate.BY_HERSELF: "check",
    Fate.OTHER_WAY: "message",
    Fate.UNREACHED: "phone-off",
    Fate.REFUSED: "x",
    Fate.NOT_CALLED: "phone-off",
    Fate.OPEN: "clock",
}
"""The mark of each row."""


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/calls``."""

    @pages.get("/desk/calls")
    def calls() -> ResponseReturnValue:
        return _list(look(field))


def _list(seen: Look) -> str:
    in_doubt = request.args.get("only") == "doubtful"
    try:
        found = calls_made(
            seen.field.unit, seen.scope, seen.filter, in_doubt=in_doubt, cursor=request.args.get("cursor")
        )
    except BadCursor:
        abort(404)
    runs = seen.person.may(Permission.SET_UP)
    became = fates(seen.field.unit, seen.scope, seen.filter)
    return show(
        "desk/calls.html",
        seen,
        calls=found.rows,
        became=[(FATES[fate], n, 100 * n / sum(became.values())) for fate, n in became.items()],
        icons=ICONS,
        next=found.next,
        in_doubt=in_doubt,
        used=used_today(seen.field) if runs else (),
        calling=any(queue.calling for queue in seen.field.centre.queues.values()),
        providers=PROVIDERS,
    )
