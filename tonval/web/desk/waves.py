"""Periodic surveys: the programs of the file, their waves, what the next would do, and the contact lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.field import Field
from tonval.fieldwork.periodic import programs
from tonval.fieldwork.periodic.lists import all_lists
from tonval.fieldwork.periodic.programs import Course, Preview
from tonval.surveys.sentences import sentence
from tonval.web.desk.filters import PERIODS
from tonval.web.desk.look import Look, look, show
from tonval.web.desk.why import RULES

OFTEN: Final = {"day": sentence("every day"), "month": sentence("every month"), "quarter": sentence("every quarter")}


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/waves``, for admins and supervisors; ``?preview=<program>`` shows what its next wave would do."""

    @pages.get("/desk/waves")
    def waves() -> ResponseReturnValue:
        seen = look(field)
        courses = [course for course in programs.courses(field) if _is_seen(seen, course.wave.program)]
        return show(
            "desk/waves.html",
            seen,
            standings=[each for each in programs.standings(field) if _is_seen(seen, each.program.name)],
            courses=courses,
            links=_links(field, courses),
            lists=all_lists(field),
            used=_used(seen),
            preview=_preview(seen, request.args.get("preview")),
            often=OFTEN,
            rules=RULES,
        )


def _is_seen(seen: Look, name: str) -> bool:
    """Whether the program asks for no queue of another place."""
    program = seen.field.centre.programs.get(name)
    return program is None or seen.scope.sees_queue(program.queue)


def _preview(seen: Look, name: str | None) -> Preview | None:
    if name is None:
        return None
    if name not in seen.field.centre.programs or not _is_seen(seen, name):
        abort(404)
    return programs.preview(seen.field, seen.field.centre.programs[name])


def _used(seen: Look) -> dict[str, list[str]]:
    """The names of the programs that ask each list."""
    used: dict[str, list[str]] = {}
    for program in seen.field.centre.programs.values():
        if _is_seen(seen, program.name):
            used.setdefault(program.list, []).append(program.name)
    return used


def _links(field: Field, courses: Iterable[Course]) -> dict[tuple[str, str, str], str]:
    """Program, period and rule to the ledger's page of those whom the rule kept from being asked."""
    found = {}
    for course in courses:
        program, age = field.centre.programs.get(course.wave.program), field.now() - course.wave.started_at
        period = next((name for name, (_, days) in PERIODS.items() if age.days < days - 1), "365d")
        for rule, _ in course.rules:
            wanted = {"queue": program.queue if program else None, "period": period, "rule": rule}
            query = urlencode({name: value for name, value in wanted.items() if value})
            found[course.wave.program, course.wave.period, rule] = f"/desk/asked?{query}"
    return found
