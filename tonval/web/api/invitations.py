"""Asking for a survey directly, and what became of an invitation."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.field import Field
from tonval.fieldwork.invited import Invited, UnknownInvitation, find_invitation
from tonval.fieldwork.reading import Faulty, read_json
from tonval.fieldwork.requests import KIND, ask, read_request
from tonval.stats.scope import EVERYTHING
from tonval.web.api.keys import key_in_use, requires, scope_in_use
from tonval.web.api.once import once, token_of_request
from tonval.web.api.place import keep_to_place
from tonval.web.api.problems import faulty
from tonval.web.api.statistics import moment_json


def blueprint(field: Field) -> Blueprint:
    """``POST /invitations`` (scope report) and ``GET /invitations/{id}`` (scope read), below ``/api/v1``."""
    routes = Blueprint("invitations", __name__)

    @routes.post("/invitations")
    @requires(field, "report")
    @once(field)
    def invite() -> ResponseReturnValue:
        wanted = read_request(read_json(request.get_data()), field.centre, _fresh_ref(field))
        keep_to_place(field, wanted.about or (KIND, wanted.ref), wanted.agent, wanted.queue)
        asked = ask(_of_place(field), wanted)
        return jsonify(asked.body), 201 if asked.created else 200

    @routes.get("/invitations/<invitation>")
    @requires(field, "read")
    def show(invitation: str) -> ResponseReturnValue:
        return jsonify(_invitation_json(_find(field, invitation)))

    routes.register_error_handler(Faulty, faulty)
    return routes


def _of_place(field: Field) -> Field:
    """With the queues alone that the key of this request reaches: a survey is asked by one of these."""
    if scope_in_use() == EVERYTHING:
        return field
    queues = {name: queue for name, queue in field.centre.queues.items() if scope_in_use().sees_queue(name)}
    return replace(field, centre=replace(field.centre, queues=queues))


def _find(field: Field, invitation: str) -> Invited:
    """The invitation; one of a unit that the key does not read is as unknown as none. Raises ``Faulty``."""
    try:
        found = find_invitation(field, invitation)
    except UnknownInvitation as unknown:
        raise Faulty(str(unknown), "id", 404) from None
    if not scope_in_use().covers(found.unit):
        raise Faulty(str(UnknownInvitation(invitation)), "id", 404)
    return found


def _fresh_ref(field: Field) -> str:
    """An id for a request without one; with an Idempotency-Key always the same, should its first try have died."""
    token = token_of_request()
    if token is None:
        return field.fresh_id("req")
    return "req_" + hashlib.sha256(f"{key_in_use().digest} {token}".encode()).hexdigest()[:26]


def _invitation_json(invited: Invited) -> dict[str, Any]:
    kind, ref = invited.interaction or (None, None)
    return {
        "invitation": invited.id,
        "state": invited.state,
        "channel": invited.channel,
        "survey": invited.survey,
        "queue": invited.queue,
        "agent": invited.agent,
        "due_at": moment_json(invited.due_at),
        "interaction": None if kind is None else {"kind": kind, "id": ref},
        "decision": invited.decision,
        "disposition": invited.disposition,
        "response": invited.response,
    }
