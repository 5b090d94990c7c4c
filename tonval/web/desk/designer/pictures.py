"""The logo of a survey: sent, looked at, and put into the draft."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import profiles
from tonval.fieldwork.field import Field
from tonval.fieldwork.pictures import LARGEST, BadPicture, keep_picture
from tonval.fieldwork.profiles import Profile
from tonval.web.desk.designer.doors import changing, framed_survey
from tonval.web.desk.designer.drafts import open_draft, text_of


def add_routes(pages: Blueprint, office: Field) -> None:
    """``/desk/surveys/<name>/logo``."""

    @pages.get("/desk/surveys/<name>/logo")
    def survey_logo(name: str) -> ResponseReturnValue:
        found, _ = changing(office, name)
        return _page(office, found, "")

    @pages.post("/desk/surveys/<name>/logo")
    def send_logo(name: str) -> ResponseReturnValue:
        found, author = changing(office, name)
        sent = request.files.get("file")
        try:
            address = keep_picture(office, sent.read(LARGEST + 1) if sent else b"")
        except BadPicture as bad:
            return _page(office, found, str(bad)), 400
        draft = open_draft(office, name)
        page = draft.data.get("page")
        data = {**draft.data, "page": {**(page if isinstance(page, dict) else {}), "logo": address}}
        profiles.save(office, name, text_of(name, data), draft.profile.revision, author)
        return redirect(f"/desk/surveys/{name}#at:page.logo", 303)


def _page(office: Field, found: Profile, fault: str) -> str:
    return framed_survey(office, "logo.html", found, fault=fault)
