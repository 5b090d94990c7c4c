"""Reading numbers and responses: the same queries as the pages, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.field import Field
from tonval.fieldwork.reading import Faulty
from tonval.stats.agents import AgentRow, agent_rows
from tonval.stats.figures import nki_figures, nps_figures
from tonval.stats.paging import BadCursor
from tonval.stats.queries import Filter
from tonval.stats.queues import QueueRow, queue_rows
from tonval.stats.responses import PAGE, Response, responses
from tonval.stats.results import results
from tonval.stats.said import Said
from tonval.stats.voices import Voice, sound
from tonval.web.api.keys import requires, scope_in_use
from tonval.web.api.problems import faulty
from tonval.web.api.results import results_json
from tonval.web.playing import played

DEFAULT_DAYS: Final = 30
MOST_ROWS: Final = 200
LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class ResponsesAsked:
    """What ``GET /responses`` asks for."""

    agent: str | None
    survey: str | None
    start: date | None
    end: date | None
    cursor: str | None
    limit: int


def blueprint(field: Field) -> Blueprint:
    """``/stats/…``, ``/responses`` and ``/recordings``, to be mounted under ``/api/v1``; each needs ``read``."""
    routes = Blueprint("statistics", __name__)
    _add_scores(routes, field)
    _add_answers(routes, field)
    routes.register_error_handler(Faulty, faulty)
    return routes


def _add_scores(routes: Blueprint, field: Field) -> None:
    @routes.get("/stats/agents")
    @requires(field, "read")
    def agents() -> ResponseReturnValue:
        wanted = read_filter(request.args, field.now().date())
        rows = agent_rows(field.unit, scope_in_use(), wanted, field.centre.enough)
        return jsonify(_report(wanted, [agent_json(row) for row in rows]))

    @routes.get("/stats/queues")
    @requires(field, "read")
    def queues() -> ResponseReturnValue:
        wanted = read_filter(request.args, field.now().date())
        rows = queue_rows(field.unit, scope_in_use(), wanted, field.centre.enough)
        return jsonify(_report(wanted, [queue_json(row) for row in rows]))

    @routes.get("/stats/surveys/<survey>")
    @requires(field, "read")
    def survey(survey: str) -> ResponseReturnValue:
        wanted = replace(read_filter(request.args, field.now().date()), language=read_name(request.args, "language"))
        found = (
            results(field.unit, scope_in_use(), survey, wanted, field.centre.enough) if survey.isprintable() else None
        )
        if found is None:
            raise Faulty("there is no survey of that name", "survey", 404)
        return jsonify(results_json(wanted, found))


def _add_answers(routes: Blueprint, field: Field) -> None:
    @routes.get("/responses")
    @requires(field, "read")
    def saved() -> ResponseReturnValue:
        return jsonify(_responses(field, read_responses(request.args)))

    @routes.get("/recordings/<recording>")
    @requires(field, "read")
    def recording(recording: str) -> ResponseReturnValue:
        found = sound(field.unit, scope_in_use(), recording[:LONGEST_NAME]) if recording.isprintable() else None
        if found is None:
            raise Faulty("there is no such recording, or not any more", "recording", 404)
        return played(found.wav)


def read_filter(args: Mapping[str, str], today: date) -> Filter:
    """The filter of a query string; without dates the 30 days to ``today``. Raises ``Faulty`` naming the field."""
    end = read_day(args, "to") or today
    start = read_day(args, "from") or end - timedelta(days=DEFAULT_DAYS - 1)
    check_order(start, end)
    places = {name: read_name(args, name) for name in ("survey", "unit", "channel")}
    return Filter(start, end, queue=read_queue(args), **places)


def read_responses(args: Mapping[str, str]) -> ResponsesAsked:
    """The query string of ``GET /responses``. Raises ``Faulty`` naming the field."""
    start, end = read_day(args, "from"), read_day(args, "to")
    check_order(start, end)
    cursor, limit = read_name(args, "cursor"), read_limit(args)
    return ResponsesAsked(read_name(args, "agent"), read_name(args, "survey"), start, end, cursor, limit)


def read_day(args: Mapping[str, str], name: str) -> date | None:
    """A UTC day such as 2026-11-22, ``None`` when it is not given."""
    text = args.get(name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Faulty(f"{text!r} is not a day such as 2026-11-22", name) from None
    if not 1970 <= day.year <= 2999:
        raise Faulty(f"{day} is not in the years 1970 to 2999", name)
    return day


def read_queue(args: Mapping[str, str]) -> str | None:
    """The queue to narrow to. Raises ``Faulty`` for one of a place that the key of this request does not reach."""
    queue = read_name(args, "queue")
    if queue is not None and not scope_in_use().sees_queue(queue):
        raise Faulty(f"there is no queue called “{queue}”", "queue", 404)
    return queue


def read_name(args: Mapping[str, str], name: str) -> str | None:
    """A name to look for, ``None`` when it is not given; control characters are in no name."""
    text = args.get(name) or None
    if text is not None and not text.isprintable():
        raise Faulty("a name has no control characters", name)
    return text


def agent_json(row: AgentRow) -> dict[str, Any]:
    """A row of ``GET /stats/agents``."""
    about = {"agent": row.agent, "name": row.name, "unit": row.unit}
    return {**about, "nki": nki_figures(row.nki), "nps": nps_figures(row.nps)}


def queue_json(row: QueueRow) -> dict[str, Any]:
    """A row of ``GET /stats/queues``."""
    return {"queue": row.queue, "nki": nki_figures(row.nki), "nps": nps_figures(row.nps)}


def response_json(row: Response) -> dict[str, Any]:
    """A row of ``GET /responses``."""
    kind, ref = row.interaction or (None, None)
    return {
        "id": row.id,
        "survey": row.survey,
        "version": row.version,
        "channel": row.channel,
        "queue": row.queue,
        "agent": row.agent,
        "interaction": None if kind is None else {"kind": kind, "id": ref},
        "disposition": row.disposition,
        "language": row.language,
        "started_at": moment_json(row.started_at),
        "ended_at": moment_json(row.ended_at),
        "answers": [answer_json(had) for had in row.answers],
        "comments": [
            *({"question": left.question, "text": left.text} for left in row.comments),
            *(voice_json(each) for each in row.voices),
        ],
        "call_back": row.call_back and {"at": moment_json(row.call_back.at), "state": row.call_back.state},
    }


def voice_json(spoken: Voice) -> dict[str, Any]:
    """A spoken comment: where it can be heard, ``None`` when it cannot, not yet or not any more."""
    path = f"/api/v1/recordings/{spoken.recording}" if spoken.here else None
    return {"question": spoken.question, "recording": path, "seconds": round(spoken.seconds, 1)}


def answer_json(had: Said) -> dict[str, Any]:
    """An answer as it stands; one of options says which, in the language the customer chose them in."""
    options = [{"option": option.id, "label": option.label} for option in had.options]
    about = {"question": had.question, "scale": had.scale, "value": had.value}
    return {**about, "options": options} if options else about


def moment_json(moment: datetime | None) -> str | None:
    """UTC, ISO 8601, to the millisecond, with a Z."""
    return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _report(wanted: Filter, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"from": wanted.start.isoformat(), "to": wanted.end.isoformat(), "rows": rows}


def _responses(field: Field, asked: ResponsesAsked) -> dict[str, Any]:
    try:
        page = responses(
            field.unit,
            scope_in_use(),
            agent=asked.agent,
            survey=asked.survey,
            start=asked.start,
            end=asked.end,
            cursor=asked.cursor,
            limit=asked.limit,
        )
    except BadCursor as bad:
        raise Faulty(str(bad), "cursor") from None
    return {"rows": [response_json(row) for row in page.rows], "next": page.next}


def check_order(start: date | None, end: date | None) -> None:
    """Raises ``Faulty`` when a period ends before it starts."""
    if start is not None and end is not None and start > end:
        raise Faulty(f"the period ends on {end} but starts on {start}", "to")


def read_limit(args: Mapping[str, str]) -> int:
    """How many rows a page may have. Raises ``Faulty``."""
    text = args.get("limit") or str(PAGE)
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MOST_ROWS):
        raise Faulty(f"{text!r} is not a number from 1 to {MOST_ROWS}", "limit")
    return int(text)
