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
    comments,
    conversations,
    imports,
    prompts,
    replay,
    threads,
    today,
    waves,
)


def blueprint(field: Field, intake: Path | None = None) -> Blueprint:
    """Every page behind sign-in; those to import by where there is an ``intake`` folder."""
    pages = Blueprint("desk", __name__)
    for room in (
        today,
        agents,
        agent,
        comments,
        conversations,
        asked,
        alerts,
        call_backs,
        prompts,
        threads,
        blocklist,
        waves,
        replay,
        admin,
    ):
        room.add_routes(pages, field)
    if intake is not None:
        imports.add_routes(pages, field, Folders(intake))
    return pages
