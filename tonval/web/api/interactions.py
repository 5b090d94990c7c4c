"""Reporting an interaction."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import invitations
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import read_interaction
from tonval.fieldwork.invitations import UnknownQueue
from tonval.fieldwork.reading import Faulty, read_json
from tonval.web.api.keys import requires
from tonval.web.api.once import once
from tonval.web.api.place import keep_to_place
from tonval.web.api.problems import faulty


def blueprint(field: Field) -> Blueprint:
    """``POST /interactions`` (scope report), below ``/api/v1``."""
    routes = Blueprint("interactions", __name__)

    @routes.post("/interactions")
    @requires(field, "report")
    @once(field)
    def report() -> ResponseReturnValue:
        interaction = read_interaction(read_json(request.get_data()), field.centre)
        keep_to_place(field, interaction.key, interaction.agent, interaction.queue)
        try:
            reported = invitations.report(field, interaction)
        except UnknownQueue as unknown:
            raise Faulty(str(unknown), "queue", 404) from None
        return jsonify(reported.body), 201 if reported.created else 200

    routes.register_error_handler(Faulty, faulty)
    return routes
