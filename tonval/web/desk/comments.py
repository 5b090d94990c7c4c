"""What customers wrote and spoke, newest first, and the sound of what was spoken."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.audit import Deed
from tonval.fieldwork.field import Field
from tonval.fieldwork.looks import note_hourly
from tonval.stats.paging import BadCursor
from tonval.stats.responses import comments
from tonval.stats.voices import sound
from tonval.web.desk.look import Look, look, show, show_live, state_of
from tonval.web.desk.looks import actor
from tonval.web.desk.shown import step_of
from tonval.web.playing import played

HEARD: Final = "comment.heard"
LONGEST: Final = 100


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/comments`` and ``/desk/recordings/<recording>.wav``."""

    @pages.get("/desk/recordings/<recording>.wav")
    def recording(recording: str) -> ResponseReturnValue:
        return _hear(look(field), recording[:LONGEST].replace("\0", ""))

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


def _hear(seen: Look, recording: str) -> Response:
    """A customer's voice is personal data: who listens is noted, once an hour however often a player asks."""
    found = sound(seen.field.unit, seen.scope, recording)
    if found is None:
        abort(404)
    note_hourly(seen.field, actor(), Deed(HEARD, "interview", found.interview, {"recording": recording}))
    response = played(found.wav)
    if "download" in request.args:
        response.headers["Content-Disposition"] = f'attachment; filename="{recording}.wav"'
    return response
