"""All pages of the desk as one blueprint."""

from __future__ import annotations

from flask import Blueprint

from tonval.fieldwork.field import Field
from tonval.web.desk import (
    admin,
    agent,
    agents,
    alerts,
    asked,
    blocklist,
    comments,
    conversations,
    prompts,
    threads,
    today,
    waves,
)


def blueprint(field: Field) -> Blueprint:
    """Every page behind sign-in."""
    pages = Blueprint("desk", __name__)
    for room in (
        today,
        agents,
        agent,
        comments,
        conversations,
        asked,
        alerts,
        prompts,
        threads,
        blocklist,
        waves,
        admin,
    ):
        room.add_routes(pages, field)
    return pages
