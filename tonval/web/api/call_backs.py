"""Call-backs for other systems: the planned ones fetched, and what became of them noted."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.audit import Actor
from tonval.fieldwork.calling_back.called import DONE, MISSED, PLANNED, STATES, Mark, NoSuchCallBack, TooLate, mark
from tonval.fieldwork.field import Field
from tonval.fieldwork.reading import Faulty, Reading, read_json
from tonval.followup.call_backs import CallBackRow, Wanted, find_call_back, list_call_backs
from tonval.web.api.keys import key_actor, requires, scope_in_use
from tonval.web.api.problems import faulty
from tonval.web.api.statistics import check_order, moment_json, read_day, read_limit, read_name

LONGEST_NOTE: Final = 500
_TOLD: Final = (PLANNED, DONE, MISSED)


def blueprint(field: Field) -> Blueprint:
    """``GET /call-backs`` (scope read) and ``PATCH /call-backs/{id}`` (scope report), below ``/api/v1``."""
    routes = Blueprint("call_backs", __name__)

    @routes.get("/call-backs")
    @requires(field, "read")
    def listing() -> ResponseReturnValue:
        return jsonify(_page(field, request.args))

    @routes.patch("/call-backs/<call_back>")
    @requires(field, "report")
    def note(call_back: str) -> ResponseReturnValue:
        _find(field, call_back)
        _mark(field, call_back, read_word(read_json(request.get_data()), key_actor()))
        return jsonify(call_back_json(_find(field, call_back)))

    routes.register_error_handler(Faulty, faulty)
    return routes


def call_back_json(row: CallBackRow) -> dict[str, Any]:
    """A row of ``GET /call-backs``."""
    return {
        "id": row.id,
        "state": row.state,
        "opens_at": moment_json(row.opens_at),
        "closes_at": moment_json(row.closes_at),
        "phone": row.phone,
        "name": row.customer,
        "queue": row.queue,
        "agent": row.agent,
        "unit": row.unit,
        "question": row.question,
        "response": row.interview.replace("itv_", "res_", 1),
        "note": row.note,
        "author": row.author,
        "created_at": moment_json(row.created_at),
        "changed_at": moment_json(row.changed_at),
    }


def read_word(document: Reading, by: Actor) -> Mark:
    """What became of a call-back. Raises ``Faulty`` naming the field."""
    state = document.needed("state")
    if state not in _TOLD:
        raise document.fault("state", f"must be one of {', '.join(_TOLD)}")
    return Mark(state, by, document.text("note", LONGEST_NOTE))


def _page(field: Field, args: Mapping[str, str]) -> dict[str, Any]:
    limit, after = read_limit(args), _read_cursor(args.get("cursor"))
    with field.unit.read() as tx:
        rows = list_call_backs(tx, _read_wanted(args), after=after, limit=limit + 1)
    more = _cursor(rows[limit - 1]) if len(rows) > limit else None
    return {"rows": [call_back_json(row) for row in rows[:limit]], "next": more}


def _read_wanted(args: Mapping[str, str]) -> Wanted:
    start, end, state = read_day(args, "from"), read_day(args, "to"), read_name(args, "state")
    check_order(start, end)
    if state is not None and state not in STATES:
        raise Faulty(f"state must be one of {', '.join(STATES)}", "state")
    before = _midnight(end + timedelta(days=1)) if end else None
    return Wanted(
        scope_in_use().units, (state,) if state else (), since=_midnight(start) if start else None, before=before
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _mark(field: Field, call_back: str, word: Mark) -> None:
    try:
        mark(field, call_back, word)
    except NoSuchCallBack as unknown:
        raise Faulty(str(unknown), "id", 404) from None
    except TooLate as late:
        raise Faulty(f"it is {late.state} already: {late.author or 'the customer'} was first", "state", 409) from None


def _find(field: Field, call_back: str) -> CallBackRow:
    """The call-back, where the key may read it. Raises ``Faulty``."""
    with field.unit.read() as tx:
        row = find_call_back(tx, scope_in_use().units, call_back)
    if row is None:
        raise Faulty(str(NoSuchCallBack(call_back)), "id", 404)
    return row


def _cursor(row: CallBackRow) -> str:
    return urlsafe_b64encode(json.dumps([row.opens_at.isoformat(), row.id]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """The place a page begins after. Raises ``Faulty``."""
    if not cursor:
        return None
    try:
        at, last = json.loads(urlsafe_b64decode(cursor[:200] + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError, RecursionError):
        raise Faulty("this cursor was not given out here", "cursor") from None
    if moment.tzinfo is None or not isinstance(last, str) or not last.isprintable():
        raise Faulty("this cursor was not given out here", "cursor")
    return moment, last
