"""The locks on every page: headers, cookie flags, CSRF tokens and the size of what may be sent."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

from flask import Flask, Response, abort, current_app, request
from flask_login import current_user
from flask_wtf import CSRFProtect

View = TypeVar("View", bound=Callable[..., Any])

LARGEST_BODY: Final = 1024 * 1024
LARGEST_FORM: Final = 3 * LARGEST_BODY
LARGEST_FILE: Final = 100 * 1024 * 1024
WORTH_PACKING: Final = 1400

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Sent with every answer. ``data:`` images are the chevrons and ticks inside Tabler's style sheet."""

_BESIDE_OWN_POLICY: Final = {name: value for name, value in HEADERS.items() if name != "X-Frame-Options"}
"""A page with a policy of its own says itself who may hold it in a frame; the older header cannot name anybody."""


def lock(app: Flask, *, secret_key: str, secure: bool) -> CSRFProtect:
    """Set the cookie flags, headers and limits of ``app``; returns the CSRF guard for routes that must be let off."""
    app.secret_key = secret_key
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        SESSION_COOKIE_NAME="__Host-tonval" if secure else "tonval",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=secure,
    )
    app.before_request(_refuse_unkeepable)
    app.before_request(_make_room)  # before the CSRF guard, which reads the form
    app.after_request(_with_headers(secure))
    app.after_request(_packed)
    return CSRFProtect(app)


def _refuse_unkeepable() -> None:
    """Nothing is called by a name with NUL in it, and PostgreSQL fails when it is asked."""
    if "\x00" in request.path:
        abort(404)


def takes_files(view: View) -> View:
    """Mark a view that takes a file: whoever is signed in may send it ``LARGEST_FILE`` bytes."""
    view.largest_body = LARGEST_FILE  # type: ignore[attr-defined]
    return view


def takes_long_forms(view: View) -> View:
    """Mark a view that takes a file back as a field of a form: whoever is signed in may send ``LARGEST_FORM`` bytes."""
    view.largest_form = LARGEST_FORM  # type: ignore[attr-defined]
    return view


def _make_room() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    form = getattr(view, "largest_form", None)
    if form is not None and current_user.is_authenticated:
        request.max_content_length = request.max_form_memory_size = form
    size = getattr(view, "largest_body", None)
    if size is not None and current_user.is_authenticated:
        request.max_content_length = size


def _with_headers(secure: bool) -> Callable[[Response], Response]:
    def finish(response: Response) -> Response:
        usual = HEADERS if "Content-Security-Policy" not in response.headers else _BESIDE_OWN_POLICY
        for name, value in usual.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        if secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    return finish


def _packed(response: Response) -> Response:
    """Compress pages and JSON for those who accept it; the web server in front may be none at all."""
    plain = response.mimetype in ("text/html", "application/json") and not response.direct_passthrough
    if not plain or not request.accept_encodings.quality("gzip") or "Content-Encoding" in response.headers:
        return response
    body = response.get_data()
    if len(body) >= WORTH_PACKING:
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.add("Vary", "Accept-Encoding")
    return response
