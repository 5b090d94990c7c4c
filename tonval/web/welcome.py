"""Where one-time links lead: choosing a password, the first or a new one; and wishing for such a link.

GET changes nothing: programs that look at mail open every link in it.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tonval.fieldwork.colleagues import admissions, admitting
from tonval.fieldwork.colleagues.admissions import Admission, Purpose, Spent
from tonval.fieldwork.colleagues.people import PeopleError
from tonval.fieldwork.field import Field
from tonval.surveys.sentences import sentence
from tonval.web.signin import attempt, go_on, retry_after, too_often, typed
from tonval.web.throttle import Throttle

DIFFERENT: Final = sentence("The two are not the same. Type both again.")


def blueprint(field: Field, throttle: Throttle) -> Blueprint:
    """``/welcome/<token>`` and ``/forgotten``."""
    pages = Blueprint("welcome", __name__)

    @pages.before_request
    def only_with_passwords() -> ResponseReturnValue | None:
        return None if field.centre.sign_on.passwords else redirect(url_for("signin.sign_in"))

    @pages.get("/welcome/<token>")
    def look(token: str) -> ResponseReturnValue:
        found = _good(field, token)
        return _page(found, "") if found else _over()

    @pages.post("/welcome/<token>")
    def choose(token: str) -> ResponseReturnValue:
        found = _good(field, token)
        return _choose(field, throttle, found) if found else _over()

    @pages.get("/forgotten")
    def forgotten() -> ResponseReturnValue:
        return _forgotten(field)

    @pages.post("/forgotten")
    def wish() -> ResponseReturnValue:
        return _wish(field, throttle)

    return pages


def _good(field: Field, token: str) -> Admission | None:
    return admissions.find(field, token, Purpose.INVITE, Purpose.RESET)


def _choose(field: Field, throttle: Throttle, found: Admission) -> ResponseReturnValue:
    password = typed("password")
    if password != typed("again"):
        return _page(found, DIFFERENT), 400
    try:
        admissions.set_password(field, found, password)
    except PeopleError as refusal:
        return _page(found, str(refusal)), 400
    except Spent:
        return _over()
    return go_on(field, throttle, found.person)


def _wish(field: Field, throttle: Throttle) -> ResponseReturnValue:
    """The same answer for everybody: whether there is such a user is nobody's business."""
    who = typed("who").strip()
    if seconds := throttle.wait_for_wish(attempt(who)):
        return _forgotten(field, fault=too_often(seconds), who=who), 429, retry_after(seconds)
    if who and field.mail_from:
        admitting.wish_for_password(field, who)
    return _forgotten(field, wished=True)


def _page(found: Admission, fault: str) -> str:
    first = found.purpose is Purpose.INVITE
    return render_template("welcome.html", person=found.person, first=first, fault=fault)


def _over() -> ResponseReturnValue:
    return render_template("welcome_over.html"), 404


def _forgotten(field: Field, *, wished: bool = False, fault: str = "", who: str = "") -> str:
    return render_template("forgotten.html", mails=bool(field.mail_from), wished=wished, fault=fault, who=who)
