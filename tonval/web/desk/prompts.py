"""The prompt library: for each survey and queue what is recorded and what is a draft, and a page for each prompt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tonval.audio.faults import AudioError
from tonval.fieldwork import profiles
from tonval.fieldwork.colleagues.roles import Permission
from tonval.fieldwork.field import Field
from tonval.fieldwork.voice import dictating, prompts, takes
from tonval.fieldwork.voice.dictating import Progress
from tonval.fieldwork.voice.libraries import Library, libraries, library_of, queue_of
from tonval.fieldwork.voice.takes import Place, Take, UnknownPrompt
from tonval.stats.places import sees_survey
from tonval.stats.scope import EVERYTHING, Scope
from tonval.surveys.sentences import sentence
from tonval.web.desk import sounding
from tonval.web.desk.designer.languages import language_name
from tonval.web.desk.designer.listing import use_in_words
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.desk.scopes import scope_here
from tonval.web.language import flash
from tonval.web.security import HEADERS, takes_files
from tonval.web.signin import reader

FOREVER: Final = "private, max-age=31536000, immutable"
DRAWN: Final = 6
"""Versions whose waveforms are drawn."""

UNRECORDED: Final = ("draft", "missing", "changed")
"""The states of prompts that wait for a voice."""

HEARING: Final = HEADERS["Permissions-Policy"].replace("microphone=()", "microphone=(self)")
"""The page of one prompt alone may listen, when whoever looks at it lets it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One prompt in the table.

    ``state`` is recorded, changed (recorded with other words), draft, missing, lent (the survey's is heard) or none.
    """

    place: Place
    state: str
    take: Take | None

    @property
    def recorded(self) -> bool:
        """Whether a person's voice is heard, whatever it says."""
        return self.state in ("recorded", "changed")


@dataclass(frozen=True, slots=True)
class Phone:
    """Recording by telephone: a ``pin`` that is shown this once, the ``line`` to call, and how far it has come."""

    pin: str
    line: str
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Line:
    """A slot with its words in the owner's first language, and a cell for each language."""

    slot: str
    title: str
    words: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The prompts of a survey or queue: its lines in the order they are heard.

    ``totals`` says by language how many are recorded of how many it must have; ``queue`` is ``None`` for a survey's.
    """

    survey: str
    name: str
    queue: str | None
    languages: tuple[str, ...]
    lines: tuple[Line, ...]
    totals: tuple[tuple[str, int, int], ...]
    used_by: tuple[str, ...]

    @property
    def all_lent(self) -> bool:
        """Whether nothing is heard here but what the survey says."""
        return all(cell.state in ("lent", "none") for line in self.lines for cell in line.cells)


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside a prompt: those before and after it, the next to be recorded, and itself in each language."""

    before: Cell | None
    after: Cell | None
    to_record: Cell | None
    tongues: tuple[Cell, ...]


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/prompts``, a page for each prompt, and the sound of each version."""
    _add_views(pages, field)
    _add_changes(pages, field)


def _add_views(pages: Blueprint, field: Field) -> None:
    @pages.get("/desk/prompts")
    def library() -> ResponseReturnValue:
        wanted = request.args.get("survey", "")
        scope = scope_here(field)
        all_of_them = [each for each in libraries(field.centre) if _sees(field, scope, each.owner)]
        sheets = [sheet(field, each, scope) for each in all_of_them if wanted in ("", each.owner)]
        owners = {each.owner: name_of(each.owner) for each in all_of_them}
        return _framed("desk/prompts.html", sheets=sheets, owners=owners, survey=wanted)

    @pages.get("/desk/prompts/<survey>/<language>/<slot>")
    def prompt(survey: str, language: str, slot: str) -> ResponseReturnValue:
        return _page(field, _found(field, survey, slot, language))

    @pages.get("/desk/sounds/<digest>.wav")
    def sound(digest: str) -> ResponseReturnValue:
        wav = (prompts.wide_of if request.args.get("wide") else prompts.wav_of)(field, digest)
        if wav is None or not _hears(field, scope_here(field), digest):
            abort(404)
        response = Response(wav, content_type="audio/wav", headers={"Cache-Control": FOREVER})
        response.accept_ranges = "none"
        return response


def _add_changes(pages: Blueprint, field: Field) -> None:
    @pages.post("/desk/prompts/<survey>/<language>/<slot>")
    @takes_files
    def send_prompt(survey: str, language: str, slot: str) -> ResponseReturnValue:
        return _take_in(field, _found(field, survey, slot, language))

    @pages.post("/desk/prompts/<survey>/<language>/<slot>/use")
    def use_prompt(survey: str, language: str, slot: str) -> ResponseReturnValue:
        return _use(field, _found(field, survey, slot, language))

    @pages.post("/desk/prompts/<survey>/<language>/<slot>/phone")
    def phone_prompt(survey: str, language: str, slot: str) -> ResponseReturnValue:
        place = _found(field, survey, slot, language)
        return _page(field, place, pin=dictating.give_pin(field, place, actor()))


def sheet(field: Field, library: Library, scope: Scope) -> Sheet:
    """The prompts of one survey or queue, used by those queues that are within the scope."""
    have, languages, lines = takes.in_use(field, library.owner), library.languages, []
    for slot, words in library.words.items():
        places = [Place(library.owner, slot, language) for language in languages]
        lent = slot in library.lent
        cells = tuple(_cell(place, words.get(place.language, ""), have.get(place), lent) for place in places)
        lines.append(Line(slot, title_of(slot), next((words[each] for each in languages if each in words), ""), cells))
    about = (library.owner, name_of(library.owner), library.queue, languages)
    return Sheet(*about, tuple(lines), tuple(_totals(languages, lines)), _used_by(field, library.owner, scope))


def around(sheet: Sheet, place: Place) -> Around:
    """The prompts beside ``place``, in the order they are heard in its language. ``place`` is one of the sheet."""
    row = [cell for line in sheet.lines for cell in line.cells if cell.place.language == place.language]
    row = [cell for cell in row if cell.state != "none" or cell.place == place]
    at = next(n for n, cell in enumerate(row) if cell.place == place)
    open_ones = (cell for cell in (*row[at + 1 :], *row[:at]) if cell.state in UNRECORDED)
    tongues = next(line.cells for line in sheet.lines if line.slot == place.slot)
    return Around(row[at - 1] if at else None, next(iter(row[at + 1 :]), None), next(open_ones, None), tongues)


def name_of(owner: str) -> str:
    """Whose prompts they are, in words."""
    queue = queue_of(owner)
    return sentence("Queue %(name)s", name=queue) if queue else owner


def _cell(place: Place, words: str, take: Take | None, lent: bool) -> Cell:
    if not words:
        return Cell(place, "none", None)
    if lent and (take is None or not take.recorded):
        return Cell(place, "lent", None)
    if take is None:
        return Cell(place, "missing", None)
    return Cell(place, take.kind if not take.recorded or take.words == words else "changed", take)


def _totals(languages: Sequence[str], lines: Iterable[Line]) -> Iterable[tuple[str, int, int]]:
    for at, language in enumerate(languages):
        cells = [line.cells[at] for line in lines if line.cells[at].state not in ("none", "lent")]
        yield language, sum(cell.recorded for cell in cells), len(cells)


def title_of(slot: str) -> str:
    """What the place is called on pages."""
    kind, _, name = slot.partition(".")
    if kind == "question":
        return sentence("Question: %(name)s", name=name)
    if kind == "scale":
        return sentence("How to press (%(name)s)", name=name.upper())
    return sentence("Reaction %(name)s", name=name) if kind == "reaction" else TITLES.get(slot, slot)


TITLES: Final = {
    "stay": sentence("Stay on the line"),
    "welcome": sentence("Welcome"),
    "invalid": sentence("Wrong key"),
    "no_input": sentence("No key"),
    "closing": sentence("Thanks at the end"),
    "goodbye": sentence("Goodbye without an answer"),
    "reception.greeting": sentence("Greeting"),
    "reception.language": sentence("Choice of language"),
    "reception.opt_in": sentence("Will you take part?"),
    "reception.connecting": sentence("Connecting you"),
    "reception.waiting": sentence("While you wait"),
    "reception.unavailable": sentence("Nobody is free"),
    "reception.goodbye": sentence("Goodbye after the talk"),
    "reception.guard": sentence("Our call: press a key"),
    "reception.unheard": sentence("Our call: nobody pressed a key"),
    "reception.never": sentence("Our call: never again"),
}


def _used_by(field: Field, survey: str, scope: Scope) -> tuple[str, ...]:
    assigned = profiles.assignments(field)
    return tuple(use_in_words(each) for each in assigned if each.survey == survey and scope.sees_queue(each.queue))


def _sees(field: Field, scope: Scope, owner: str) -> bool:
    """Whether prompts are hers to hear: of a queue that is none of another place, or of a survey that is not."""
    queue = queue_of(owner)
    return scope.sees_queue(queue) if queue else sees_survey(field.centre, scope, owner)


def _hears(field: Field, scope: Scope, digest: str) -> bool:
    """Whether the sound is of prompts that are hers, or of none: then it was spoken on the spot."""
    owners = () if scope == EVERYTHING else takes.owners_of(field, digest)
    return not owners or any(_sees(field, scope, owner) for owner in owners)


def _found(field: Field, survey: str, slot: str, language: str) -> Place:
    place = Place(survey, slot, language)
    if not _sees(field, scope_here(field), survey):
        abort(404)
    try:
        takes.words_of(field, place)
    except UnknownPrompt:
        abort(404)
    return place


def _take_in(field: Field, place: Place) -> ResponseReturnValue:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(field, place, sentence("Choose a file first, or record one.")), 400
    with TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        sent.save(path)
        try:
            added = takes.add_recording(
                field, path, place.survey, place.slot, place.language, by=actor(), name=sent.filename
            )
        except AudioError as refused:
            return _page(field, place, sentence("%(refused)s. Nothing was changed.", refused=refused)), 400
    heard = sounding.length(added.seconds)
    flash(
        sentence(
            "Version %(version)s is heard from the next call on: %(heard)s.", version=added.prompt.version, heard=heard
        )
    )
    return _back(place)


def _use(field: Field, place: Place) -> ResponseReturnValue:
    version = request.form.get("version", "")
    try:
        if version == "draft":
            made = takes.back_to_draft(field, place, actor())
        else:
            made = takes.use_again(field, place, int(version) if version.isdecimal() else 0, actor())
    except UnknownPrompt:
        abort(404)
    what = (
        sentence("The draft voice")
        if made.kind == prompts.DRAFT
        else sentence("What version %(version)s was", version=version)
    )
    flash(sentence("%(what)s is heard from the next call on, as version %(version)s.", what=what, version=made.version))
    return _back(place)


def _back(place: Place) -> ResponseReturnValue:
    address = url_for("desk.prompt", survey=place.survey, language=place.language, slot=place.slot)
    return redirect(address, 303)


def _framed(template: str, **context: Any) -> str:
    return framed(template, sounding=sounding, language_name=language_name, **context)


def _page(field: Field, place: Place, fault: str = "", pin: str = "") -> Response:
    words, versions, scope = takes.words_of(field, place), takes.versions(field, place), scope_here(field)
    library = library_of(field.centre, place.survey)
    if library is None:
        abort(404)
    beside = around(sheet(field, library, scope), place)
    response = make_response(
        _framed(
            "desk/prompt.html",
            place=place,
            title=title_of(place.slot),
            owner=name_of(place.survey),
            words=words,
            cell=next(cell for cell in beside.tongues if cell.place == place),
            lent=place.slot in library.lent,
            around=beside,
            title_of=title_of,
            versions=versions,
            drawings=_drawings(field, versions),
            used_by=_used_by(field, place.survey, scope),
            fault=fault,
            changes=reader().may(Permission.CHANGE_PROMPTS),
            phone=_by_phone(field, place, pin),
        )
    )
    response.headers["Permissions-Policy"] = HEARING
    return response


def _drawings(field: Field, versions: Sequence[Take]) -> dict[str, str]:
    """The waveforms of the newest versions, by digest, to be compared side by side."""
    return {
        digest: sounding.drawing(prompts.wav_of(field, digest))
        for digest in dict.fromkeys(take.digest for take in versions[:DRAWN])
    }


def _by_phone(field: Field, place: Place, pin: str) -> Phone:
    """A PIN that was just given, where to call, and what came of the one before."""
    host = urlsplit(field.public_url).hostname or "localhost"
    return Phone(pin, f"sip:{dictating.LINE}@{host}", dictating.progress(field, place))
