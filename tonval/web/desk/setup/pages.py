"""``/admin/settings``: the forms an admin sets the centre up with, one for each sheet, and the whole as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from tonval.fieldwork import profiles, settings
from tonval.fieldwork.addresses import BadAddress, phone_number
from tonval.fieldwork.calls.sightings import sightings
from tonval.fieldwork.field import Field
from tonval.fieldwork.pictures import LARGEST, BadPicture, keep_picture
from tonval.fieldwork.profiles import ProfileError
from tonval.fieldwork.profiles.assigning import assigned, put, take
from tonval.fieldwork.settings import Kept, Outdated, SettingsError
from tonval.fieldwork.settings.kept import FILE, PAGE
from tonval.stats.dialled import latest
from tonval.surveys.naming import named
from tonval.surveys.sentences import chain, sentence
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.desk.setup import forms
from tonval.web.desk.setup.entries import Sheet
from tonval.web.desk.setup.forms import Sent
from tonval.web.desk.setup.queue_sheet import SURVEY
from tonval.web.desk.setup.sheets import LOOK, SHEETS
from tonval.web.desk.setup.values import Typed
from tonval.web.desk.setup.ways import allowed_by_environment

NAME = "name"
LONGEST = 100
SEEN = "seen "
"""What the names of the fields begin with that say what the editor saw."""


def blueprint(office: Field) -> Blueprint:
    """Every form of the set-up pages; for admins."""
    pages = Blueprint("setup", __name__, url_prefix="/admin/settings")
    _add_views(pages, office)
    _add_changes(pages, office)
    return pages


def _add_views(pages: Blueprint, office: Field) -> None:
    @pages.get("/<sheet>")
    def show(sheet: str) -> ResponseReturnValue:
        found = _sheet(sheet)
        return _listing(office, found) if found.under else _form(office, found, "", Sent())

    @pages.get("/<sheet>/one")
    def one(sheet: str) -> ResponseReturnValue:
        found, name = _sheet_of_many(sheet), request.args.get(NAME, "")
        if name and not _stands(office, found, name):
            abort(404)
        return _form(office, found, name, Sent())

    @pages.get("/queues.yaml")
    def export() -> ResponseReturnValue:
        sent = {"Content-Disposition": 'attachment; filename="queues.yaml"'}
        return Response(settings.whole(office), content_type="application/yaml; charset=utf-8", headers=sent)


def _add_changes(pages: Blueprint, office: Field) -> None:
    @pages.post("/<sheet>")
    def save(sheet: str) -> ResponseReturnValue:
        found = _sheet(sheet)
        if found.under:
            abort(404)
        return _save(office, found, "", lambda: url_for("setup.show", sheet=sheet))

    @pages.post("/look/logo")
    def send_logo() -> ResponseReturnValue:
        return _send_logo(office)

    @pages.post("/<sheet>/one")
    def save_one(sheet: str) -> ResponseReturnValue:
        found, name = _sheet_of_many(sheet), request.args.get(NAME, "")
        return _save(office, found, name, lambda: url_for("setup.show", sheet=sheet))

    @pages.post("/<sheet>/remove")
    def remove(sheet: str) -> ResponseReturnValue:
        return _remove(office, _sheet_of_many(sheet), request.args.get(NAME, ""))


def _sheet(name: str) -> Sheet:
    return SHEETS.get(name) or abort(404)


def _sheet_of_many(name: str) -> Sheet:
    sheet = _sheet(name)
    return sheet if sheet.under else abort(404)


def _stands(office: Field, sheet: Sheet, name: str) -> bool:
    return forms.pieces_of(office, sheet, name)[forms.path_of(sheet, name)].body is not None


def _listing(office: Field, sheet: Sheet) -> str:
    found = settings.kept_under(office, sheet.under)
    told = [(each.path.removeprefix(f"{sheet.under}/"), each, _in_words(office, sheet, each)) for each in found]
    peers = sheet.name == "peers"
    also, seen = (allowed_by_environment(current_app), sightings(office)) if peers else ((), None)
    trunk = latest(office.unit, "sip") if peers else None
    return framed("desk/setup/list.html", sheet=sheet, pieces=told, also=also, seen=seen, trunk=trunk)


def _in_words(office: Field, sheet: Sheet, kept: Kept) -> str:
    """What the list says of a piece beside its name."""
    name = kept.path.removeprefix(f"{sheet.under}/")
    if sheet.under == "queues":
        queue = office.centre.queues.get(name)
        return chain(named(queue.channel), queue.survey, *queue.numbers, between=", ") if queue else ""
    body = kept.body if isinstance(kept.body, dict) else {}
    return ", ".join(f"{value}" for value in body.values()).replace("[", "").replace("]", "").replace("'", "")


def _form(office: Field, sheet: Sheet, name: str, sent: Sent) -> str:
    pieces = forms.pieces_of(office, sheet, name)
    whole = pieces.get(forms.path_of(sheet, name)) if name else None
    entries = forms.shown(office, sheet, name, sent, _given(office, name) if sheet.under == "queues" else "")
    first = next((each.entry.name for each in entries if each.entry.name in sent.faults), "")
    return framed(
        "desk/setup/form.html",
        sheet=sheet,
        name=name,
        naming=sent.values.get(NAME, ""),
        groups=forms.grouped(entries, sent.faults),
        options={each.entry.name: each.entry.options(office) for each in entries},
        units={each.entry.name: each.entry.units(office) for each in entries},
        piece=whole,
        managed=whole is not None and whole.origin == FILE,
        kept_here=whole is not None and whole.origin == PAGE,
        all_managed=all(each.managed for each in entries),
        faults=sent.faults,
        first=first,
        others=sent.others,
        author=sent.author,
        seen=sent.seen or _seen(office, sheet, name),
    )


def _seen(office: Field, sheet: Sheet, name: str) -> dict[str, str]:
    """What the editor sees, by piece, and of a queue the survey that it has been given."""
    seen = forms.seen_of(forms.pieces_of(office, sheet, name))
    return {**seen, SURVEY: _given(office, name)} if seen and name and sheet.under == "queues" else seen


def _given(office: Field, queue: str) -> str:
    """The survey that the queue has been given; that of all queues is not its own."""
    return next(
        (each.survey for each in profiles.assignments(office) if (each.queue, each.template) == (queue, "")), ""
    )


def _save(office: Field, sheet: Sheet, name: str, after: Callable[[], str]) -> ResponseReturnValue:
    typed = forms.typed_in(sheet, request.form)
    new = bool(sheet.under) and not name
    if new:
        name, fault = _name_of(office, sheet, request.form.get(NAME, "").strip())
        if fault:
            values = {**typed, NAME: request.form.get(NAME, "")}
            return _form(office, sheet, "", Sent(values, {NAME: [fault]})), 400
    bodies, faults = forms.wanted(office, sheet, name, typed)
    stay: Sequence[Kept] = ()
    seen = dict.fromkeys(bodies, "") if new else {**dict.fromkeys(bodies, ""), **_seen_before()}
    if not faults:
        try:
            also = _survey_given(office, sheet, name, str(typed.get(SURVEY, "")), seen.get(SURVEY))
            stay = settings.change(office, bodies, seen, actor(), also)
        except Outdated as late:
            return _late(office, sheet, name, typed, late.all), 409
        except (SettingsError, ProfileError) as refused:
            faults = _faults(sheet, name, refused)
    if faults:
        shown = "" if new else name
        values = {**typed, NAME: request.form.get(NAME, "")}
        return _form(office, sheet, shown, Sent(values, faults, seen=seen if not new else {})), 400
    _tell(office, sheet, name, stay)
    return redirect(after(), 303)


def _seen_before() -> dict[str, str]:
    """What the editor saw when she opened the form, by piece."""
    return {name.removeprefix(SEEN): value for name, value in request.form.items() if name.startswith(SEEN)}


def _send_logo(office: Field) -> ResponseReturnValue:
    sent = request.files.get("file")
    try:
        address = keep_picture(office, sent.read(LARGEST + 1) if sent else b"")
        settings.change(office, {"look/logo": address}, _seen_before(), actor())
    except Outdated as late:
        return _late(office, LOOK, "", {}, late.all), 409
    except BadPicture as bad:
        return _form(office, LOOK, "", Sent({}, {"logo": [str(bad)]})), 400
    except SettingsError as refused:
        return _form(office, LOOK, "", Sent({}, {"logo": [str(refused)]})), 400
    _tell(office, LOOK, "")
    return redirect(url_for("setup.show", sheet=LOOK.name), 303)


def _faults(sheet: Sheet, name: str, refused: SettingsError | ProfileError) -> dict[str, list[str]]:
    if isinstance(refused, ProfileError):
        return {SURVEY: [str(refused)]}
    return forms.placed(sheet, name, refused.faults)


def _survey_given(
    office: Field, sheet: Sheet, name: str, survey: str, seen: str | None
) -> Callable[[Connection], None]:
    """What is left as it was ``seen`` stays as another has given it since. Raises ``Outdated`` in the transaction."""

    def give(tx: Connection) -> None:
        if sheet.under != "queues" or name in office.file.queues or survey == seen:
            return
        now, author = assigned(tx, (name, ""))
        if seen is not None and now not in (seen, survey):
            raise Outdated(Kept(SURVEY, now, PAGE, author=author))
        if survey:
            put(tx, office, (name, ""), survey, actor())
        else:
            take(tx, office, (name, ""), actor())

    return give


def _late(office: Field, sheet: Sheet, name: str, typed: dict[str, Typed], now: Sequence[Kept]) -> str:
    others = tuple(each for piece in now for each in forms.differing(sheet, typed, piece))
    authors = ", ".join(dict.fromkeys(piece.author or sentence("Somebody") for piece in now))
    return _form(office, sheet, name, Sent(typed, {}, others, authors, _seen(office, sheet, name)))


def _tell(office: Field, sheet: Sheet, name: str, stay: Sequence[Kept] = ()) -> None:
    flash(sentence("Saved. It is in force now."))
    for piece in stay:
        labels = ", ".join(entry.label for entry in sheet.entries if entry.row == piece.path) or piece.path
        flash(sentence("%(author)s has changed %(what)s meanwhile; that stays.", author=piece.author, what=labels))
    paths = forms.rows_of(sheet, name)
    for fault in office.centre.warnings:
        if any("/".join(map(str, fault.path)).startswith(path) for path in paths):
            flash(sentence("Worth a look: %(what)s", what=fault.sentence))


def _name_of(office: Field, sheet: Sheet, name: str) -> tuple[str, str]:
    """The name of a new piece, and what is wrong with it."""
    if not name or len(name) > LONGEST or not name.isprintable():
        return name, sentence("Give it a name of at most %(most)s characters.", most=LONGEST)
    if sheet.under == "numbers":
        try:
            name = phone_number(name, office.centre.country)
        except BadAddress as bad:
            return name, str(bad)
    if _stands(office, sheet, name):
        return name, sentence("There is one called “%(name)s” already.", name=name)
    return name, ""


def _remove(office: Field, sheet: Sheet, name: str) -> ResponseReturnValue:
    if not name or not _stands(office, sheet, name):
        abort(404)
    path = forms.path_of(sheet, name)
    faults: dict[str, list[str]] = {}
    if request.form.get("confirm", "").strip() != name:
        faults = {"confirm": [sentence("Type the name just as it stands above.")]}
    else:
        try:
            settings.change(office, {path: None}, _seen_before(), actor())
        except Outdated as late:
            return _late(office, sheet, name, {}, late.all), 409
        except SettingsError as refused:
            faults = {"confirm": [said for each in forms.placed(sheet, name, refused.faults).values() for said in each]}
    if faults:
        return _form(office, sheet, name, Sent({}, faults)), 409
    flash(sentence("%(name)s is taken away.", name=name))
    return redirect(url_for("setup.show", sheet=sheet.name), 303)
