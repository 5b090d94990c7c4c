"""Who waits to be called back: the next first, what became of those before, and planning anew whom nobody reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tonval.fieldwork.calling_back.call_backs import NotFree
from tonval.fieldwork.calling_back.called import DONE, MISSED, PLANNED, Mark, TooLate, mark, plan_anew
from tonval.fieldwork.calling_back.vacancies import free_slots
from tonval.fieldwork.deciding.zones import clock
from tonval.fieldwork.field import Field
from tonval.followup.call_backs import (
    CallBackRow,
    Wanted,
    count_call_backs,
    find_call_back,
    latest_call_backs,
    list_call_backs,
)
from tonval.stats.said import Said
from tonval.surveys.scales import SCALES, YES_NO
from tonval.surveys.sentences import sentence
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.desk.moments import NEAR, WEEKDAY, by, hour
from tonval.web.desk.scopes import scope_here
from tonval.web.desk.shown import step_of
from tonval.web.language import flash

MOST: Final = 200
LONGEST_NOTE: Final = 500
TABS: Final = {PLANNED: sentence("Planned"), MISSED: sentence("Nobody answered"), DONE: sentence("Called")}
BECAME: Final = {
    PLANNED: sentence("planned again"),
    MISSED: sentence("noted: nobody answered"),
    DONE: sentence("noted as called"),
}
NO_UNDO: Final = ""
"""A message's category is what undoes it: the call-back and the state it is in."""

Units = Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Line:
    """One call-back as a line: ``time`` in words, ``pill`` what is pressing about it."""

    row: CallBackRow
    time: str
    pill: str


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under a heading."""

    title: str
    lines: tuple[Line, ...]


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/call-backs`` for admins and supervisors, and what they press there."""

    @pages.get("/desk/call-backs")
    def call_backs() -> ResponseReturnValue:
        return _page(field, scope_here(field).units)

    @pages.post("/desk/call-backs/<call_back>")
    def mark_call_back(call_back: str) -> ResponseReturnValue:
        return _change(field, scope_here(field).units, call_back)


def waiting(field: Field, units: Units) -> tuple[int, int]:
    """How many call-backs are planned for the rest of the centre's day, and how many are overdue."""
    now, zone = field.now(), clock(field.centre.zone)
    tomorrow = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    with field.unit.read() as tx:
        overdue = count_call_backs(tx, Wanted(units, (PLANNED,), closed_by=now))
        return count_call_backs(tx, Wanted(units, (PLANNED,), before=tomorrow)) - overdue, overdue


def _page(field: Field, units: Units) -> str:
    state = request.args.get("state", PLANNED)
    if state not in TABS:
        abort(404)
    with field.unit.read() as tx:
        counts = {each: count_call_backs(tx, Wanted(units, (each,))) for each in (PLANNED, MISSED)}
        wanted = Wanted(units, (state,))
        rows = list_call_backs(tx, wanted, limit=MOST) if state == PLANNED else latest_call_backs(tx, wanted, MOST)
        queues = {row.queue for row in rows} if state == MISSED else ()
        free = {queue: free_slots(tx, field, queue) for queue in sorted(queues)}
    zone = clock(field.centre.zone)
    return framed(
        "desk/call_backs.html",
        tabs=TABS,
        here_state=state,
        counts=counts,
        groups=_groups(rows, field.now(), zone) if state == PLANNED else [_heap(rows, zone)],
        times={queue: [(slot.opens, _moment(slot.opens, slot.closes, zone)) for slot in free[queue]] for queue in free},
        zone=field.centre.zone,
        scores=_scores,
        step_of=step_of,
        full=len(rows) == MOST,
        most=MOST,
        longest=LONGEST_NOTE,
    )


def _groups(rows: Iterable[CallBackRow], now: datetime, zone: tzinfo) -> list[Group]:
    """The overdue ones, then each day of the centre's."""
    today, groups = now.astimezone(zone).date(), dict[str, list[Line]]()
    for row in rows:
        overdue, day = row.closes_at <= now, row.opens_at.astimezone(zone).date()
        title = sentence("Overdue") if overdue else _day(day, today)
        words = (_moment if overdue else _span)(row.opens_at, row.closes_at, zone)
        pill = "overdue" if overdue else "now" if row.opens_at <= now else ""
        groups.setdefault(title, []).append(Line(row, words, pill))
    return [Group(title, tuple(lines)) for title, lines in groups.items()]


def _heap(rows: Iterable[CallBackRow], zone: tzinfo) -> Group:
    return Group("", tuple(Line(row, _moment(row.opens_at, row.closes_at, zone), "") for row in rows))


def _day(day: date, today: date) -> str:
    written = by(WEEKDAY, day)
    if day == today:
        return sentence("Today, %(day)s", day=written)
    return sentence("Tomorrow, %(day)s", day=written) if (day - today).days == 1 else written


def _span(opens: datetime, closes: datetime, zone: tzinfo) -> str:
    return f"{opens.astimezone(zone):%H:%M}–{closes.astimezone(zone):%H:%M}"


def _moment(opens: datetime, closes: datetime, zone: tzinfo) -> str:
    return f"{by(NEAR, opens.astimezone(zone))}, {_span(opens, closes, zone)}"


def _scores(row: CallBackRow) -> list[Said]:
    """The answers that are marks."""
    marks = (had for had in row.given.answers if had.scale in SCALES and had.scale != YES_NO.name)
    return [Said(had.question, had.scale, had.value) for had in marks]


def _change(field: Field, units: Units, call_back: str) -> ResponseReturnValue:
    form = request.form
    with field.unit.read() as tx:
        row = find_call_back(tx, units, call_back)
    if row is None:
        abort(404)
    seen, state = form.get("seen", ""), form.get("state", "")
    if seen not in TABS or state not in TABS:
        abort(400)
    word = Mark(state, actor(), _read_note(form), seen)
    try:
        _do(field, row, word, form)
        who = row.customer or row.phone
        flash(f"{who}: {BECAME[state]}.", NO_UNDO if state == PLANNED else f"{row.id} {state}")
    except TooLate as late:
        flash(_first(late), NO_UNDO)
    except NotFree:
        flash(sentence("That time has just been taken. Choose another."), NO_UNDO)
    tab = form.get("tab")
    return redirect(url_for("desk.call_backs", state=tab if tab in TABS and tab != PLANNED else None))


def _do(field: Field, row: CallBackRow, word: Mark, form: Mapping[str, str]) -> None:
    """Raises ``TooLate`` and ``NotFree``."""
    if word.state != PLANNED or not form.get("moment"):
        return mark(field, row.id, word)
    try:
        moment = datetime.fromisoformat(form["moment"])
    except ValueError:
        abort(400)
    if moment.tzinfo is None:
        abort(400)
    return plan_anew(field, row.id, word, moment)


def _first(late: TooLate) -> str:
    """Who was first."""
    if late.author is None:
        return sentence("The customer has changed it meanwhile. Look again.")
    words = {MISSED: sentence("nobody answered"), DONE: sentence("called")}.get(late.state, sentence("planned again"))
    return sentence(
        "%(author)s was first: %(words)s, %(changed_at)s.",
        author=late.author,
        words=words,
        changed_at=hour(late.changed_at),
    )


def _read_note(form: Mapping[str, str]) -> str | None:
    """What a database and a page can hold."""
    written = "".join(letter if letter.isprintable() else " " for letter in form.get("note", ""))
    return " ".join(written.split())[:LONGEST_NOTE] or None
