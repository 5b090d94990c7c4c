"""Problem documents (RFC 9457): what is wrong, in words, and which field it is about."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Response

from tonval.fieldwork.reading import Faulty


def problem(status: int, title: str, detail: str, field: str | None = None) -> Response:
    """An ``application/problem+json`` answer; ``field`` is the path of the faulty field, like ``customer.phone``."""
    document: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if field is not None:
        document["field"] = field
    body = json.dumps(document, ensure_ascii=False)
    return Response(body, status=HTTPStatus(status), content_type="application/problem+json")


def faulty(fault: Faulty) -> Response:
    """A fault as a problem document; an error handler for Flask."""
    return problem(fault.status, HTTPStatus(fault.status).phrase, fault.detail, fault.field)
