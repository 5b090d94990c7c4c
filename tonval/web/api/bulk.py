"""Reporting many interactions at once: a result for each, in order, and no bad row stops the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from tonval.fieldwork.centre import Centre
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction, read_interaction
from tonval.fieldwork.invitations import Refused, Reported, report_many
from tonval.fieldwork.reading import Faulty, Reading
from tonval.web.api import limits
from tonval.web.api.batches import read_batch
from tonval.web.api.keys import key_in_use, requires
from tonval.web.api.once import once
from tonval.web.api.place import faults_of_place
from tonval.web.api.problems import faulty

LARGEST_BODY: Final = 20 * 1024 * 1024
CHUNK: Final = 500
"""Rows in one transaction: enough to share its cost, few enough that nobody waits long for the database."""


def blueprint(field: Field) -> Blueprint:
    """``POST /interactions/bulk`` (scope report), below ``/api/v1``."""
    routes = Blueprint("bulk", __name__)

    @routes.before_request
    def allow_more() -> None:
        request.max_content_length = LARGEST_BODY

    @routes.post("/interactions/bulk")
    @requires(field, "report")
    @once(field)
    def report_bulk() -> ResponseReturnValue:
        rows = read_batch(request.get_data(), request.mimetype, "interactions")
        standing = limits.current().count_rows(key_in_use(), field.now(), len(rows))
        if standing.exceeded:
            return limits.refusal(key_in_use(), standing, "rows")
        return jsonify(_summary(list(take_in(field, rows))))

    routes.register_error_handler(Faulty, faulty)
    routes.register_error_handler(RequestEntityTooLarge, _too_large)
    return routes


def take_in(field: Field, rows: Sequence[Reading | Faulty]) -> Iterator[dict[str, Any]]:
    """The result of each row as the API tells it: the decision, or the fault that kept it from being taken."""
    for begin in range(0, len(rows), CHUNK):
        read = _within_place(field, [_read(row, field.centre) for row in rows[begin : begin + CHUNK]])
        answers = iter(report_many(field, [row for row in read if isinstance(row, Interaction)]))
        for index, row in enumerate(read, start=begin):
            yield _result(index, row if isinstance(row, Faulty) else next(answers))


def _read(row: Reading | Faulty, centre: Centre) -> Interaction | Faulty:
    try:
        return row if isinstance(row, Faulty) else read_interaction(row, centre)
    except Faulty as fault:
        return fault


def _within_place(field: Field, read: Sequence[Interaction | Faulty]) -> list[Interaction | Faulty]:
    rows = [row for row in read if isinstance(row, Interaction)]
    faults = iter(faults_of_place(field, [(row.key, row.agent, row.queue) for row in rows]))
    return [row if isinstance(row, Faulty) else next(faults) or row for row in read]


def _result(index: int, answer: Reported | Refused | Faulty) -> dict[str, Any]:
    if isinstance(answer, Reported):
        return {"index": index, "status": 201 if answer.created else 200, **answer.body}
    title = HTTPStatus(answer.status).phrase
    return {"index": index, "status": answer.status, "title": title, "detail": answer.detail, "field": answer.field}


def _summary(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    by_status = Counter(result["status"] for result in results)
    created, repeated = by_status[201], by_status[200]
    refused = len(results) - created - repeated
    return {"created": created, "repeated": repeated, "refused": refused, "results": results}


def _too_large(_: RequestEntityTooLarge) -> Response:
    return faulty(Faulty(f"the body is larger than {LARGEST_BODY // 1024 // 1024} MB; send several", None, 413))
