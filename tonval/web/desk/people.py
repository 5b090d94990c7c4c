"""``/admin/people``: who may sign in, as what and where. Inviting, moving, ending access; nobody is ever deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as part
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from tonval.fieldwork.colleagues import second_factor, sign_ins, staff
from tonval.fieldwork.colleagues.admissions import link_to
from tonval.fieldwork.colleagues.people import PeopleError, Person
from tonval.fieldwork.colleagues.roles import ROLES, SUPERVISOR
from tonval.fieldwork.colleagues.staff import Member, Post
from tonval.fieldwork.field import Field
from tonval.stats.places import unit_names
from tonval.surveys.sentences import sentence
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.desk.scopes import scope_here
from tonval.web.desk.sorting import sort
from tonval.web.language import flash
from tonval.web.signin import reader, signed_in, typed

FIELDS: Final = ("name", "email", "role", "unit", "agent")

_HANDS_ON: Final = sentence("reads conversations, looks up customers and calls them back")
ROLE_WORDS: Final[Mapping[str, str]] = {
    "admin": sentence("sees everything and sets up the centre; reads the audit log, exports and erases customers"),
    "executive": sentence("sees scores, answers, comments and alerts; no conversations and no customers"),
    "country-manager": sentence("does what an adviser does; looks at surveys, prompts and the blocklist too"),
    "site-manager": sentence("does what a country manager does; corrects answers and uses the simulator too"),
    "supervisor": sentence("does what a site manager does; sees replays too where she sees everything"),
    "adviser": _HANDS_ON,
    "operator": _HANDS_ON,
    "agent": sentence("sees her own scores, answers, conversations and alerts"),
}
"""What each role may do, in a few words; docs/roles.md has all of it."""


_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_ORDERS: Final[Mapping[str, Callable[[Member], tuple[Any, str]]]] = {
    "name": lambda each: (each.person.name.casefold(), each.person.id),
    "role": lambda each: (list(ROLES).index(each.person.role), each.person.name.casefold()),
    "unit": lambda each: (each.person.unit, each.person.name.casefold()),
    "second_factor": lambda each: (each.second_factor, each.person.name.casefold()),
    "seen": lambda each: (each.seen_at or _LONG_AGO, each.person.name.casefold()),
}


@dataclass(frozen=True, slots=True)
class State:
    """What a form was sent with and what is wrong with it; ``link``: a one-time link to hand over, shown this once."""

    typed: Mapping[str, str] = part(default_factory=dict)
    fault: PeopleError | None = None
    link: str = ""
    whose: str = ""


def blueprint(field: Field) -> Blueprint:
    """The list with its form to invite by, and a page for each user."""
    pages = Blueprint("people", __name__, url_prefix="/admin/people")

    @pages.get("")
    def listing() -> ResponseReturnValue:
        return _listing(field, State({"role": SUPERVISOR}))

    @pages.post("")
    def invite() -> ResponseReturnValue:
        return _invite(field)

    @pages.get("/<user>")
    def show(user: str) -> ResponseReturnValue:
        found = _found(field, user)
        return _one(field, found, State(_post_of(found.person)))

    _add_changes(pages, field)
    return pages


def _add_changes(pages: Blueprint, field: Field) -> None:
    @pages.post("/<user>")
    def change(user: str) -> ResponseReturnValue:
        return _change(field, _found(field, user))

    @pages.post("/<user>/link")
    def send_link(user: str) -> ResponseReturnValue:
        found = _found(field, user)
        token = staff.send_link(field, user, by=actor())
        return _handed_over(field, _found(field, found.person.id), token)

    @pages.post("/<user>/second-factor")
    def reset_second_factor(user: str) -> ResponseReturnValue:
        found = _found(field, user)
        second_factor.reset(field, user, found.person.name, by=actor())
        flash(
            sentence(
                "The second factor of %(name)s is off. She may set up a new one on her account page.",
                name=found.person.name,
            )
        )
        return _back(user)

    @pages.post("/<user>/end")
    def end(user: str) -> ResponseReturnValue:
        return _end(field, _found(field, user))


def _invite(field: Field) -> ResponseReturnValue:
    form = {name: typed(name).strip() for name in FIELDS}
    try:
        token = staff.invite(field, form["name"], form["email"], _post(form), by=actor())
    except PeopleError as fault:
        return _listing(field, State(form, fault)), 400
    if field.mail_from:
        flash(sentence("An invitation is on its way to %(email)s.", email=form["email"]))
        return redirect(url_for("people.listing"))
    return _listing(field, State({"role": SUPERVISOR}, link=link_to(field, token), whose=form["name"]))


def _change(field: Field, found: Member) -> ResponseReturnValue:
    form = {name: typed(name).strip() for name in ("role", "unit", "agent")}
    own = signed_in().digest if found.person.id == reader().id else ""
    try:
        changed = staff.change_post(field, found.person.id, _post(form), by=actor(), keep=own, seen=_seen())
    except PeopleError as fault:
        return _one(field, _found(field, found.person.id), State(form, fault)), 400
    if changed:
        flash(
            sentence(
                "Saved. %(name)s has been signed out, and sees the change at her next sign-in.", name=found.person.name
            )
        )
    return _back(found.person.id)


def _end(field: Field, found: Member) -> ResponseReturnValue:
    try:
        staff.end(field, found.person.id, by=actor())
    except PeopleError as fault:
        return _one(field, found, State(_post_of(found.person), fault)), 400
    flash(sentence("The access of %(name)s has ended, everywhere and at once.", name=found.person.name))
    return redirect(url_for("people.listing"))


def _handed_over(field: Field, found: Member, token: str) -> ResponseReturnValue:
    if field.mail_from and found.person.email:
        flash(sentence("A link is on its way to %(email)s.", email=found.person.email))
        return _back(found.person.id)
    return _one(field, found, State(_post_of(found.person), link=link_to(field, token), whose=found.person.name))


def _listing(field: Field, state: State) -> str:
    sorting, people = sort("/admin/people", "name", _ORDERS, staff.members(field))
    people.sort(key=lambda each: each.state == "ended")
    return framed("people/all.html", members=people, sorting=sorting, state=state, **_choices(field))


def _one(field: Field, found: Member, state: State) -> str:
    devices = sign_ins.of_person(field, found.person.id)
    return framed("people/one.html", member=found, state=state, devices=devices, **_choices(field))


def _choices(field: Field) -> dict[str, object]:
    """What the forms offer, and how refusals are put."""
    units = unit_names(field.unit, scope_here(field))
    return {
        "roles": ROLES,
        "role_words": ROLE_WORDS,
        "units": units,
        "agents": staff.agent_names(field),
        "sentence": str,
    }


def _found(field: Field, user: str) -> Member:
    return staff.member(field, user) or abort(404)


def _back(user: str) -> ResponseReturnValue:
    return redirect(url_for("people.show", user=user))


def _post(form: Mapping[str, str]) -> Post:
    return staff.tidied(Post(form["role"], form["unit"], form["agent"] or None))


def _seen() -> Post | None:
    """The post that stood there when the form was opened, as its hidden fields say."""
    role = typed("seen role")
    return Post(role, typed("seen unit"), typed("seen agent") or None) if role else None


def _post_of(person: Person) -> dict[str, str]:
    return {"role": person.role, "unit": person.unit, "agent": person.agent or ""}
