"""All pages of the desk as one blueprint."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint

from tonval.fieldwork.field import Field
from tonval.intake.folders import Folders
from tonval.web.desk import (
    admin,
    agent,
    agents,
    alerts,
    asked,
    blocklist,
    call_backs,
    calls,
    comments,
    conversations,
    correcting,
    imports,
    organisation,
    prompts,
    replay,
    results,
    threads,
    today,
    units,
    waves,
)
from tonval.web.desk.audit import pages as audit
from tonval.web.desk.designer import pages as designer
from tonval.web.desk.designer.studio import NO_STUDIO, Studio


def blueprint(field: Field, intake: Path | None = None, studio: Studio = NO_STUDIO) -> Blueprint:
    """Every page behind sign-in; those to import by where there is an ``intake`` folder.

    ``studio`` is what the designer of surveys shows letters and pages with.
    """
    pages = Blueprint("desk", __name__)
    for room in (
        today,
        agents,
        agent,
        results,
        comments,
        conversations,
        correcting,
        asked,
        alerts,
        call_backs,
        calls,
        prompts,
        threads,
        blocklist,
        waves,
        replay,
        admin,
        organisation,
        units,
        audit,
    ):
        room.add_routes(pages, field)
    designer.add_routes(pages, field, studio)
    if intake is not None:
        imports.add_routes(pages, field, Folders(intake))
    return pages
