"""Who may use the API: bearer keys, each with its scopes, and each within its limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from typing import ParamSpec

from flask import Response, after_this_request, g, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.audit import Actor
from tonval.fieldwork.belonging import placed_queues
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.stats.scope import EVERYTHING, Scope
from tonval.web.api import limits
from tonval.web.api.problems import problem

P = ParamSpec("P")
Route = Callable[P, ResponseReturnValue]


def requires(field: Field, scope: str, *, everywhere: bool = False) -> Callable[[Route[P]], Route[P]]:
    """A decorator: 401 without a valid key, 403 naming the scope the key lacks, 429 when the key has asked too often.

    ``admin`` opens everything. With ``everywhere`` what is asked for has no place, and a key of one unit gets 403.
    """

    def decorate(route: Route[P]) -> Route[P]:
        @wraps(route)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            refused = _refusal(field, scope, everywhere)
            return route(*args, **kwargs) if refused is None else refused

        return guarded

    return decorate


def key_in_use() -> keys.Key:
    """The key of this request. Only for routes behind ``requires``."""
    key: keys.Key = g.api_key
    return key


def key_actor() -> Actor:
    """The key of this request as the audit log names it."""
    key = key_in_use()
    return Actor(f"key_{key.digest[:8]}", f"key {key.name}")


def scope_in_use() -> Scope:
    """What the key of this request may read. Only for routes behind ``requires``."""
    scope: Scope = g.api_scope
    return scope


def _scope(field: Field, key: keys.Key) -> Scope:
    placed = placed_queues(field.centre)
    return Scope(units=(key.unit,), placed=placed) if key.unit else replace(EVERYTHING, placed=placed)


def _refusal(field: Field, scope: str, everywhere: bool) -> Response | None:
    sort, _, raw = request.headers.get("Authorization", "").partition(" ")
    key = keys.check_key(field, raw.strip()) if sort.lower() == "bearer" and raw else None
    if key is None:
        refused = problem(401, "Unauthorized", "Send a valid key: Authorization: Bearer tvl_…")
        refused.headers["WWW-Authenticate"] = 'Bearer realm="tonval"'
        return refused
    if everywhere and key.unit:
        return problem(403, "Forbidden", f"the key {key.name!r} is for {key.unit}; what you ask for has no unit")
    if key.may(scope):
        return _count(field, key)
    refused = problem(403, "Forbidden", f"the key {key.name!r} lacks the scope {scope!r}")
    refused.headers["WWW-Authenticate"] = f'Bearer realm="tonval", error="insufficient_scope", scope="{scope}"'
    return refused


def _count(field: Field, key: keys.Key) -> Response | None:
    g.api_key, g.api_scope = key, _scope(field, key)
    standing = limits.current().count_request(key, field.now())
    after_this_request(partial(limits.tell, standing=standing))
    return limits.refusal(key, standing, "requests") if standing.exceeded else None
