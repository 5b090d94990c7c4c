"""Who asks with a survey: queues, tickets' templates, everybody else; what the file says stands, and is shown so."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import profiles
from tonval.fieldwork.field import Field
from tonval.fieldwork.profiles import Assignment, Profile, ProfileError
from tonval.stats.places import queue_names
from tonval.surveys.document import read_document
from tonval.web.desk.designer.doors import framed_survey, seen
from tonval.web.desk.designer.listing import use_in_words
from tonval.web.desk.looks import actor
from tonval.web.desk.scopes import scope_here


def add_routes(pages: Blueprint, office: Field) -> None:
    """``/desk/surveys/<name>/use``."""

    @pages.get("/desk/surveys/<name>/use")
    def survey_use(name: str) -> ResponseReturnValue:
        return _page(office, seen(office, name), {})

    @pages.post("/desk/surveys/<name>/use")
    def assign_survey(name: str) -> ResponseReturnValue:
        found = seen(office, name)
        queue, template = request.form.get("queue", ""), request.form.get("template", "").strip()
        try:
            if request.form.get("do") == "take":
                profiles.unassign(office, queue, template, actor())
            else:
                profiles.assign(office, queue, template, name, actor())
        except ProfileError as error:
            return _page(office, found, request.form, str(error)), 409
        return redirect(f"/desk/surveys/{name}/use", 303)


def _page(office: Field, found: Profile, typed: Mapping[str, str], fault: str = "") -> str:
    scope = scope_here(office)
    assigned = tuple(each for each in profiles.assignments(office) if scope.sees_queue(each.queue))
    return framed_survey(
        office,
        "use.html",
        found,
        mine=[each for each in assigned if each.survey == found.id],
        others=[each for each in assigned if each.survey != found.id],
        queues=queue_names(office.centre, scope),
        lines=_lines(office, assigned),
        words=use_in_words,
        typed=typed,
        fault=fault[:1].upper() + fault[1:],
    )


def _lines(office: Field, assigned: tuple[Assignment, ...]) -> dict[tuple[str, str], int]:
    """Where the file says it: queue and template to the line."""
    root = read_document(office.file.document)
    managed = [each for each in assigned if each.managed]
    return {(each.queue, each.template): root.line(_path(each)) for each in managed}


def _path(each: Assignment) -> tuple[str, ...]:
    place = ("queues", each.queue)
    return (*place, "templates", each.template) if each.template else (*place, "survey")
