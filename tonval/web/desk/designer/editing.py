"""The draft on the page: every button saves all that is typed, and what two people typed is kept for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import profiles
from tonval.fieldwork.colleagues.roles import Permission
from tonval.fieldwork.field import Field
from tonval.fieldwork.profiles import Outdated, ProfileError
from tonval.surveys.sentences import sentence
from tonval.web.desk.designer.differing import differences, merged, wise_choice
from tonval.web.desk.designer.doors import changing, framed_survey, seen
from tonval.web.desk.designer.drafts import Draft, data_of, form_and_faults, languages_of, open_draft, text_of
from tonval.web.desk.designer.edits import Edited, Removed, apply
from tonval.web.desk.designer.previewing import preview_of
from tonval.web.desk.designer.shapes import Pair
from tonval.web.desk.designer.sheet import Sheet
from tonval.web.desk.designer.studio import Studio
from tonval.web.desk.designer.typed import read_form, settled
from tonval.web.signin import reader

LARGEST: Final = 2 * 1024 * 1024
"""Bytes that a survey's form may have: all its words, twice."""


def add_routes(pages: Blueprint, office: Field, studio: Studio) -> None:
    """``/desk/surveys/<name>``."""

    @pages.get("/desk/surveys/<name>")
    def survey(name: str) -> ResponseReturnValue:
        found = seen(office, name)
        if found.managed or found.archived or not reader().may(Permission.MAKE_SURVEYS):
            return _shown(office, studio, name)
        return edit_page(office, studio, open_draft(office, name))

    @pages.post("/desk/surveys/<name>")
    def save_survey(name: str) -> ResponseReturnValue:
        request.max_form_memory_size = LARGEST
        _, author = changing(office, name)
        return _save(office, studio, name, author)


def edit_page(office: Field, studio: Studio, draft: Draft, removed: Removed | None = None) -> str:
    """The designer with this draft in its fields."""
    sheet = sheet_of(office, draft)
    told = None if removed is None else {"name": _name_of(removed), "written": removed.written()}
    return framed_survey(
        office,
        "edit.html",
        draft.profile,
        at=sheet,
        removed=told,
        p=preview_of(office, studio, sheet, {}),
        frame="layout.html",
    )


def sheet_of(office: Field, draft: Draft) -> Sheet:
    """The draft with what is wrong with it."""
    form, faults = form_and_faults(office, draft.profile.id, draft.text)
    return Sheet(draft, form, faults, office.gauges, fills_of(office), profiles.terms_of(office))


def fills_of(office: Field) -> dict[str, str]:
    """Believable names for the placeholders."""
    site = office.public_url
    return {
        "brand": office.centre.brand,
        "agent": "Anna",
        "customer": "Eva",
        "queue": "support",
        "link": f"{site}/s/{'a' * 22}",
        "stop_link": f"{site}/s/stop/{'a' * 22}",
        "site": site,
    }


def _shown(office: Field, studio: Studio, name: str) -> str:
    """A survey to look at."""
    sheet = sheet_of(office, open_draft(office, name))
    return framed_survey(office, "look.html", sheet.draft.profile, at=sheet, p=preview_of(office, studio, sheet, {}))


def _save(office: Field, studio: Studio, name: str, author: str) -> ResponseReturnValue:
    pairs = list(request.form.items(multi=True))
    typed = {field: text for field, text in pairs if field.startswith("~")}
    edited = _edited(office, pairs, typed)
    try:
        found = _keep(office, name, edited.data, number_of(typed.get("~seen", "")), author)
    except Outdated as outdated:
        return _both(office, name, outdated, edited.data, typed), 409
    except ProfileError as error:
        return framed_survey(office, "refused.html", profiles.profile(office, name), sentence=str(error)), 400
    draft = replace(_draft(office, name, edited.data), profile=found)
    if edited.removed is not None or "X-Tonval-Draft" in request.headers:
        page = edit_page(office, studio, draft, edited.removed)
        return page, 200, {"X-Tonval-Focus": edited.focus.encode("ascii", "replace").decode()}
    return redirect(f"/desk/surveys/{name}{f'#at:{edited.focus}' if edited.focus else ''}", 303)


def _edited(office: Field, pairs: Sequence[Pair], typed: Mapping[str, str]) -> Edited:
    """What was typed, after the button; for the page with both texts, what was chosen of each."""
    if typed.get("~mine") is not None:
        chosen = {field.removeprefix("~unit."): text for field, text in typed.items() if field.startswith("~unit.")}
        theirs, mine = data_of(_lines(typed.get("~theirs", ""))), data_of(_lines(typed["~mine"]))
        return Edited(merged(theirs, mine, chosen))
    data = read_form(pairs)
    languages = languages_of(office, data)
    edited = apply(data, next((text for field, text in pairs if field == "do"), ""), typed, languages)
    return replace(edited, data=settled(edited.data, languages[0]))


def _keep(office: Field, name: str, data: Mapping[str, Any], seen_revision: int, author: str) -> profiles.Profile:
    """Save what is different; where nothing is, the survey stays as it was, and so does who changed it last."""
    now = open_draft(office, name)
    if now.data == data and now.profile.revision == seen_revision:
        return now.profile
    return profiles.save(office, name, text_of(name, data), seen_revision, author)


def _draft(office: Field, name: str, data: dict[str, Any]) -> Draft:
    return Draft(profiles.profile(office, name), text_of(name, data), data, languages_of(office, data))


def _both(office: Field, name: str, outdated: Outdated, mine: Mapping[str, Any], typed: Mapping[str, str]) -> str:
    """What stands now and what was typed, side by side, to choose from. Nothing is lost: both are on the page."""
    theirs = open_draft(office, name)
    base = settled(data_of(_lines(typed.get("~base", ""))), theirs.languages[0])
    return framed_survey(
        office,
        "both.html",
        outdated.current,
        differences=differences(theirs.data, mine),
        choice=wise_choice(base, theirs.data, mine),
        mine=text_of(name, mine),
        theirs=theirs.text,
    )


_KINDS: Final = {
    "questions": sentence("The question"),
    "options": sentence("The option"),
    "reactions": sentence("The reaction"),
}


def _name_of(removed: Removed) -> str:
    what = _KINDS.get(str(removed.path[-2]), str(removed.path[-2]))
    name = removed.value.get("id") if isinstance(removed.value, Mapping) else None
    return sentence("%(what)s “%(name)s”", what=what, name=name) if name else what


def _lines(text: str) -> str:
    """A browser sends line breaks as two characters."""
    return text.replace("\r\n", "\n")


def number_of(text: str) -> int:
    """The revision that a form says was seen; -1, which none has, for what is no number."""
    return int(text) if text.isdecimal() and len(text) < 10 else -1
