"""The API's own description, OpenAPI 3.1, kept by hand beside the routes; a test holds the two together."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

DOCUMENT: Final = Path(__file__).with_name("openapi.json")


def blueprint() -> Blueprint:
    """``/api/openapi.json``."""
    routes = Blueprint("openapi", __name__)
    body = DOCUMENT.read_bytes()

    @routes.get("/api/openapi.json")
    def description() -> ResponseReturnValue:
        return Response(body, content_type="application/json")

    return routes
