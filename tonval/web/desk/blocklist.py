"""Who is never asked: looking a person up, the two lists, and for admins changing them, by hand or by file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from tonval.fieldwork import books
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.books import BLOCKLIST, OPT_OUTS, Book, Entry
from tonval.fieldwork.centre import CHANNELS, EMAIL
from tonval.fieldwork.colleagues.roles import Permission
from tonval.fieldwork.deciding.refusals import Refusal, refused
from tonval.fieldwork.field import Field
from tonval.fieldwork.reading import Faulty, Reading
from tonval.intake.refusals import Outcome, take_in, written
from tonval.intake.tables import BadFile
from tonval.surveys.sentences import sentence
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.language import flash
from tonval.web.signin import reader

PAGE: Final = 50
UNDO_FOR: Final = timedelta(hours=1)
CHANNEL_NAMES: Final = {
    "*": sentence("All"),
    "keypad": sentence("Keypad"),
    "sms": "SMS",
    "link": sentence("SMS link"),
    "email": sentence("E-mail"),
}
NO_UNDO: Final = ""
"""A message's category is what undoes it."""

_BOOKS: Final = {"blocked": BLOCKLIST, "optouts": OPT_OUTS}


@dataclass(frozen=True, slots=True)
class Found:
    """Who was looked up: by channel what stands in the way, where it is a person; and her entries in both books."""

    key: str
    verdict: Mapping[str, Refusal | None]
    entries: Mapping[str, tuple[Entry, ...]]


@dataclass(frozen=True, slots=True)
class State:
    """What the page shows beside the list: a form that was refused, or a file that was read."""

    typed: Mapping[str, str]
    fault: Faulty | None = None
    outcome: Outcome | None = None
    broken: str | None = None


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/blocklist`` for admins and supervisors; only admins change it."""
    _add_views(pages, field)
    _add_changes(pages, field)


def _add_views(pages: Blueprint, field: Field) -> None:
    @pages.get("/desk/blocklist", defaults={"name": "blocked"})
    @pages.get("/desk/blocklist/<name>")
    def blocklist(name: str) -> ResponseReturnValue:
        return _page(field, _book(name), State({}))

    @pages.get("/desk/blocklist/<name>.csv")
    def blocklist_file(name: str) -> ResponseReturnValue:
        book = _book(name)
        sent = {"Content-Disposition": f'attachment; filename="{book.name}.csv"'}
        lines = written(book, books.all_entries(field, book))
        return Response(lines, content_type="text/csv; charset=utf-8", headers=sent)


def _add_changes(pages: Blueprint, field: Field) -> None:
    @pages.post("/desk/blocklist/<name>/add")
    def block(name: str) -> ResponseReturnValue:
        return _add(field, _book(name), actor())

    @pages.post("/desk/blocklist/<name>/remove")
    def unblock(name: str) -> ResponseReturnValue:
        return _remove(field, _book(name), actor())

    @pages.post("/desk/blocklist/<name>/restore")
    def restore(name: str) -> ResponseReturnValue:
        return _restore(field, _book(name), actor())

    @pages.post("/desk/blocklist/<name>/file")
    def upload(name: str) -> ResponseReturnValue:
        return _take_in(field, _book(name), actor())


def _page(field: Field, book: Book, state: State) -> str:
    asked = (request.args.get("q") or "").strip()
    found, strange = _look_up(field, asked)
    listed = found.entries[book.name] if found else _from_cursor(field, book)
    return framed(
        "desk/blocklist.html",
        book=book,
        tabs=[(name, each) for name, each in _BOOKS.items()],
        name=_name(book),
        asked=asked,
        found=found,
        strange=strange,
        entries=listed if found else listed[:PAGE],
        next=None if found or len(listed) <= PAGE else books.cursor_of(field, book, listed[PAGE - 1]),
        state=state,
        changes=reader().may(Permission.CHANGE_REFUSALS),
        channels=CHANNEL_NAMES,
    )


def _look_up(field: Field, asked: str) -> tuple[Found | None, str | None]:
    """Who ``asked`` means; or a sentence that says why nobody."""
    if not asked:
        return None, None
    try:
        key = books.read_key(field, BLOCKLIST, asked, "q")
    except Faulty as strange:
        return None, strange.detail.removeprefix("q: ")
    entries = {book.name: books.entries_about(field, book, key) for book in _BOOKS.values()}
    return Found(key, {} if "*" in key else _verdict(field, key), entries), None


def _verdict(field: Field, address: str) -> Mapping[str, Refusal | None]:
    """By channel that could reach the address: what stands in the way."""
    ways = (EMAIL,) if "@" in address else tuple(channel for channel in CHANNELS if channel != EMAIL)
    with field.unit.read() as tx:
        why = refused(tx, [(address, channel) for channel in ways])
    return {channel: why.get((address, channel)) for channel in ways}


def _add(field: Field, book: Book, by: Actor) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in (book.key, "channel", book.words)}
    try:
        entry = books.read_entry(field, book, Reading(typed, ""), by.name, "page")
    except Faulty as fault:
        return _page(field, book, State(typed, fault)), 400
    flash(
        sentence("%(key)s is added.", key=entry.key)
        if books.add(field, book, [entry], by)
        else sentence("%(key)s is on the list already.", key=entry.key),
        NO_UNDO,
    )
    return _back(book)


def _remove(field: Field, book: Book, by: Actor) -> ResponseReturnValue:
    entry = books.remove(field, book, request.form.get("key", ""), request.form.get("channel", ""), by)
    if entry is not None:
        kept = _undo(book).dumps([*entry.place, entry.words, entry.created_at.isoformat()])
        flash(sentence("%(key)s is removed.", key=entry.key), kept)
    return _back(book)


def _restore(field: Field, book: Book, by: Actor) -> ResponseReturnValue:
    """Put back what was removed a moment ago, with its date and its words."""
    try:
        key, channel, words, began = _undo(book).loads(request.form.get("entry", ""), int(UNDO_FOR.total_seconds()))
    except BadSignature:
        abort(400)
    books.add(field, book, [Entry(key, channel, words, datetime.fromisoformat(began), by.name)], by)
    flash(sentence("%(key)s is on the list again.", key=key), NO_UNDO)
    return _back(book)


def _take_in(field: Field, book: Book, by: Actor) -> ResponseReturnValue:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(field, book, State({}, broken=sentence("Choose a file first."))), 400
    with TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        sent.save(path)
        try:
            return _page(field, book, State({}, outcome=take_in(field, book, path, sent.filename, by)))
        except BadFile as bad:
            return _page(field, book, State({}, broken=str(bad))), 400


def _book(name: str) -> Book:
    return _BOOKS.get(name) or abort(404)


def _name(book: Book) -> str:
    return next(name for name, each in _BOOKS.items() if each is book)


def _back(book: Book) -> ResponseReturnValue:
    return redirect(url_for("desk.blocklist", name=_name(book), q=request.form.get("q") or None))


def _from_cursor(field: Field, book: Book) -> tuple[Entry, ...]:
    """A page and one entry more; 404 for a cursor that nobody gave out."""
    try:
        return books.entries(field, book, request.args.get("cursor"), PAGE + 1)
    except Faulty:
        abort(404)


def _undo(book: Book) -> URLSafeTimedSerializer:
    """Signs what was removed, so that the page cannot be made to put back anything else."""
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=f"undo.{book.name}")
