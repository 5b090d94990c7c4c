"""Letters that came back, as a mail provider reports them: the mail itself, or its own words as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.addresses import BadAddress, email_address
from tonval.fieldwork.bounces import Bounce, Stop, settle
from tonval.fieldwork.field import Field
from tonval.fieldwork.reading import Faulty, Reading, read_json
from tonval.web.api.keys import requires
from tonval.web.api.problems import faulty

MAIL: Final = "message/rfc822"
LARGEST: Final = 1_000_000
"""Bytes of a mail that is taken; what a bounce says stands at its beginning."""

KINDS: Final = ("hard", "soft", "complaint")


def blueprint(field: Field, take_mail: Callable[[bytes], bool]) -> Blueprint:
    """``POST /mail/bounces`` (scope report), below ``/api/v1``; ``take_mail`` reads a mail that came back."""
    routes = Blueprint("bounces", __name__)

    @routes.post("/mail/bounces")
    @requires(field, "report", everywhere=True)
    def report() -> ResponseReturnValue:
        if request.mimetype == MAIL:
            request.max_content_length = LARGEST
            known = take_mail(request.get_data())
        else:
            known = settle(field, read_report(read_json(request.get_data())))
        return jsonify({"known": known})

    routes.register_error_handler(Faulty, faulty)
    return routes


def read_report(body: Reading) -> Bounce | Stop:
    """What a provider says: ``message_id`` or ``recipient``, ``kind`` and a ``reason`` in words. Raises ``Faulty``.

    A complaint is a customer who called our letter spam: she is asked no more.
    """
    message_id, recipient = _message_id(body), _recipient(body)
    if not message_id and not recipient:
        raise body.fault("message_id", "or recipient must be there")
    kind = body.needed("kind")
    if kind not in KINDS:
        raise body.fault("kind", f"must be one of {', '.join(KINDS)}")
    if kind == "complaint":
        return Stop(message_id, recipient, source="provider")
    reason = " ".join((body.text("reason") or "").split())
    sentence = f"The mail provider sent it back: {reason}" if reason else "The mail provider sent it back."
    return Bounce(message_id, recipient, "5.0.0" if kind == "hard" else "4.0.0", kind == "hard", sentence)


def _message_id(body: Reading) -> str:
    """With its angle brackets; some providers leave them out."""
    bare = (body.text("message_id") or "").strip("<>")
    return f"<{bare}>" if bare else ""


def _recipient(body: Reading) -> str:
    written = body.text("recipient", 254)
    try:
        return email_address(written) if written else ""
    except BadAddress as bad:
        raise body.fault("recipient", f"is no e-mail address: {bad}") from None
