"""The previews: the call, the messages, the page and the letters of a draft, all from what the address says."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from tonval.fieldwork.field import Field
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence
from tonval.web.desk.designer import trying
from tonval.web.desk.designer.doors import framed_survey
from tonval.web.desk.designer.sheet import Sheet
from tonval.web.desk.designer.studio import Letter, Page, Studio
from tonval.web.desk.designer.trying import Line, Tester, Tried
from tonval.web.language import flash

MOST: Final = trying.MOST
HTML: Final = "text/html; charset=utf-8"
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_SCRIPT: Final = re.compile(r"<script>.*?</script>", re.DOTALL)
EMPTY: Final = Tried((), ended=sentence("There is no question yet."))
FRAMED: Final = {"X-Frame-Options": "SAMEORIGIN", "Cache-Control": "no-store"}
SANDBOXED: Final = "frame-ancestors 'self'; sandbox allow-same-origin"
"""A page within the designer may be framed by this site alone, and runs nothing."""

LETTER: Final = {
    **FRAMED,
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin"
    ),
}
"""Letters have their styles in place, because mail programs know nothing else; they run nothing either."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for."""

    language: str
    known: str
    keys: tuple[str, ...]
    texts: tuple[str, ...]
    at: str
    theme: str

    def pairs(self) -> list[tuple[str, str]]:
        """As fields of a form, or of an address."""
        said = [*(("key", key) for key in self.keys), *(("text", text) for text in self.texts)]
        rest = [("language", self.language), ("known", self.known), ("at", self.at), ("theme", self.theme)]
        return said + [(name, value) for name, value in rest if value]


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything the preview's template shows."""

    here: str
    wanted: Wanted
    languages: tuple[str, ...]
    call: Tried
    messages: Tried
    link: Line
    places: tuple[str, ...]
    page_url: str
    page_why: str

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What each form sends on."""
        return self.wanted.pairs()

    @property
    def has_page(self) -> bool:
        """Whether there is a page to show."""
        return not self.page_why


def add_routes(pages: Blueprint, office: Field, studio: Studio, sheet_at: Callable[[str], Sheet]) -> None:
    """``/desk/surveys/<name>/preview``: the three channels, the page itself, and the letters."""

    @pages.get("/desk/surveys/<name>/preview")
    def survey_preview(name: str) -> ResponseReturnValue:
        sheet = sheet_at(name)
        p = preview_of(office, studio, sheet, request.args)
        letters = letters_of(studio, sheet, p.wanted)
        return framed_survey(
            office, "preview.html", sheet.draft.profile, at=sheet, p=p, letters=letters, posts=studio.post is not None
        )

    @pages.get("/desk/surveys/<name>/preview/page")
    def survey_preview_page(name: str) -> ResponseReturnValue:
        sheet = sheet_at(name)
        if studio.page is None or sheet.form is None:
            abort(404)
        wanted = wanted_of(sheet, request.args)
        form = trying.playable(sheet.form)
        turn = trying.open_page_at(form, tester_of(sheet, wanted), wanted.at)
        html, policy = framed_page(studio.page(form, turn), wanted.theme)
        return Response(html, content_type=HTML, headers={**FRAMED, "Content-Security-Policy": policy})

    _add_letters(pages, studio, sheet_at)


def _add_letters(pages: Blueprint, studio: Studio, sheet_at: Callable[[str], Sheet]) -> None:
    @pages.get("/desk/surveys/<name>/preview/letter")
    def survey_preview_letter(name: str) -> ResponseReturnValue:
        sheet = sheet_at(name)
        wanted = wanted_of(sheet, request.args)
        letters = letters_of(studio, sheet, wanted)
        letter = letters.get("reminder" if "reminder" in request.args else "letter") or abort(404)
        return Response(letter.html, content_type=HTML, headers=LETTER)

    @pages.post("/desk/surveys/<name>/preview/letter")
    def send_test_letter(name: str) -> ResponseReturnValue:
        sheet = sheet_at(name)
        flash(_send(studio, sheet, request.form.get("language", ""), request.form.get("to", "").strip()))
        return redirect(f"{url_for('desk.survey_preview', name=name)}#letters", 303)


def framed_page(page: Page, theme: str) -> tuple[str, str]:
    """The page as the designer frames it, by day or by night whatever the reader's own choice, and its policy.

    A frame's page goes by the system's colours, so the style sheet is told which to take; its digest in the policy
    follows (CSP Level 3, section 8.3). The script is left out: nothing runs here.
    """
    rules = [rule for rule in page.policy.split("; ") if not rule.startswith(("frame-ancestors", "form-action"))]
    policy, html = "; ".join([*rules, "form-action 'none'", SANDBOXED]), _SCRIPT.sub("", page.html)
    found = _STYLE.search(html)
    if found is None:
        return html, policy
    style = found[1].replace(
        "@media(prefers-color-scheme:dark)", f"@media {'all' if theme == 'dark' else sentence('not all')}"
    )
    style = style.replace("color-scheme:light dark", f"color-scheme:{theme}")
    return html.replace(found[1], style), policy.replace(_digest(found[1]), _digest(style))


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def preview_of(office: Field, studio: Studio, sheet: Sheet, given: Mapping[str, str]) -> Preview:
    """What the template shows for what the address ``given`` says."""
    wanted = wanted_of(sheet, given)
    form = trying.playable(sheet.form) if sheet.form else None
    tester = tester_of(sheet, wanted)
    here = f"/desk/surveys/{sheet.draft.profile.id}/preview"
    shown = [("language", wanted.language), ("at", wanted.at), ("theme", wanted.theme), ("known", wanted.known)]
    query = urlencode([*shown, ("revision", str(sheet.draft.profile.revision))])
    why = "" if form and form.asked_on(Channel.LINK) else sentence("There is no question to show yet.")
    return Preview(
        here=here,
        wanted=wanted,
        languages=sheet.languages,
        call=trying.try_call(form, tester, wanted.keys) if form else EMPTY,
        messages=trying.try_messages(form, tester, wanted.texts) if form else EMPTY,
        link=trying.link_message(form, tester) if form else Line(True, ""),
        places=tuple(question.id for question in form.questions) if form else (),
        page_url=f"{here}/page?{query}",
        page_why=why if studio.page else sentence("The survey page cannot be shown here."),
    )


def wanted_of(sheet: Sheet, given: Mapping[str, str]) -> Wanted:
    """What the address asks for, as far as it makes sense."""
    many = given if isinstance(given, MultiDict) else MultiDict(given)
    language = given.get("language", "")
    return Wanted(
        language=language if language in sheet.languages else sheet.languages[0],
        known=given.get("known", "")[:200],
        keys=tuple(many.getlist("key"))[:MOST],
        texts=tuple(many.getlist("text"))[:MOST],
        at=given.get("at", "")[:64],
        theme="dark" if given.get("theme") == "dark" else "light",
    )


def tester_of(sheet: Sheet, wanted: Wanted) -> Tester:
    """The customer of the preview; ``tier=gold, site=Madrid`` is what is known of her."""
    parts = [part.partition("=") for part in wanted.known.split(",")]
    known = {name.strip(): value.strip() for name, sign, value in parts if sign and name.strip()}
    return Tester(wanted.language, sheet.fills, known)


def letters_of(studio: Studio, sheet: Sheet, wanted: Wanted) -> dict[str, Letter]:
    """The letter and its reminder, where letters can be written."""
    if studio.letter is None or sheet.form is None:
        return {}
    form = trying.playable(sheet.form)
    return {name: studio.letter(form, wanted.language, name == "reminder") for name in ("letter", "reminder")}


def _send(studio: Studio, sheet: Sheet, language: str, to: str) -> str:
    """Send a test letter; gives what to say of it."""
    if studio.post is None or sheet.form is None:
        return sentence("No mail can be sent from here yet.")
    try:
        studio.post(trying.playable(sheet.form), language if language in sheet.languages else sheet.languages[0], to)
    except ValueError as error:
        return str(error)
    return sentence("A test letter is on its way to %(to)s.", to=to)
