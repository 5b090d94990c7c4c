"""Signing in and out with a name and a password."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from flask import Blueprint, Flask, abort, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user

from tonval.fieldwork import people
from tonval.fieldwork.field import Field
from tonval.fieldwork.people import Person
from tonval.web.throttle import Attempt, Throttle

log = structlog.get_logger()

DEVICE_COOKIE: Final = "tonval_device"
DEVICE_DAYS: Final = timedelta(days=180)
WRONG: Final = "That name and password do not go together. Check both and try again."
TOO_OFTEN: Final = "Too many tries. Wait an hour, or sign in from a device you have used before."
LONGEST: Final = 256


class Reader:
    """The person behind a request, as flask-login wants it."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        """What the cookie remembers."""
        return self.person.id


def reader() -> Person:
    """Who is signed in. Only for routes that ``doors`` keeps shut."""
    person: Person = current_user.person
    return person


def is_signed_in() -> bool:
    """Whether anybody is signed in."""
    return bool(current_user.is_authenticated)


def safe_next(wanted: str | None) -> str:
    """``wanted`` when it is a path of this site, else the first page: a link must not lead to strangers."""
    if wanted and wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable():
        return wanted
    return "/desk"


def register(app: Flask, field: Field, throttle: Throttle) -> None:
    """Add ``/login``, ``/logout`` and the reader of the signed-in cookie."""
    login = LoginManager(app)
    login.login_view = "signin.sign_in"
    login.login_message = None
    login.session_protection = None  # the cookie is signed and short-lived; phones change their address all day

    @login.user_loader
    def load(user: str) -> Reader | None:
        person = people.person(field, user)
        return Reader(person) if person else None

    app.register_blueprint(_pages(field, throttle))


def _pages(field: Field, throttle: Throttle) -> Blueprint:
    pages = Blueprint("signin", __name__)

    @pages.get("/login")
    def sign_in() -> ResponseReturnValue:
        if is_signed_in():
            return redirect(safe_next(request.args.get("next")))
        return render_template("login.html", name="", fault="")

    @pages.post("/login")
    def check() -> ResponseReturnValue:
        return _check(field, throttle)

    @pages.post("/logout")
    def sign_out() -> ResponseReturnValue:
        logout_user()
        session.clear()
        return redirect(url_for("signin.sign_in"))

    return pages


def _check(field: Field, throttle: Throttle) -> ResponseReturnValue:
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    if len(name) > LONGEST or len(password) > LONGEST or "\x00" in name + password:
        abort(400)
    if not throttle.allows(Attempt(name, request.remote_addr or "", request.cookies.get(DEVICE_COOKIE))):
        log.warning("sign-in refused", why="too many tries")
        return render_template("login.html", name=name, fault=TOO_OFTEN), 429
    person = people.check_password(field, name, password)
    if person is None:
        people.note_refusal(field, name)
        return render_template("login.html", name=name, fault=WRONG), 401
    people.note_sign_in(field, person)
    return _let_in(person, name, throttle)


def _let_in(person: Person, name: str, throttle: Throttle) -> ResponseReturnValue:
    session.clear()
    session.permanent = True
    login_user(Reader(person))
    response = make_response(redirect(safe_next(request.args.get("next"))))
    response.set_cookie(
        DEVICE_COOKIE,
        throttle.device_for(name),
        max_age=DEVICE_DAYS,
        httponly=True,
        samesite="Lax",
        secure=bool(request.is_secure),
    )
    return response
