"""Problem documents (RFC 9457): what is wrong, in words, and which field it is about."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Response


def problem(status: int, title: str, detail: str, field: str | None = None) -> Response:
    """An ``application/problem+json`` answer; ``field`` is the path of the faulty field, like ``customer.phone``."""
    document: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if field is not None:
        document["field"] = field
    body = json.dumps(document, ensure_ascii=False)
    return Response(body, status=HTTPStatus(status), content_type="application/problem+json")


class Faulty(Exception):
    """A request that cannot be carried out, with the status and the field to name."""

    def __init__(self, detail: str, field: str | None = None, status: int = 400) -> None:
        super().__init__(detail)
        self.detail, self.field, self.status = detail, field, status

    def document(self) -> Response:
        """The fault as a problem document."""
        return problem(self.status, HTTPStatus(self.status).phrase, self.detail, self.field)
