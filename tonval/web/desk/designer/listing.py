"""All surveys: what each is used for and where it stands; new ones from a start, a file or a copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import profiles
from tonval.fieldwork.centre import Queue
from tonval.fieldwork.colleagues.roles import Permission
from tonval.fieldwork.field import Field
from tonval.fieldwork.profiles import Assignment, Profile, ProfileError
from tonval.stats.places import sees_survey
from tonval.stats.uses import answered_since
from tonval.surveys.document import BrokenDocument, Fault
from tonval.surveys.sentences import sentence
from tonval.surveys.writer import read_survey, write_survey
from tonval.web.desk.designer.doors import changing, framed_survey, seen
from tonval.web.desk.designer.drafts import open_draft, title_of
from tonval.web.desk.designer.starts import STARTS
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.desk.scopes import scope_here
from tonval.web.language import told
from tonval.web.signin import reader

LATELY: Final = timedelta(days=29)
"""Before today: thirty days, as the filter of the answers counts them."""
CHANNEL_NAMES: Final = {"keypad": "keypad", "sms": "SMS", "link": sentence("SMS with a link"), "email": "e-mail"}
LARGEST: Final = 400_000
"""Bytes of a file with a survey."""


@dataclass(frozen=True, slots=True)
class Row:
    """A survey in the list. ``uses`` in words; ``answered``: interviews of the last 30 days with an answer."""

    profile: Profile
    title: str
    uses: tuple[str, ...]
    answered: int


@dataclass(frozen=True, slots=True)
class Typed:
    """What was filled in, and why it was not taken."""

    fields: Mapping[str, str]
    fault: str = ""
    file_faults: tuple[Fault, ...] = ()


def add_routes(pages: Blueprint, office: Field) -> None:
    """``/desk/surveys``: the list, and what makes one more."""

    @pages.get("/desk/surveys")
    def surveys() -> ResponseReturnValue:
        return _page(office, Typed({}))

    @pages.post("/desk/surveys")
    def start_survey() -> ResponseReturnValue:
        return _start(office, reader().name)

    @pages.post("/desk/surveys/import")
    def import_survey() -> ResponseReturnValue:
        return _take_in(office, reader().name)

    _add_handling(pages, office)


def _add_handling(pages: Blueprint, office: Field) -> None:
    @pages.get("/desk/surveys/<name>.yaml")
    def export_survey(name: str) -> ResponseReturnValue:
        seen(office, name)
        sent = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
        return Response(open_draft(office, name).text, content_type="application/yaml; charset=utf-8", headers=sent)

    @pages.post("/desk/surveys/<name>/copy")
    def copy_survey(name: str) -> ResponseReturnValue:
        author = reader().name
        try:
            made = profiles.copy(office, name, request.form.get("name", "").strip(), author)
        except ProfileError as error:
            return _refused(office, seen(office, name), error), 400
        return redirect(f"/desk/surveys/{made.id}", 303)

    @pages.post("/desk/surveys/<name>/archive")
    def archive_survey(name: str) -> ResponseReturnValue:
        found, _ = changing(office, name)
        try:
            (profiles.restore if found.archived else profiles.archive)(office, name, actor())
        except ProfileError as error:
            return _refused(office, found, error), 409
        return redirect(f"/desk/surveys/{name}" if found.archived else "/desk/surveys", 303)


def _refused(office: Field, found: Profile, error: ProfileError) -> str:
    return framed_survey(office, "refused.html", found, sentence=told(error))


def _page(office: Field, typed: Typed) -> str:
    rows = _rows(office)
    return framed(
        "desk/surveys/list.html",
        rows=[row for row in rows if not row.profile.archived],
        archived=[row for row in rows if row.profile.archived],
        starts=STARTS,
        typed=typed,
        changes=reader().may(Permission.MAKE_SURVEYS),
    )


def _rows(office: Field) -> list[Row]:
    today = office.now().replace(hour=0, minute=0, second=0, microsecond=0)
    scope = scope_here(office)
    answered = answered_since(office.unit, scope, today - LATELY)
    assigned = [each for each in profiles.assignments(office) if scope.sees_queue(each.queue)]
    return [
        Row(each, title_of(open_draft(office, each.id)), uses_of(office, each.id, assigned), answered.get(each.id, 0))
        for each in profiles.profiles(office)
        if sees_survey(office.centre, scope, each.id)
    ]


def uses_of(office: Field, name: str, assigned: Iterable[Assignment]) -> tuple[str, ...]:
    """Who asks with the survey and by which channel, in words."""
    mine = [each for each in assigned if each.survey == name]
    queues = [office.centre.queues.get(each.queue) for each in mine]
    return tuple(_use(use_in_words(each), queue) for each, queue in zip(mine, queues, strict=True))


def _use(words: str, queue: Queue | None) -> str:
    return sentence("%(use)s, by %(channel)s", use=words, channel=CHANNEL_NAMES[queue.channel]) if queue else words


def use_in_words(each: Assignment) -> str:
    """``support``, ``support, tickets with refund``, ``every other queue``."""
    queue = each.queue or sentence("every queue without another")
    return (
        sentence("%(queue)s, tickets with %(template)s", queue=queue, template=each.template)
        if each.template
        else queue
    )


def _start(office: Field, author: str) -> ResponseReturnValue:
    start = STARTS.get(request.form.get("start", ""), STARTS["blank"])
    name = request.form.get("name", "").strip() or _free(office, start.id)
    try:
        profiles.start(office, name, write_survey(name, start.make()), author)
    except ProfileError as error:
        return _page(office, Typed(request.form, _sentence(error))), 400
    return redirect(f"/desk/surveys/{name}", 303)


def _free(office: Field, wished: str) -> str:
    taken = {each.id for each in profiles.profiles(office)}
    names = (wished, *(f"{wished}-{n}" for n in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _take_in(office: Field, author: str) -> ResponseReturnValue:
    """A survey from YAML, sent as a file or typed. A document with faults is taken as a draft: they are shown there."""
    sent = request.files.get("file")
    raw = sent.read(LARGEST + 1) if sent and sent.filename else request.form.get("document", "").encode()
    if len(raw) > LARGEST:
        return _page(office, Typed({}, sentence("The file is larger than %(size)s kB.", size=LARGEST // 1000))), 400
    try:
        text = raw.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        return _page(office, Typed({}, sentence("The file is not UTF-8 text."))), 400
    try:
        name, data = read_survey(text)
        name = request.form.get("name", "").strip() or name
        profiles.start(office, name, write_survey(name, data), author)
    except BrokenDocument as broken:
        return _page(
            office, Typed({"document": text}, sentence("It cannot be taken in yet:"), tuple(broken.faults))
        ), 400
    except ProfileError as error:
        return _page(
            office, Typed({"document": text}, sentence("%(error)s Give it another name.", error=_sentence(error)))
        ), 400
    return redirect(f"/desk/surveys/{name}", 303)


def _sentence(error: ProfileError) -> str:
    said = told(error)
    return f"{said[:1].upper()}{said[1:]}."
