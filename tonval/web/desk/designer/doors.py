"""Finding the survey that a page is about, and whether it can be changed here."""

from __future__ import annotations

from typing import Any

from flask import abort

from tonval.fieldwork import profiles
from tonval.fieldwork.colleagues.roles import Permission
from tonval.fieldwork.field import Field
from tonval.fieldwork.profiles import Profile, UnknownSurvey
from tonval.stats.places import sees_survey
from tonval.web.desk.designer.drafts import open_draft, title_of
from tonval.web.desk.look import framed
from tonval.web.desk.scopes import scope_here
from tonval.web.signin import reader


def changing(office: Field, name: str) -> tuple[Profile, str]:
    """The survey and the name of who changes it; 404 for an unknown one, 403 for one that the file manages."""
    found = seen(office, name)
    if found.managed:
        abort(403)
    return found, reader().name


def seen(office: Field, name: str) -> Profile:
    """The survey; 404 where there is none, or queues of other places alone ask with it."""
    if not sees_survey(office.centre, scope_here(office), name):
        abort(404)
    try:
        return profiles.profile(office, name)
    except UnknownSurvey:
        abort(404)


def framed_survey(office: Field, template: str, survey: Profile, **context: Any) -> str:
    """A page of one survey within the desk's frame."""
    title = title_of(open_draft(office, survey.id))
    return framed(
        f"desk/surveys/{template}", survey=survey, title=title, changes=reader().may(Permission.MAKE_SURVEYS), **context
    )
