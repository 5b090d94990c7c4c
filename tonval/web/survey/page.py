"""The respondent's survey page: ``/s/<token>`` to look at and to send in, its pictures, and the script that embeds it.

No cookies, and none are looked at: whoever has the address may answer, once.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from tonval.fieldwork import pages
from tonval.fieldwork.field import Field
from tonval.fieldwork.pages import Open, Sent
from tonval.surveys.filled import WHOLE_PAGE, Posted, language_wished, picked
from tonval.surveys.page_words import spoken
from tonval.web.survey.render import Rendered, render, render_closed, render_thanks, render_too_large
from tonval.web.survey.seen import Seen

LARGEST_PAGE: Final = 64 * 1024
"""Bytes of a page that is sent in: the longest text in the longest letters, and room for the rest."""

EMBED: Final = (Path(__file__).parent / "embed.js").read_text("utf-8")
FOR_EVER: Final = "public, max-age=31536000, immutable"
AN_HOUR: Final = "public, max-age=3600"

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def blueprint(field: Field) -> Blueprint:
    """The routes below ``/s``; they need no CSRF token, as no cookie says who sends."""
    routes = Blueprint("survey", __name__, url_prefix="/s")

    @routes.get("/<token>")
    def look(token: str) -> Response:
        here = pages.look_up(field, token)
        return _closed(field) if here is None else _page(field, here)

    @routes.post("/<token>")
    def send(token: str) -> Response:
        request.max_content_length = LARGEST_PAGE
        try:
            posted = request.form.to_dict(flat=False)
        except RequestEntityTooLarge:
            return _too_large(field, token)
        sent = pages.send_in(field, token, posted)
        return _closed(field) if sent is None else _after(field, sent, posted)

    @routes.get("/picture/<digest>")
    def picture(digest: str) -> Response:
        return _picture(field, digest)

    @routes.get("/embed.js")
    def embed() -> Response:
        headers = {"Cache-Control": AN_HOUR, "Access-Control-Allow-Origin": "*"}
        return Response(EMBED, content_type="text/javascript; charset=utf-8", headers=headers)

    return routes


def _page(field: Field, here: Open) -> Response:
    """The page that waits, in the language and with the answers that the address asks for; nothing is stored."""
    query = request.args.to_dict(flat=False)
    seen = _seen(field, here, request.args.get("lang", ""))
    return answer(render(here.form, here.interview, replace(seen, chosen=picked(here.form, here.interview, query))))


def _after(field: Field, sent: Sent, posted: Posted) -> Response:
    """On to the next page; the thank-you at the end; the same page again with what could not be taken."""
    here, language = sent.open, language_wished(posted) or request.form.get("lang", "")
    seen = _seen(field, here, language)
    if sent.is_done:
        return answer(render_thanks(here.form, here.interview, seen))
    if sent.refused:
        return answer(render(here.form, here.interview, replace(seen, faults={WHOLE_PAGE: "page.order"})), 409)
    if sent.faults:
        again = replace(seen, at=sent.filled.choice.at, faults=sent.faults, typed=sent.filled.typed)
        return answer(render(here.form, here.interview, again), 422)
    elsewhere = language in here.form.languages and language != here.interview.language
    return _go_to(f"{seen.address}?lang={language}" if elsewhere else seen.address)


def _go_to(address: str) -> Response:
    return _guarded(Response(status=303, headers={"Location": address}))


def _too_large(field: Field, token: str) -> Response:
    here = pages.look_up(field, token)
    if here is None:
        return _closed(field)
    return answer(render_too_large(here.form, here.interview, _seen(field, here, "")), 413)


def _closed(field: Field) -> Response:
    """For every link that is not open, whatever the reason: the same page."""
    return answer(render_closed(field.centre.brand, spoken(request.headers.get("Accept-Language", ""))), 404)


def _seen(field: Field, here: Open, language: str) -> Seen:
    return Seen(address=request.path, language=language, times=here.times, zone=field.centre.zone)


def answer(page: Rendered, status: int = 200) -> Response:
    """The page with the headers that every page of a respondent has."""
    response = Response(page.html, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = page.policy
    if not page.frames:
        response.headers["X-Frame-Options"] = "DENY"
    return _guarded(response)


def _guarded(response: Response) -> Response:
    """Nobody else learns the address: it is the key."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _picture(field: Field, digest: str) -> Response:
    found = pages.picture(field, digest) if _DIGEST.fullmatch(digest) else None
    if found is None:
        return _guarded(Response(status=404))
    kind, body = found
    policy = "default-src 'none'; sandbox"
    return Response(body, content_type=kind, headers={"Cache-Control": FOR_EVER, "Content-Security-Policy": policy})
