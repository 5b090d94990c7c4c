"""``/admin/audit``: the log itself, the same as a file, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import audit
from tonval.fieldwork.field import Field
from tonval.intake.told import csv_line
from tonval.stats.deeds import Entry, Wanted, actors, all_deeds, deeds
from tonval.stats.paging import BadCursor
from tonval.web.desk.audit.sentences import DEEDS, after_of, before_of, sentence
from tonval.web.desk.look import framed

PAGE: Final = 50
LONGEST: Final = 200
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
    """For admins: the page, the file and the badge."""

    @pages.get("/admin/audit")
    def audit_log() -> ResponseReturnValue:
        return _page(field)

    @pages.get("/admin/audit.csv")
    def audit_file() -> ResponseReturnValue:
        sent = {"Content-Disposition": 'attachment; filename="audit.csv"'}
        return Response(_written(field, _wanted()), content_type="text/csv; charset=utf-8", headers=sent)

    @pages.get("/admin/audit/whole")
    def audit_whole() -> ResponseReturnValue:
        verdict = audit.verify(field)
        if "HX-Request" in request.headers:
            return render_template("desk/audit_whole.html", verdict=verdict)
        return _page(field, verdict)


def _page(field: Field, verdict: audit.Verdict | None = None) -> str:
    wanted = _wanted()
    try:
        found = deeds(field.unit, wanted, request.args.get("cursor"), PAGE)
    except BadCursor:
        abort(404)
    kept = _kept()
    return framed(
        "desk/audit.html",
        lines=[_line(each) for each in found.rows],
        next=f"/admin/audit?{urlencode({**kept, 'cursor': found.next})}" if found.next else None,
        file=f"/admin/audit.csv?{urlencode(kept)}" if kept else "/admin/audit.csv",
        wanted=wanted,
        narrowed=bool(kept),
        people=actors(field.unit),
        deeds=DEEDS,
        verdict=verdict,
    )


def _wanted() -> Wanted:
    """The filter of the address; what is not understood is left out."""
    kept = _kept()
    return Wanted(kept.get("person"), kept.get("deed"), kept.get("object"), _day(kept.get("day", "")))


def _kept() -> dict[str, str]:
    names = ("person", "deed", "object", "day")
    given = {name: request.args.get(name, "").strip()[:LONGEST] for name in names}
    return {name: value for name, value in given.items() if value and value.isprintable()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _line(entry: Entry) -> Line:
    return Line(entry, sentence(entry), before_of(entry), after_of(entry), _there(entry))


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


def _written(field: Field, wanted: Wanted) -> Iterator[str]:
    """The entries as CSV, the newest first. No cell of it is a formula to a spreadsheet."""
    yield csv_line(COLUMNS)
    for each in all_deeds(field.unit, wanted):
        about = (str(each.id), each.at.isoformat(), each.name, each.actor, each.action, each.kind, each.ref)
        yield csv_line((*about, before_of(each), after_of(each), sentence(each)))
