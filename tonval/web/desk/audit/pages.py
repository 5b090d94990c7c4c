"""``/admin/audit``: the log itself, the same as a file, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Deed
from tonval.fieldwork.field import Field
from tonval.intake.told import csv_line
from tonval.stats.deeds import Entry, Wanted, actors, all_deeds, deeds
from tonval.stats.paging import BadCursor, Page
from tonval.web.desk.audit.asking import Asked, asked
from tonval.web.desk.audit.names import DEEDS
from tonval.web.desk.audit.sentences import after_of, before_of, by_clock, sentence
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.desk.moments import here

PAGE: Final = 50
COLUMNS: Final = ("number", "time", "who", "who_id", "deed", "kind", "object", "before", "after", "sentence")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the page shows it; ``there`` is where its object is to be seen."""

    entry: Entry
    words: str
    before: str
    after: str
    there: str


def add_routes(pages: Blueprint, field: Field) -> None:
    """For admins: the page, the file, which is noted itself, and the badge."""

    @pages.get("/admin/audit")
    def audit_log() -> ResponseReturnValue:
        return _page(field)

    @pages.get("/admin/audit.csv")
    def audit_file() -> ResponseReturnValue:
        return _file(field, asked())

    @pages.get("/admin/audit/whole")
    def audit_whole() -> ResponseReturnValue:
        verdict = audit.verify(field)
        if "HX-Request" in request.headers:
            return render_template("desk/audit_whole.html", verdict=verdict)
        return _page(field, verdict)


def _page(field: Field, verdict: audit.Verdict | None = None) -> ResponseReturnValue:
    wish = asked()
    try:
        found = None if wish.faults else deeds(field.unit, wish.wanted, request.args.get("cursor"), PAGE)
    except BadCursor:
        abort(404)
    page = framed("desk/audit.html", people=actors(field.unit), deeds=DEEDS, verdict=verdict, **_shown(wish, found))
    return page, 400 if wish.faults else 200


def _shown(wish: Asked, found: Page[Entry] | None) -> dict[str, Any]:
    """What the page shows of the entries; without any where the wish has faults."""
    typed, after = dict(wish.typed), found.next if found else None
    return {
        "typed": typed,
        "faults": wish.faults,
        "lines": [_line(each) for each in found.rows] if found else [],
        "next": f"/admin/audit?{urlencode({**typed, 'cursor': after})}" if after else None,
        "file": f"/admin/audit.csv?{urlencode(typed)}" if typed else "/admin/audit.csv",
    }


def _file(field: Field, wish: Asked) -> ResponseReturnValue:
    if wish.faults:
        return _page(field)
    named = {name: value for name, value in wish.typed.items() if name in ("from", "to")}
    narrowed = {"by": sorted(wish.typed), **named} if wish.typed else {}  # what was searched for may be about anybody
    with field.unit.begin() as tx:
        audit.note(tx, field, actor(), Deed("audit.exported", "audit", "log", narrowed))
    sent = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(_written(field, wish.wanted, here()), content_type="text/csv; charset=utf-8", headers=sent)


def _line(entry: Entry) -> Line:
    read = by_clock(entry, here())
    return Line(entry, sentence(read), before_of(read), after_of(read), _there(entry))


def _there(entry: Entry) -> str:
    """The page of the object, empty where it has none."""
    if entry.kind == "prompt" and entry.ref.count(" ") == 2:
        survey, slot, language = entry.ref.split(" ")
        return f"/desk/prompts/{quote(survey)}/{language}/{slot}"
    begins, page = _PAGES.get(entry.kind, ("", ""))
    return page.format(quote(entry.ref)) if entry.ref.startswith(begins) else ""


_PAGES: Final = {
    "interview": ("itv_", "/desk/conversations/{}"),
    "thread": ("itv_", "/desk/conversations/{}"),
    "contact": ("", "/desk/customers/{}"),
    "user": ("usr_", "/admin/people/{}"),
    "survey": ("", "/desk/surveys/{}"),
    "import": ("imp_", "/desk/imports/{}"),
    "key": ("", "/admin/keys"),
    "unit": ("", "/admin/organisation"),
    "agent": ("", "/admin/organisation"),
}
"""By kind how the ids of those begin that have a page, and where it is."""


def _written(field: Field, wanted: Wanted, zone: tzinfo) -> Iterator[str]:
    """The entries as CSV, the newest first, by the clock of ``zone``. No cell of it is a formula to a spreadsheet."""
    yield csv_line(COLUMNS)
    for each in all_deeds(field.unit, wanted):
        at, read = each.at.astimezone(zone).isoformat(timespec="seconds"), by_clock(each, zone)
        about = (str(each.id), at, each.name, each.actor, each.action, each.kind, each.ref)
        yield csv_line((*about, before_of(read), after_of(read), sentence(read)))
