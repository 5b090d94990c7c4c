"""Calls and messages as they happen, and one of them from beginning to end."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from tonval.fieldwork.field import Field
from tonval.stats.conversations import conversations
from tonval.stats.decisions import contact_version, not_asked
from tonval.stats.paging import BadCursor
from tonval.stats.timeline import conversation
from tonval.surveys.questionnaire import Channel
from tonval.web.desk.look import Look, look, show, show_live
from tonval.web.desk.shown import step_of
from tonval.web.desk.steps import bubbles_of, steps_of
from tonval.web.desk.why import sentence_for

KINDS: Final = {"call": "Call", "sms": "SMS", "link": "Survey by SMS link", "email": "Survey by e-mail"}
STAGES: Final = {
    "awaiting digits": "waits for a key",
    "awaiting text": "waits for a reply",
    "awaiting page": "waits for the customer to answer on the page",
}
"""What the machine waits for, in words."""


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/conversations``, one of them, and the response that came of it."""

    @pages.get("/desk/conversations")
    @login_required
    def talks() -> ResponseReturnValue:
        seen = look(field)
        return show_live(seen, contact_version(field.unit), lambda state: _list(seen, state))

    @pages.get("/desk/conversations/<interview>")
    @login_required
    def talk(interview: str) -> ResponseReturnValue:
        seen = look(field)
        return show_live(seen, contact_version(field.unit), lambda state: _one(seen, state, interview))

    @pages.get("/desk/responses/<response>")
    @login_required
    def response(response: str) -> ResponseReturnValue:
        return redirect(url_for(".talk", interview=response.replace("res_", "itv_", 1)))


def _list(seen: Look, state: str) -> str:
    live = request.args.get("only") == "live"
    try:
        found = conversations(
            seen.field.unit, seen.scope, seen.filter, live=live, cursor=request.args.get("cursor"), limit=40
        )
    except BadCursor:
        abort(404)
    return show(
        "desk/conversations.html",
        seen,
        state=state,
        talks=found.rows,
        next=found.next,
        only_live=live,
        decisions=not_asked(seen.field.unit, seen.scope, seen.filter),
        why=sentence_for(seen),
        step_of=step_of,
    )


def _one(seen: Look, state: str, interview: str) -> str:
    talk = conversation(seen.field.unit, seen.scope, interview)
    if talk is None:
        abort(404)
    about = talk.conversation
    return show(
        "desk/conversation.html",
        seen,
        state=state,
        talk=about,
        steps=steps_of(talk),
        reactions=talk.reactions,
        kind=KINDS[about.kind],
        stage=STAGES.get(about.stage, about.stage),
        on_page=Channel(about.channel).on_page,
        bubbles=bubbles_of(seen.field, talk.timeline),
        step_of=step_of,
    )
