"""Who may use the API: bearer keys, each with its scopes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Response, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import keys
from tonval.fieldwork.field import Field
from tonval.web.api.problems import problem

P = ParamSpec("P")
Route = Callable[P, ResponseReturnValue]


def requires(field: Field, scope: str) -> Callable[[Route[P]], Route[P]]:
    """A decorator: 401 without a valid key, 403 naming the scope the key lacks. ``admin`` opens everything."""

    def decorate(route: Route[P]) -> Route[P]:
        @wraps(route)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            refused = _refusal(field, scope)
            return route(*args, **kwargs) if refused is None else refused

        return guarded

    return decorate


def _refusal(field: Field, scope: str) -> Response | None:
    sort, _, raw = request.headers.get("Authorization", "").partition(" ")
    key = keys.check_key(field, raw.strip()) if sort.lower() == "bearer" and raw else None
    if key is None:
        refused = problem(401, "Unauthorized", "Send a valid key: Authorization: Bearer tvl_…")
        refused.headers["WWW-Authenticate"] = 'Bearer realm="tonval"'
        return refused
    if key.may(scope):
        return None
    refused = problem(403, "Forbidden", f"the key {key.name!r} lacks the scope {scope!r}")
    refused.headers["WWW-Authenticate"] = f'Bearer realm="tonval", error="insufficient_scope", scope="{scope}"'
    return refused
