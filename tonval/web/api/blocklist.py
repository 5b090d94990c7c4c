"""The blocklist and the opt-outs for other systems: read, added to and struck out, as JSON or as CSV."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import books
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.books import BLOCKLIST, OPT_OUTS, Book, Entry
from tonval.fieldwork.field import Field
from tonval.fieldwork.reading import Faulty, read_json
from tonval.intake.refusals import Outcome, take_in, written
from tonval.intake.tables import BadFile
from tonval.web.api.keys import key_actor, requires
from tonval.web.api.problems import faulty
from tonval.web.api.statistics import moment_json

LARGEST_FILE: Final = 64 * 1024 * 1024
MOST_ROWS: Final = 1000
CSV: Final = "text/csv"


def blueprint(field: Field) -> Blueprint:
    """``/blocklist`` and ``/optouts``, below ``/api/v1``: scope read to list, admin to change, report to opt out."""
    routes = Blueprint("refusals", __name__)
    for book, adds in ((BLOCKLIST, "admin"), (OPT_OUTS, "report")):
        _add_routes(routes, field, book, adds)
    routes.register_error_handler(Faulty, faulty)
    return routes


def _add_routes(routes: Blueprint, field: Field, book: Book, adds: str) -> None:
    path = f"/{book.name}"

    @routes.get(path, endpoint=f"list_{book.name}")
    @requires(field, "read", everywhere=True)
    def listing() -> ResponseReturnValue:
        if request.accept_mimetypes.best_match(["application/json", CSV]) == CSV:
            return _as_file(field, book)
        return jsonify(_page(field, book))

    @routes.post(path, endpoint=f"add_{book.name}")
    @requires(field, adds, everywhere=True)
    def add() -> ResponseReturnValue:
        return (_take_file if request.mimetype == CSV else _take_one)(field, book, key_actor())

    @routes.delete(path, endpoint=f"remove_{book.name}")
    @requires(field, "admin")
    def remove() -> ResponseReturnValue:
        key = _asked_key(field, book, book.key)
        channel = books.read_channel(request.args.get("channel"), "channel")
        if books.remove(field, book, key, channel, key_actor()) is None:
            raise Faulty(f"there is no entry for this {book.key} and the channel {channel}", book.key, 404)
        return Response(status=204)


def entry_json(book: Book, entry: Entry) -> dict[str, Any]:
    """A row of ``GET /blocklist`` or ``/optouts``."""
    about = {book.key: entry.key, "channel": entry.channel, book.words: entry.words}
    return {**about, "created_at": moment_json(entry.created_at), "author": entry.author}


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """What became of a file; ``faults`` tells the first ten thousand refused rows, ``refused`` counts all."""
    faults = [{"row": fault.row, "field": fault.field, "detail": fault.detail} for fault in outcome.faults]
    return {"added": outcome.added, "known": outcome.known, "refused": outcome.refused, "faults": faults}


def _page(field: Field, book: Book) -> dict[str, Any]:
    if request.args.get("address"):
        found = books.entries_about(field, book, _asked_key(field, book, "address"))
        return {"rows": [entry_json(book, entry) for entry in found], "next": None}
    limit = _read_limit(request.args.get("limit") or str(books.PAGE))
    rows = books.entries(field, book, request.args.get("cursor"), limit + 1)
    more = books.cursor_of(field, book, rows[limit - 1]) if len(rows) > limit else None
    return {"rows": [entry_json(book, entry) for entry in rows[:limit]], "next": more}


def _as_file(field: Field, book: Book) -> Response:
    """The whole book, sent as it is read."""
    lines = written(book, books.all_entries(field, book))
    name = {"Content-Disposition": f'attachment; filename="{book.name}.csv"'}
    return Response(lines, content_type=f"{CSV}; charset=utf-8", headers=name)


def _take_one(field: Field, book: Book, by: Actor) -> ResponseReturnValue:
    entry = books.read_entry(field, book, read_json(request.get_data()), by.name, "api")
    new = books.add(field, book, [entry], by)
    standing = entry if new else books.entry_at(field, book, *entry.place)
    return jsonify(entry_json(book, standing or entry)), 201 if new else 200


def _take_file(field: Field, book: Book, by: Actor) -> ResponseReturnValue:
    """The body goes to the disk first: a file is read twice, and rows are never held in memory together."""
    request.max_content_length = LARGEST_FILE
    with TemporaryDirectory() as folder:
        path = Path(folder) / "body"
        with path.open("wb") as file:
            shutil.copyfileobj(request.stream, file)
        try:
            return jsonify(outcome_json(take_in(field, book, path, "body.csv", by)))
        except BadFile as bad:
            raise Faulty(str(bad)) from None


def _asked_key(field: Field, book: Book, name: str) -> str:
    """The pattern or address of a query string, where an unescaped ``+`` has come as a blank."""
    text = request.args.get(name) or ""
    return books.read_key(field, book, f"+{text[1:]}" if text.startswith(" ") else text, name)


def _read_limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MOST_ROWS):
        raise Faulty(f"{text!r} is not a number from 1 to {MOST_ROWS}", "limit")
    return int(text)
