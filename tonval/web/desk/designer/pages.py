"""The routes of the designer, all of them."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import profiles
from tonval.fieldwork.field import Field
from tonval.fieldwork.profiles import ProfileError
from tonval.web.desk.designer import editing, listing, pictures, previewing, publishing, translating, using
from tonval.web.desk.designer.doors import framed_survey, seen
from tonval.web.desk.designer.drafts import open_draft
from tonval.web.desk.designer.sheet import Sheet
from tonval.web.desk.designer.studio import Studio


def add_routes(pages: Blueprint, office: Field, studio: Studio) -> None:
    """Everything beneath ``/desk/surveys``."""
    listing.add_routes(pages, office)
    editing.add_routes(pages, office, studio)
    previewing.add_routes(pages, office, studio, partial(_sheet, office))
    translating.add_routes(pages, office)
    publishing.add_routes(pages, office)
    using.add_routes(pages, office)
    pictures.add_routes(pages, office)
    pages.register_error_handler(ProfileError, partial(_refused, office))


def _sheet(office: Field, name: str) -> Sheet:
    seen(office, name)
    return editing.sheet_of(office, open_draft(office, name))


def _refused(office: Field, error: ProfileError) -> ResponseReturnValue:
    """What no page of its own explains, such as two who press at the same moment."""
    found = profiles.profile(office, (request.view_args or {})["name"])
    return framed_survey(office, "refused.html", found, sentence=str(error)), 409
