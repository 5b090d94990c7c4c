"""Sending what a customer spoke: whole or in parts, and kept nowhere on the way."""

from __future__ import annotations

from flask import Response, request


def played(wav: bytes) -> Response:
    """The sound as an answer to this request; a player asks for the part it wants (RFC 9110, section 14)."""
    response = Response(wav, content_type="audio/wav", headers={"Cache-Control": "private, no-store"})
    response.make_conditional(request, accept_ranges=True, complete_length=len(wav))
    return response
