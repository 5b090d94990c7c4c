"""Who may come in: admins change surveys, supervisors look; for an agent there is nothing here."""

from __future__ import annotations

from typing import Any

from flask import abort

from tonval.fieldwork import profiles
from tonval.fieldwork.field import Field
from tonval.fieldwork.profiles import Profile, UnknownSurvey
from tonval.web.desk.designer.drafts import open_draft, title_of
from tonval.web.desk.look import framed
from tonval.web.desk.scopes import STAFF
from tonval.web.signin import reader


def looking() -> None:
    """Let staff in; what an agent may not use does not exist for her."""
    if reader().role not in STAFF:
        abort(404)


def changing(office: Field, name: str) -> tuple[Profile, str]:
    """The survey and the admin who may change it; 404 for agents and unknown surveys, 403 for those who only look."""
    found = seen(office, name)
    author = admin()
    if found.managed:
        abort(403)
    return found, author


def admin() -> str:
    """The name of the admin who is here."""
    looking()
    if reader().role != "admin":
        abort(403)
    return reader().name


def seen(office: Field, name: str) -> Profile:
    """The survey; 404 where there is none."""
    looking()
    try:
        return profiles.profile(office, name)
    except UnknownSurvey:
        abort(404)


def framed_survey(office: Field, template: str, survey: Profile, **context: Any) -> str:
    """A page of one survey within the desk's frame."""
    title = title_of(open_draft(office, survey.id))
    return framed(f"desk/surveys/{template}", survey=survey, title=title, changes=reader().role == "admin", **context)
