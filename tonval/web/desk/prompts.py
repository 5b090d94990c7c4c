"""The prompt library: which recording is heard where, to listen to."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from tonval.fieldwork import prompts
from tonval.fieldwork.field import Field
from tonval.web.desk.look import look, show

FOREVER = "private, max-age=31536000, immutable"


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/prompts`` and the sound of each, for admins and supervisors."""

    @pages.get("/desk/prompts")
    def library() -> ResponseReturnValue:
        return show("desk/prompts.html", look(field), prompts=prompts.library(field))

    @pages.get("/desk/sounds/<digest>.wav")
    def sound(digest: str) -> ResponseReturnValue:
        wav = prompts.wav_of(field, digest)
        if wav is None:
            abort(404)
        response = Response(wav, content_type="audio/wav", headers={"Cache-Control": FOREVER})
        response.accept_ranges = "none"
        return response
