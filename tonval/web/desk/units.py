"""One unit of the organisation: its name, its place in the tree, and its end when nothing belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import restructuring
from tonval.fieldwork.belonging import within
from tonval.fieldwork.field import Field
from tonval.fieldwork.organisation import tree
from tonval.fieldwork.restructuring import PlaceFault
from tonval.surveys.sentences import sentence
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.language import flash

HERE = "/admin/organisation/unit"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a form was refused: which one, with the sentence, and what was typed in it."""

    form: str = ""
    sentence: str = ""
    typed: str = ""


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/admin/organisation/unit?path=se/sthlm``, for admins."""

    @pages.get(HERE)
    def unit() -> ResponseReturnValue:
        return _page(field, request.args.get("path", ""), Fault())

    @pages.post(f"{HERE}/rename")
    def rename_unit() -> ResponseReturnValue:
        return _change(field, "rename", "name", lambda path, name: _renamed(field, path, name))

    @pages.post(f"{HERE}/move")
    def move_unit() -> ResponseReturnValue:
        return _change(field, "move", "under", lambda path, under: _moved(field, path, under))

    @pages.post(f"{HERE}/remove")
    def remove_unit() -> ResponseReturnValue:
        return _change(field, "remove", "path", lambda path, _: _removed(field, path))


def _change(field: Field, form: str, name: str, work: Callable[[str, str], str]) -> ResponseReturnValue:
    """What one of the forms asks for; gives the address to go on to. A fault is told beside what was typed."""
    path, typed = (request.form.get(each, "").strip() for each in ("path", name))
    try:
        return redirect(work(path, typed), 303)
    except PlaceFault as fault:
        return _page(field, path, Fault(form, str(fault), typed)), 400


def _renamed(field: Field, path: str, name: str) -> str:
    restructuring.rename(field, path, name, actor())
    flash(sentence("Saved."))
    return _there(path)


def _moved(field: Field, path: str, under: str) -> str:
    new = restructuring.move(field, path, under, actor())
    if new != path:
        flash(sentence("Moved: its path is %(path)s now.", path=new))
    return _there(new)


def _removed(field: Field, path: str) -> str:
    restructuring.remove(field, path, actor())
    flash(sentence("The unit %(path)s is removed.", path=path))
    return "/admin/organisation"


def _there(path: str) -> str:
    return f"{HERE}?{urlencode({'path': path}, safe='/')}"


def _page(field: Field, path: str, fault: Fault) -> str:
    try:
        place, attached = restructuring.look_at(field, path)
    except PlaceFault:
        abort(404)
    others = [(each, each.path == path.rpartition("/")[0]) for each, _ in tree(field) if not within(each.path, path)]
    return framed("desk/unit.html", place=place, attached=attached, others=others, fault=fault)
