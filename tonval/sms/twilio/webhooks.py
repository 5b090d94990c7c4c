"""Twilio's messaging webhooks: a customer's message, and how far one of ours has come.

When something of ours breaks the answer is 503, so that Twilio turns to the fallback address and its console shows it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from flask import Blueprint, Request, Response, abort, request
from werkzeug.exceptions import HTTPException

from tonval.fieldwork.messaging.delivery import State
from tonval.sms.keywords import Keyword
from tonval.sms.twilio import words

log = logging.getLogger(__name__)

NOTHING_TO_SAY: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""The reply goes out as a message of its own, so that it is sent by the rules every message is sent by."""

Genuine = Callable[[Request], bool]
CallEnded = Callable[[str, str], None]
"""Told of a call by its ``CallSid`` and ``CallStatus``."""


class Post(Protocol):
    """Where messages and reports go: ``sms.inbound`` and ``fieldwork.messages`` with their field filled in."""

    def receive(
        self, *, provider: str, ref: str, sender: str, recipient: str, body: str, command: Keyword | None
    ) -> None: ...

    def status_changed(
        self,
        *,
        provider: str,
        ref: str,
        message: str | None,
        state: State,
        error: str | None,
        sender: str | None,
        recipient: str | None,
        opted_out: bool,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class _Messages:
    genuine: Genuine
    post: Post
    call_ended: CallEnded

    def receive(self) -> Response:
        """A customer has written."""
        form = self._form("MessageSid", "From", "To")
        self.post.receive(
            provider="twilio",
            ref=form["MessageSid"],
            sender=form["From"],
            recipient=form["To"],
            body=form.get("Body", ""),
            command=words.command(form.get("OptOutType", "")),
        )
        return Response(NOTHING_TO_SAY, mimetype="text/xml")

    def status(self) -> Response:
        """A message of ours, or a call, has come further."""
        form = self._form()
        if ref := form.get("MessageSid"):
            self._report(ref)
        elif call := form.get("CallSid"):
            self.call_ended(call, form.get("CallStatus", ""))
        return Response(status=204)

    def _report(self, ref: str) -> None:
        form = request.form
        state, fault = words.state(form.get("MessageStatus", "")), words.reported(form.get("ErrorCode"))
        if state is None:
            return
        self.post.status_changed(
            provider="twilio",
            ref=ref,
            message=request.args.get("message"),
            state=state,
            error=words.sentence(form.get("ErrorCode")),
            sender=form.get("From"),
            recipient=form.get("To"),
            opted_out=fault is not None and fault.opted_out,
        )

    def _form(self, *needed: str) -> dict[str, str]:
        """The form, when Twilio sent it and every needed field is there."""
        if not self.genuine(request):
            abort(Response(status=403))
        form = request.form.to_dict()
        if not all(form.get(name) for name in needed):
            abort(Response(status=400))
        return form


def messages_blueprint(genuine: Genuine, post: Post, call_ended: CallEnded) -> Blueprint:
    """The messaging routes. ``call_ended`` is told of calls whose status comes to the same address."""
    messages = _Messages(genuine, post, call_ended)
    pages = Blueprint("twilio_messages", __name__)
    pages.add_url_rule("/twilio/sms", view_func=messages.receive, methods=["POST"], endpoint="receive")
    pages.add_url_rule("/twilio/status", view_func=messages.status, methods=["POST"], endpoint="status")
    pages.register_error_handler(Exception, _unavailable)
    return pages


def _unavailable(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException):
        return error
    log.exception("twilio webhook failed path=%s", request.path)
    return Response(status=503)
