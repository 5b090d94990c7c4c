"""The organisation: its tree of units, who belongs where, and files that change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.audit import Actor
from tonval.fieldwork.field import Field
from tonval.fieldwork.organisation import Changed, all_members, put_members, put_places, tree
from tonval.fieldwork.places import Crooked, Line, Misfit
from tonval.intake.organisation import read_agents_file, read_units_file
from tonval.intake.tables import BadFile
from tonval.surveys.sentences import sentence
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file may be about: how it is read, and how it is written."""

    read: Callable[[Path, str], list[Line]]
    put: Callable[[Field, list[Line], Actor], Changed]


KINDS: Final[Mapping[str, Kind]] = {
    "units": Kind(read_units_file, put_places),
    "agents": Kind(read_agents_file, put_members),
}


COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {"units": ("unit", "name"), "agents": ("agent", "name", "unit")}
"""What is typed of one by hand."""


@dataclass(frozen=True, slots=True)
class State:
    """What came of the file of a ``kind``, or of the one row that was ``typed``, that was sent just now."""

    kind: str = ""
    typed: Mapping[str, str] | None = None
    done: Changed | None = None
    broken: str = ""
    misfits: tuple[Misfit, ...] = ()


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/admin/organisation``, for admins."""

    @pages.get("/admin/organisation")
    def organisation() -> ResponseReturnValue:
        return _page(field, State())

    @pages.post("/admin/organisation/<kind>")
    def send_organisation(kind: str) -> ResponseReturnValue:
        if kind not in KINDS:
            abort(404)
        state = _take(field, kind)
        return _page(field, state), 200 if state.done else 400

    @pages.post("/admin/organisation/<kind>/one")
    def add_to_organisation(kind: str) -> ResponseReturnValue:
        if kind not in KINDS:
            abort(404)
        state = _take_one(field, kind)
        return _page(field, state), 200 if state.done else 400


def _take_one(field: Field, kind: str) -> State:
    """What was typed, taken as a file of one row would be; what did not fit is typed in still."""
    typed = {name: request.form.get(name, "").strip() for name in COLUMNS[kind]}
    try:
        return State(kind, {}, done=KINDS[kind].put(field, [Line(1, typed)], actor()))
    except Crooked as crooked:
        return State(kind, typed, misfits=crooked.misfits)


def _take(field: Field, kind: str) -> State:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return State(kind, broken=sentence("Choose a file first."))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        sent.save(path)
        try:
            lines = KINDS[kind].read(path, sent.filename)
            return State(kind, done=KINDS[kind].put(field, lines, actor()))
        except BadFile as bad:
            return State(kind, broken=str(bad))
        except Crooked as crooked:
            return State(kind, misfits=crooked.misfits)


def _page(field: Field, state: State) -> str:
    places, members = tree(field), all_members(field)
    return framed(
        "desk/organisation.html",
        units=places,
        named={place.path: place.name for place, _ in places},
        members=members,
        homeless=sum(not member.unit for member in members),
        managed=field.file.agents,
        state=state,
    )
