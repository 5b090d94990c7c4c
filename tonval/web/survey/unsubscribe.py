"""The page where a customer says that she wants no more, and may take it back; mail programs press its button too.

RFC 8058: the POST of a mail program's own button carries no cookie, is sent on by nobody, and counts at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import unsubscribing
from tonval.fieldwork.dressing import dressed
from tonval.fieldwork.field import Field
from tonval.fieldwork.unsubscribing import Standing
from tonval.surveys.page_words import direction, spoken, usual
from tonval.web.survey.page import answer
from tonval.web.survey.render import Rendered, render_closed
from tonval.web.survey.style import policy, style_of

START: Final = "start"
"""What the button that takes it back sends as ``action``; any other POST says stop."""


@dataclass(frozen=True, slots=True)
class _Stop:
    """What the page says, and its one button."""

    title: str
    text: str
    button: str
    action: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class _Around:
    """What the frame of every survey page needs."""

    language: str
    direction: str
    title: str
    brand: str
    logo: str | None
    frames: str = ""


def blueprint(field: Field) -> Blueprint:
    """``/u/<token>``, to be let off the CSRF guard: the token is the proof, and there is nobody signed in."""
    pages = Blueprint("unsubscribe", __name__)

    @pages.get("/u/<token>")
    def look(token: str) -> ResponseReturnValue:
        return _shown(field, unsubscribing.look_up(field, token))

    @pages.post("/u/<token>")
    def wish(token: str) -> ResponseReturnValue:
        starts = request.form.get("action") == START
        change: Callable[[Field, str], Standing | None] = unsubscribing.start if starts else unsubscribing.stop
        return _shown(field, change(field, token), undone=starts)

    return pages


def _shown(field: Field, standing: Standing | None, *, undone: bool = False) -> Response:
    if standing is None:
        return answer(render_closed(field.centre.brand, spoken(request.headers.get("Accept-Language", ""))), 404)
    form, brand = dressed(standing.form, field.centre.look), field.centre.brand
    stop = _words(standing, brand, undone)
    around = _Around(standing.language, direction(standing.language), stop.title, brand, form.page.logo)
    style = style_of(form.page)
    html = render_template("survey/stop.html", seen=around, style=style, script="", stop=stop)
    return answer(Rendered(html, policy(replace(form.page, frames=()), style)))


def _words(standing: Standing, brand: str, undone: bool) -> _Stop:
    def say(slot: str) -> str:
        return usual(f"stop.{slot}", standing.language, {"brand": brand})

    if standing.stopped:
        return _Stop(say("done"), say(f"done_{standing.channel}"), say("undo"), START)
    said = say("undone") if undone else ""
    return _Stop(say("title"), say(standing.channel), say("button"), "stop", said)
