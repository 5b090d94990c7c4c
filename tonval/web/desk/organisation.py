"""The organisation: its tree of units, who belongs where, and files that change it once they have been looked at."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import organisation as kept
from tonval.fieldwork import taking_back
from tonval.fieldwork.field import Field
from tonval.fieldwork.organisation import Overtaken, all_members, tree
from tonval.fieldwork.places import Crooked, Line, Member, Misfit
from tonval.fieldwork.plans import Plan
from tonval.fieldwork.taking_back import CannotTakeBack
from tonval.intake.organisation import read_agents_file, read_units_file
from tonval.intake.tables import BadFile
from tonval.intake.told import csv_line
from tonval.surveys.sentences import sentence
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.desk.sorting import sort
from tonval.web.language import flash
from tonval.web.security import takes_long_forms

HERE: Final = "/admin/organisation"
SHOWN: Final = 100
"""Rows of a file that are shown before it is taken."""

READERS: Final[Mapping[str, Callable[[Path, str], list[Line]]]] = {"units": read_units_file, "agents": read_agents_file}
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {"units": ("unit", "name"), "agents": ("agent", "name", "unit")}
"""What is typed of one by hand."""

_ORDERS: Final[Mapping[str, Callable[[Member], tuple[str, str]]]] = {
    "name": lambda member: (member.name.casefold(), member.id),
    "unit": lambda member: (member.unit, member.name.casefold()),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent: its name, and its bytes in base64 as a form carries them from page to page."""

    name: str
    body: str

    def lines(self, kind: str) -> list[Line]:
        """Its rows. Raises ``BadFile`` and ``Crooked``."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "upload"
            path.write_bytes(base64.b64decode(self.body))
            return READERS[kind](path, self.name)


@dataclass(frozen=True, slots=True)
class State:
    """What came of the file of a ``kind``, or of the one row that was ``typed``, that was sent just now.

    ``plan`` is what the file ``sent`` would change, ``done`` what was; ``late``: it is another plan than was looked at.
    """

    kind: str = ""
    typed: Mapping[str, str] | None = None
    sent: Sent | None = None
    plan: Plan | None = None
    late: bool = False
    done: Plan | None = None
    broken: str = ""
    misfits: tuple[Misfit, ...] = ()


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/admin/organisation``, for admins."""

    @pages.get(HERE)
    def organisation() -> ResponseReturnValue:
        return _page(field, State())

    @pages.post(f"{HERE}/<kind>")
    def send_organisation(kind: str) -> ResponseReturnValue:
        state = _look_at(field, _known(kind), _sent())
        return _page(field, state), 200 if state.plan else 400

    @pages.post(f"{HERE}/<kind>/import")
    @takes_long_forms
    def import_organisation(kind: str) -> ResponseReturnValue:
        state = _import(field, _known(kind), _sent_again())
        return _page(field, state), 200 if state.done else 409 if state.late else 400

    @pages.post(f"{HERE}/<kind>/one")
    def add_to_organisation(kind: str) -> ResponseReturnValue:
        state = _take_one(field, _known(kind))
        return _page(field, state), 200 if state.done else 400

    _add_taking_back(pages, field)


def _add_taking_back(pages: Blueprint, field: Field) -> None:
    @pages.post(f"{HERE}/imports/<int:entry>/back")
    def take_organisation_back(entry: int) -> ResponseReturnValue:
        return _take_back(field, entry)

    @pages.get(f"{HERE}/imports/<int:entry>.csv")
    def organisation_before(entry: int) -> ResponseReturnValue:
        record = taking_back.find(field, entry) or abort(404)
        lines = (csv_line(row) for row in taking_back.as_it_was(record))
        named = {"Content-Disposition": f'attachment; filename="{record.kind}-before-{entry}.csv"'}
        return Response(lines, content_type="text/csv; charset=utf-8", headers=named)


def _known(kind: str) -> str:
    return kind if kind in READERS else abort(404)


def _sent() -> Sent | None:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    return Sent(sent.filename, base64.b64encode(sent.read()).decode())


def _sent_again() -> Sent:
    """The file that was looked at, as the form brought it back."""
    body = request.form.get("file", "")
    try:
        base64.b64decode(body, validate=True)
    except (ValueError, binascii.Error):
        abort(400)
    return Sent(request.form.get("name", ""), body)


def _look_at(field: Field, kind: str, sent: Sent | None) -> State:
    if sent is None:
        return State(kind, broken=sentence("Choose a file first."))
    return _told(State(kind, sent=sent), lambda lines: State(kind, sent=sent, plan=kept.plan(field, kind, lines)))


def _import(field: Field, kind: str, sent: Sent) -> State:
    """Carry out what was looked at; where that would be something else by now, look at it again."""
    seen, by, state = request.form.get("plan", ""), actor(), State(kind, sent=sent)
    try:
        return _told(state, lambda lines: State(kind, done=kept.put(field, kind, lines, by, seen)))
    except Overtaken as other:
        return replace(state, plan=other.plan, late=True)


def _told(state: State, work: Callable[[list[Line]], State]) -> State:
    """What comes of the rows of the file; the faults where they cannot be taken."""
    try:
        return work(state.sent.lines(state.kind) if state.sent else [])
    except BadFile as bad:
        return replace(state, broken=str(bad))
    except Crooked as crooked:
        return replace(state, misfits=crooked.misfits)


def _take_one(field: Field, kind: str) -> State:
    """What was typed, taken as a file of one row would be; what did not fit is typed in still."""
    typed = {name: request.form.get(name, "").strip() for name in COLUMNS[kind]}
    try:
        return State(kind, {}, done=kept.put(field, kind, [Line(1, typed)], actor()))
    except Crooked as crooked:
        return State(kind, typed, misfits=crooked.misfits)


def _take_back(field: Field, entry: int) -> ResponseReturnValue:
    try:
        taking_back.take_back(field, entry, actor())
    except KeyError:
        abort(404)
    except CannotTakeBack as fault:
        flash(str(fault))
        return _page(field, State()), 409
    flash(sentence("Taken back: all that it changed is as it was before."))
    return _page(field, State())


def _page(field: Field, state: State) -> str:
    places = tree(field)
    sorting, members = sort(HERE, "unit", _ORDERS, all_members(field))
    return framed(
        "desk/organisation.html",
        units=places,
        named={place.path: place.name for place, _ in places},
        members=members,
        sorting=sorting,
        homeless=sum(not member.unit for member in members),
        managed=field.file.agents,
        records=taking_back.records(field),
        state=state,
        shown=SHOWN,
    )
