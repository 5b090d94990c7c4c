"""What became of interactions and why: one explained, many listed, all counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import invitations
from tonval.fieldwork.addresses import BadAddress, email_address, phone_number
from tonval.fieldwork.field import Field
from tonval.fieldwork.reading import Faulty
from tonval.stats.aftermath import Event, Invited
from tonval.stats.decisions import Explanation, explain
from tonval.stats.ledger import Count, Entry, Wanted, contact_of, counted, entries
from tonval.stats.paging import BadCursor
from tonval.stats.reasons import EVERY, Step
from tonval.surveys.dispositions import Disposition
from tonval.web.api.keys import requires, scope_in_use
from tonval.web.api.problems import faulty
from tonval.web.api.statistics import (
    DEFAULT_DAYS,
    check_order,
    moment_json,
    read_day,
    read_limit,
    read_name,
    read_queue,
)

_DISPOSITIONS: Final = frozenset(Disposition)


def blueprint(field: Field) -> Blueprint:
    """``/interactions``, ``/interactions/{kind}/{id}`` and ``/stats/dispositions``, below ``/api/v1``; scope read."""
    routes = Blueprint("ledger", __name__)

    @routes.get("/interactions")
    @requires(field, "read")
    def listing() -> ResponseReturnValue:
        return jsonify(_listing(field, request.args))

    @routes.get("/interactions/<kind>/<path:ref>", merge_slashes=False)
    @requires(field, "read")
    def show(kind: str, ref: str) -> ResponseReturnValue:
        return jsonify(_explained(field, kind, ref))

    @routes.get("/stats/dispositions")
    @requires(field, "read")
    def dispositions() -> ResponseReturnValue:
        return jsonify(_counts(field, request.args))

    routes.register_error_handler(Faulty, faulty)
    return routes


def entry_json(row: Entry) -> dict[str, Any]:
    """A row of ``GET /interactions``."""
    return {
        "interaction": {"kind": row.kind, "id": row.ref},
        "queue": row.queue,
        "agent": row.agent,
        "customer": {"phone": row.phone, "email": row.email, "name": row.customer},
        "at": moment_json(row.at),
        "decision": row.decision or None,
        "disposition": row.disposition,
        "rule": row.rule,
    }


def step_json(step: Step) -> dict[str, Any]:
    """A step of an explanation."""
    return {"rule": step.rule, "passed": step.passed, "sentence": step.sentence}


def event_json(event: Event) -> dict[str, Any]:
    """Something that happened after the decision."""
    told = {"at": moment_json(event.at), "event": event.name, "sentence": event.sentence}
    response = event.interview and event.interview.replace("itv_", "res_", 1)
    return {**told, "response": response, "error": event.error}


def invitation_json(invited: Invited | None) -> dict[str, Any] | None:
    """The invitation as it stands; ``due_at`` is when it is looked at next."""
    if invited is None:
        return None
    return {
        "id": invited.id,
        "state": invited.state,
        "channel": invited.channel,
        "survey": invited.survey,
        "due_at": moment_json(invited.due_at),
        "held": invited.held,
    }


def count_json(row: Count) -> dict[str, Any]:
    """A row of ``GET /stats/dispositions``."""
    return {"queue": row.queue, "disposition": row.disposition, "rule": row.rule, "n": row.n}


def _explained(field: Field, kind: str, ref: str) -> dict[str, Any]:
    told = explain(field.unit, scope_in_use(), kind, ref)
    if told is None:
        raise Faulty(f"no {kind} with the id “{ref}” has been reported", "id", 404)
    return {**_reported(told), **_explanation(told)}


def _reported(told: Explanation) -> dict[str, Any]:
    row = told.entry
    named = invitations.body(row.kind, row.ref, row.decision)
    return {**named, "disposition": row.disposition, "queue": row.queue, "agent": row.agent}


def _explanation(told: Explanation) -> dict[str, Any]:
    return {
        "explanation": [step_json(step) for step in told.steps],
        "invitation": invitation_json(told.invitation),
        "events": [event_json(event) for event in told.events],
    }


def _listing(field: Field, args: Mapping[str, str]) -> dict[str, Any]:
    wanted, limit = _read_wanted(field, args), read_limit(args)
    try:
        page = entries(field.unit, scope_in_use(), wanted, read_name(args, "cursor"), limit)
    except BadCursor as bad:
        raise Faulty(str(bad), "cursor") from None
    return {"rows": [entry_json(row) for row in page.rows], "next": page.next}


def _counts(field: Field, args: Mapping[str, str]) -> dict[str, Any]:
    end = read_day(args, "to") or field.now().date()
    start = read_day(args, "from") or end - timedelta(days=DEFAULT_DAYS - 1)
    check_order(start, end)
    rows = counted(field.unit, scope_in_use(), Wanted(start, end, read_queue(args)))
    period = {"from": start.isoformat(), "to": end.isoformat()}
    return {**period, "total": sum(row.n for row in rows), "rows": [count_json(row) for row in rows]}


def _read_wanted(field: Field, args: Mapping[str, str]) -> Wanted:
    """Which interactions a query string asks for. Raises ``Faulty`` naming the field."""
    start, end = read_day(args, "from"), read_day(args, "to")
    check_order(start, end)
    return Wanted(
        start=start,
        end=end,
        queue=read_queue(args),
        disposition=_one_of(args, "disposition", _DISPOSITIONS),
        rule=_one_of(args, "rule", EVERY),
        contacts=_read_contacts(field, args),
    )


def _one_of(args: Mapping[str, str], name: str, known: frozenset[str]) -> str | None:
    value = read_name(args, name)
    if value is not None and value not in known:
        raise Faulty(f"{name} must be one of {', '.join(sorted(known))}", name)
    return value


def _read_contacts(field: Field, args: Mapping[str, str]) -> frozenset[str] | None:
    """The contacts with the address asked for, where an unescaped ``+`` has come as a blank; ``None`` without one."""
    phone, email = read_name(args, "phone"), read_name(args, "email")
    if phone is None and email is None:
        return None
    try:
        number = (
            phone_number(f"+{phone[1:]}" if phone.startswith(" ") else phone, field.centre.country) if phone else None
        )
    except BadAddress as bad:
        raise Faulty(f"phone cannot be used: {bad}", "phone") from None
    try:
        return contact_of(field.unit, phone=number, email=email_address(email) if email else None)
    except BadAddress as bad:
        raise Faulty(f"email cannot be used: {bad}", "email") from None
