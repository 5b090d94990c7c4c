"""Files taken in through the browser: sent, looked at, confirmed, and followed until every row has its outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from tonval.fieldwork.field import Field
from tonval.intake import runs
from tonval.intake.folders import Claimed, Folders, is_plain
from tonval.intake.headings import ATTRIBUTE, CONTACTS, FIELDS, INTERACTIONS, fields_of
from tonval.intake.opening import SOURCE, Opened, Wishes, digest_of, open_file
from tonval.intake.plan import KINDS
from tonval.intake.previews import Preview, preview
from tonval.intake.runs import RUNNING, Run
from tonval.intake.starting import Order, TakenBefore, start
from tonval.intake.tables import BadFile, Row
from tonval.intake.told import WORDS, refused_csv
from tonval.intake.values import DATE_ORDERS
from tonval.surveys.sentences import sentence
from tonval.web.desk.look import framed, look, show_live
from tonval.web.desk.looks import actor
from tonval.web.desk.why import RULES
from tonval.web.security import LARGEST_FILE, takes_files
from tonval.web.signin import reader

ROWS: Final = 20
"""Rows of a file that are shown before it is taken; refused ones afterwards."""

FIELD_NAMES: Final = {
    "id": sentence("Id of the interaction"),
    "kind": sentence("Kind (call, ticket …)"),
    "queue": sentence("Queue"),
    "agent": sentence("Agent"),
    "customer.phone": sentence("Customer’s phone"),
    "customer.email": sentence("Customer’s e-mail"),
    "customer.name": sentence("Customer’s name"),
    "customer.language": sentence("Customer’s language"),
    "customer.tier": sentence("Customer’s tier"),
    "customer.unit": sentence("Customer’s unit"),
    "customer.zone": sentence("Customer’s time zone"),
    "started_at": sentence("Began at"),
    "ended_at": sentence("Ended at"),
    "talk_seconds": sentence("Talk time"),
    "direction": sentence("Direction"),
    "ended_by": sentence("Ended by"),
    "ticket": sentence("Ticket"),
    "template": sentence("Ticket’s template"),
    "reply_sent": sentence("Reply was sent"),
    "auto_closed": sentence("Closed automatically"),
    "not_before": sentence("Not before"),
}
KIND_NAMES: Final = {INTERACTIONS: sentence("Interactions to decide on"), CONTACTS: sentence("Contacts to know")}


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that waits to be confirmed, and how its sender says it is to be read."""

    file: Claimed
    source: str
    wishes: Wishes
    list: str | None


def add_routes(pages: Blueprint, field: Field, folders: Folders) -> None:
    """``/desk/imports``, for admins."""
    _add_sending(pages, field, folders)
    _add_following(pages, field, folders)


def _add_sending(pages: Blueprint, field: Field, folders: Folders) -> None:
    @pages.get("/desk/imports")
    def imports() -> ResponseReturnValue:
        return _overview(field, {})

    @pages.post("/desk/imports")
    @takes_files
    def send_file() -> ResponseReturnValue:
        return _send(field, folders)

    @pages.get("/desk/imports/files/<run_id>")
    def look_at_file(run_id: str) -> ResponseReturnValue:
        return _look_at(field, folders, _sent(folders, run_id, request.args))

    @pages.post("/desk/imports/files/<run_id>")
    def take_file(run_id: str) -> ResponseReturnValue:
        author = reader().name
        return _take(field, folders, _sent(folders, run_id, request.form), author)


def _add_following(pages: Blueprint, field: Field, folders: Folders) -> None:
    @pages.get("/desk/imports/<run_id>")
    def import_run(run_id: str) -> ResponseReturnValue:
        run = _run(field, run_id)
        state = f"{run.state}-{run.rows}-{_is_idle(field, run)}"
        return show_live(look(field), state, lambda state: _show_run(field, folders, run, state))

    @pages.get("/desk/imports/<run_id>/refused.csv")
    def refused_rows(run_id: str) -> ResponseReturnValue:
        run = _run(field, run_id)
        sent = {"Content-Disposition": f'attachment; filename="{run.id}-refused.csv"'}
        lines = refused_csv(runs.misfits(field, run.id))
        return Response(lines, content_type="text/csv; charset=utf-8", headers=sent)


def _overview(field: Field, typed: Mapping[str, str], fault: str = "") -> str:
    return framed(
        "desk/imports.html",
        runs=runs.recent_runs(field),
        sources=runs.known_sources(field),
        kinds=KIND_NAMES,
        typed=typed,
        fault=fault,
        most=LARGEST_FILE // 1024 // 1024,
    )


def _send(field: Field, folders: Folders) -> ResponseReturnValue:
    """Keep the file where it waits to be confirmed."""
    sent, source, kind = request.files.get("file"), request.form.get("source", ""), request.form.get("kind", "")
    source = source.strip().lower()
    if sent is None or not sent.filename:
        return _overview(field, request.form, sentence("Choose a file first.")), 400
    if not SOURCE.fullmatch(source) or kind not in KINDS:
        return _overview(
            field, request.form, sentence("The source is a short word in small letters and digits, like pbx.")
        ), 400
    run_id = field.fresh_id("imp")
    folders.make()
    sent.save(folders.uploads / f"{run_id}-{_name_of(sent)}")
    return redirect(url_for("desk.look_at_file", run_id=run_id, source=source, kind=kind))


def _name_of(sent: FileStorage) -> str:
    """What the sender calls the file, as a name that is safe to have."""
    name = Path((sent.filename or "").replace("\\", "/")).name
    name = "".join(letter for letter in name if letter.isprintable()).lstrip(".")[-60:]
    return name if is_plain(name) else "file"


def _sent(folders: Folders, run_id: str, given: Mapping[str, str]) -> Sent:
    """The waiting file, and what the form says about it; 404 when there is none."""
    file, source, kind = folders.find(run_id), given.get("source", ""), given.get("kind", INTERACTIONS)
    if file is None or not SOURCE.fullmatch(source) or kind not in KINDS:
        abort(404)
    if "columns" not in given:
        return Sent(file, source, Wishes(kind), None)
    chosen = {heading: given.get(f"c{place}", "") for place, heading in enumerate(_headings(given["columns"]))}
    settings = {name: given.get(f"set_{name}", "").strip() for name in ("queue", "kind", "agent", "country", "dates")}
    wishes = Wishes(kind, {heading: name for heading, name in chosen.items() if name}, settings)
    return Sent(file, source, wishes, given.get("list", "").strip() or None)


def _headings(given: str) -> list[str]:
    """The form's headings in their order: as JSON, because a browser changes line breaks."""
    try:
        headings = json.loads(given)
    except ValueError:
        abort(400)
    if not isinstance(headings, list) or not all(isinstance(heading, str) for heading in headings):
        abort(400)
    return headings


def _look_at(field: Field, folders: Folders, sent: Sent, before: TakenBefore | None = None) -> str:
    """What the file holds, how it would be read, and what would come of it."""
    facts: dict[str, Any] = {"sent": sent, "before": before, "opened": None, "seen": None, "broken": ""}
    try:
        opened = open_file(field, folders.path(sent.file.file), sent.file.name, sent.source, sent.wishes)
    except BadFile as bad:
        return framed("desk/import_file.html", **{**facts, "broken": f"{bad.sentence}"})
    seen = None if opened.faults else preview(field, opened)
    return framed(
        "desk/import_file.html",
        **{**facts, "opened": opened, "seen": seen},
        **_shown(field, opened, seen),
        rows=[row for row in opened.sample if isinstance(row, Row)][:ROWS],
    )


def _shown(field: Field, opened: Opened, seen: Preview | None) -> dict[str, Any]:
    plan = opened.plan
    return {
        "fields": {name: FIELD_NAMES.get(name, name) for name in FIELDS if name in fields_of(plan.kind)},
        "attribute": ATTRIBUTE,
        "queues": list(field.centre.queues),
        "dates": DATE_ORDERS,
        "interactions": plan.kind == INTERACTIONS,
        "words": WORDS,
        "rules": RULES,
        "refused": seen.misfits[:ROWS] if seen else (),
    }


def _take(field: Field, folders: Folders, sent: Sent, author: str) -> ResponseReturnValue:
    path = folders.path(sent.file.file)
    opened = open_file(field, path, sent.file.name, sent.source, sent.wishes)
    if opened.faults:
        return _look_at(field, folders, sent), 400
    order = Order(
        sent.source,
        sent.file.name,
        digest_of(path),
        opened.plan,
        sent.list,
        author=author,
        file=sent.file.file,
        by=actor(),
    )
    try:
        run = start(field, order, sent.file.id)
    except TakenBefore as before:
        return _look_at(field, folders, sent, before), 409
    return redirect(url_for("desk.import_run", run_id=run.id))


def _show_run(field: Field, folders: Folders, run: Run, state: str) -> str:
    return framed(
        "desk/import_run.html",
        run=run,
        state=state,
        words=WORDS,
        rules=RULES,
        refused=runs.first_misfits(field, run.id, ROWS),
        idle=_is_idle(field, run),
        again=run.state == runs.FAILED and folders.find(run.id) is not None,
        frame="bare.html" if "X-Tonval-Live" in request.headers else "layout.html",
        live=request.path,
    )


def _is_idle(field: Field, run: Run) -> bool:
    """Whether a run that is not done has not moved for some minutes: nobody takes it."""
    return run.state == RUNNING and (field.now() - run.touched_at).total_seconds() > 120


def _run(field: Field, run_id: str) -> Run:
    with field.unit.read() as tx:
        return runs.run_of(tx, run_id) or abort(404)
