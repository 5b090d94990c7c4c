"""What customers wrote, newest first."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.field import Field
from tonval.stats.paging import BadCursor
from tonval.stats.responses import comments
from tonval.web.desk.look import look, show, show_live, state_of
from tonval.web.desk.shown import step_of


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/comments``."""

    @pages.get("/desk/comments")
    def said() -> ResponseReturnValue:
        seen = look(field)
        cursor = request.args.get("cursor")

        def page(state: str) -> str:
            try:
                found = comments(field.unit, seen.scope, seen.filter, cursor=cursor)
            except BadCursor:
                abort(404)
            return show("desk/comments.html", seen, state=state, comments=found.rows, next=found.next, step_of=step_of)

        return show_live(seen, state_of(seen), page)
