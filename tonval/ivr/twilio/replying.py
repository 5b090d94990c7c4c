"""What every voice webhook does: see that Twilio asks, answer in TwiML, and ask it to come again when we break."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Request, Response, abort, request
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)

Genuine = Callable[[Request], bool]


def check(genuine: Genuine) -> None:
    """Refuse whatever Twilio has not signed."""
    if not genuine(request):
        abort(Response(status=403))


def needed(name: str) -> str:
    """A field of the form without which the request makes no sense."""
    return request.form.get(name) or abort(Response(status=400))


def xml(document: str) -> Response:
    """A TwiML document."""
    return Response(document, mimetype="text/xml")


def noted() -> Response:
    """There is nothing to say."""
    return Response(status=204)


def unavailable(error: Exception) -> Response | HTTPException:
    """Something of ours is broken: 503, see ``webhooks``."""
    if isinstance(error, HTTPException):
        return error
    log.exception("twilio webhook failed path=%s", request.path)
    return Response(status=503)
