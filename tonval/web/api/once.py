"""The Idempotency-Key header: a request that is sent again with the same key is answered with the same bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import idempotency
from tonval.fieldwork.field import Field
from tonval.fieldwork.idempotency import Answer, Claim, OtherRequest, StillAnswering
from tonval.fieldwork.reading import Faulty
from tonval.web.api.keys import key_in_use
from tonval.web.api.problems import problem

P = ParamSpec("P")
Route = Callable[P, ResponseReturnValue]

HEADER: Final = "Idempotency-Key"
PAUSE: Final = "2"
"""Seconds to wait for an answer that is being made."""

_TOKEN: Final = re.compile(r'"?([!#-\[\]-~ ]{1,255}?)"?')
"""A quoted string as the draft has it, or bare as many send it; neither quotes nor backslashes inside."""


def once(field: Field) -> Callable[[Route[P]], Route[P]]:
    """A decorator for routes behind ``requires``: with the header, the work is done once and its success kept a day.

    422 when the key was used for another request, 409 while the first is being answered. What was refused is not
    kept: nothing was done, and it may be right the next time.
    """

    def decorate(route: Route[P]) -> Route[P]:
        @wraps(route)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            token = token_of_request()
            if token is None:
                return route(*args, **kwargs)
            held = _claim(field, token)
            return held if isinstance(held, Response) else _answer(field, held, lambda: route(*args, **kwargs))

        return guarded

    return decorate


def token_of_request() -> str | None:
    """The key that the caller has given this request. Raises ``Faulty``."""
    written = request.headers.get(HEADER)
    if written is None:
        return None
    read = _TOKEN.fullmatch(written.strip())
    if read is None:
        raise Faulty(f"{HEADER} must be 1 to 255 visible ASCII characters, such as a UUID", HEADER)
    return read[1]


def _claim(field: Field, token: str) -> Claim | Response:
    try:
        held = idempotency.claim(field, key_in_use().digest, token, _hash_of_request())
    except OtherRequest:
        return problem(422, "Unprocessable Content", f"this {HEADER} was used for another request", HEADER)
    except StillAnswering:
        busy = problem(409, "Conflict", "the same request is being answered; ask again for its answer", HEADER)
        busy.headers["Retry-After"] = PAUSE
        return busy
    if isinstance(held, Answer):
        again = Response(held.body, status=held.status, content_type="application/json")
        again.headers["Idempotent-Replayed"] = "true"
        return again
    return held


def _answer(field: Field, held: Claim, route: Callable[[], ResponseReturnValue]) -> Response:
    kept = False
    try:
        response = make_response(route())
        if response.status_code < 300:
            idempotency.keep(field, held, Answer(response.status_code, response.get_data(as_text=True)))
            kept = True
        return response
    finally:
        if not kept:
            idempotency.release(field, held)


def _hash_of_request() -> str:
    asked = hashlib.sha256(f"{request.method} {request.full_path}\n{request.mimetype}\n".encode())
    asked.update(request.get_data())
    return asked.hexdigest()
