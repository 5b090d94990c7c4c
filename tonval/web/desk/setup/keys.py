"""``/admin/keys``: the keys of other programs. A key is shown once, when it is made; only its hash is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.colleagues.keys import KeyFault
from tonval.fieldwork.field import Field
from tonval.stats.places import unit_names
from tonval.surveys.sentences import Sentence, sentence
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.desk.scopes import scope_here

OVERLAP: Final = timedelta(days=1)
"""How long the old key is good beside the new one."""

SCOPES: Final[Mapping[str, Sentence]] = {
    "read": sentence("read answers and statistics"),
    "report": sentence("report interactions and ask for surveys"),
    "admin": sentence("all of that, and change what all units share"),
}

LASTS: Final[Mapping[str, Sentence]] = {
    "": sentence("until it is taken back"),
    "90": sentence("90 days"),
    "365": sentence("a year"),
}


@dataclass(frozen=True, slots=True)
class State:
    """What was typed, what is wrong with it by field, and a key to be shown this once, ``renewed`` or new."""

    typed: Mapping[str, str] = field(default_factory=dict)
    scopes: tuple[str, ...] = ("report",)
    faults: Mapping[str, str] = field(default_factory=dict)
    made: str = ""
    renewed: bool = False


def blueprint(office: Field) -> Blueprint:
    """The list, with a form to make one by; for admins."""
    pages = Blueprint("admin_keys", __name__, url_prefix="/admin/keys")

    @pages.get("")
    def listing() -> ResponseReturnValue:
        return _page(office, State())

    @pages.post("")
    def make() -> ResponseReturnValue:
        return _make(office)

    @pages.post("/<prefix>/renew")
    def renew(prefix: str) -> ResponseReturnValue:
        try:
            return _page(office, State(made=keys.rotate(office, prefix, OVERLAP, by=actor()), renewed=True))
        except KeyFault as fault:
            return _told(str(fault))

    @pages.post("/<prefix>/revoke")
    def revoke(prefix: str) -> ResponseReturnValue:
        try:
            kept = keys.revoke(office, prefix, by=actor())
        except KeyFault as fault:
            return _told(str(fault))
        return _told(sentence("The key of %(name)s is good for nothing from now on.", name=kept.name))

    return pages


def _told(words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("admin_keys.listing"), 303)


def _make(office: Field) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "").strip() for name in ("name", "unit", "lasts")}
    scopes = tuple(scope for scope in keys.SCOPES if scope in request.form.getlist("scopes"))
    faults: dict[str, str] = {}
    if not typed["name"] or len(typed["name"]) > 100 or not typed["name"].isprintable():
        faults["name"] = sentence("Say which program it is for, in at most 100 characters.")
    if not scopes:
        faults["scopes"] = sentence("Say what it may do.")
    if typed["unit"] and typed["unit"] not in unit_names(office.unit, scope_here(office)):
        faults["unit"] = sentence("There is no such unit.")
    lasts = timedelta(days=int(typed["lasts"])) if typed["lasts"] in LASTS and typed["lasts"] else None
    if not faults:
        try:
            made = keys.make_key(office, typed["name"], scopes, unit=typed["unit"], lasts=lasts, by=actor())
            return _page(office, State(made=made))
        except KeyFault as fault:
            faults["unit"] = str(fault)
    return _page(office, State(typed, scopes, faults)), 400


def _page(office: Field, state: State) -> str:
    now, every = office.now(), keys.all_keys(office)
    return framed(
        "desk/setup/keys.html",
        state=state,
        keys=[key for key in every if key.expires_at is None or key.expires_at > now],
        over=[key for key in every if key.expires_at is not None and key.expires_at <= now],
        address=f"{office.public_url}/api/v1",
        scopes=SCOPES,
        lasts=LASTS,
        units=unit_names(office.unit, scope_here(office)),
    )
