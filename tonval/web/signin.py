"""Signing in and out with a name and a password, and the code of a second factor where one is set up."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Final

import structlog
from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user

from tonval.fieldwork.colleagues import admissions, people, second_factor, sign_ins
from tonval.fieldwork.colleagues.admissions import Admission, Purpose
from tonval.fieldwork.colleagues.people import Person
from tonval.fieldwork.colleagues.sign_ins import SignedIn
from tonval.fieldwork.field import Field
from tonval.surveys.sentences import Sentence, counted, sentence
from tonval.web.devices import device
from tonval.web.language import read_in
from tonval.web.throttle import Attempt, Throttle

log = structlog.get_logger()

DEVICE_COOKIE: Final = "tonval_device"
DEVICE_DAYS: Final = timedelta(days=180)
BESIDE: Final = "SIGN_ON_NAME"
STEP: Final = "step"
"""What the cookie holds between the password and the code."""

WRONG: Final = sentence("That name and password do not go together. Check both and try again.")
WRONG_CODE: Final = sentence("That code is not good, or was used before. Wait for the next one and type that.")
NO_PASSWORDS: Final = sentence("Passwords are not used here. Sign in with the button.")
LONGEST: Final = 256


class Reader:
    """The person behind a request, as flask-login wants it."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, signed_in: SignedIn) -> None:
        self.signed_in = signed_in

    def get_id(self) -> str:
        """What the cookie remembers: nothing but the sign-in."""
        return self.signed_in.token


def signed_in() -> SignedIn:
    """By what she is signed in who is. Only for routes that ``doors`` keeps shut."""
    found: SignedIn = current_user.signed_in
    return found


def reader() -> Person:
    """Who is signed in. Only for routes that ``doors`` keeps shut."""
    return signed_in().person


def is_signed_in() -> bool:
    """Whether anybody is signed in."""
    return bool(current_user.is_authenticated)


def safe_next(wanted: str | None) -> str:
    """``wanted`` when it is a path of this site, else the first page: a link must not lead to strangers."""
    if wanted and wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable():
        return wanted
    return "/desk"


def register(app: Flask, field: Field, throttle: Throttle, *, beside: str = "") -> None:
    """Add ``/login``, ``/login/code``, ``/logout`` and the reader of the signed-in cookie.

    ``beside`` names the service that signs people in beside passwords, or instead of them.
    """
    app.config[BESIDE] = beside
    login = LoginManager(app)
    login.login_view = "signin.sign_in"
    login.login_message = None
    login.session_protection = None  # the row decides who is signed in; phones change their address all day

    @login.user_loader
    def load(token: str) -> Reader | None:
        found = sign_ins.find(field, token)
        read_in(found.person.language if found else None)
        return Reader(found) if found else None

    app.register_blueprint(_pages(field, throttle))


def _pages(field: Field, throttle: Throttle) -> Blueprint:
    pages = Blueprint("signin", __name__)

    @pages.get("/login")
    def sign_in() -> ResponseReturnValue:
        if is_signed_in():
            return redirect(_wanted())
        return login_page(field)

    @pages.post("/login")
    def check() -> ResponseReturnValue:
        return _check(field, throttle)

    @pages.get("/login/code")
    def ask_code() -> ResponseReturnValue:
        return _code_page("") if _step(field) else _begin_again()

    @pages.post("/login/code")
    def check_code() -> ResponseReturnValue:
        return _check_code(field, throttle)

    @pages.post("/logout")
    def sign_out() -> ResponseReturnValue:
        sign_ins.end(field, signed_in().token)
        logout_user()
        session.clear()
        return redirect(url_for("signin.sign_in"))

    return pages


def attempt(account: str) -> Attempt:
    """What this request tries for the account."""
    return Attempt(account, request.remote_addr or "", request.cookies.get(DEVICE_COOKIE))


def typed(name: str) -> str:
    """A field of the form that was sent; 400 for what no form of ours sends."""
    value = request.form.get(name, "")
    if len(value) > LONGEST or "\x00" in value:
        abort(400)
    return value


def login_page(field: Field, name: str = "", fault: str = "", wanted: str = "") -> str:
    """The page to sign in at, with what went wrong; from there it goes on to the path ``wanted``."""
    ways = {"beside": current_app.config[BESIDE], "passwords": field.centre.sign_on.passwords}
    return render_template("login.html", name=name, fault=fault, wanted=wanted or _wanted(), **ways)


def too_often(seconds: int) -> Sentence:
    """What is said to whom has to wait so long before a password may be tried again."""
    return counted(
        "Too many tries. Try again in %(n)s minute, or sign in from a device you have used before.",
        "Too many tries. Try again in %(n)s minutes, or sign in from a device you have used before.",
        _minutes(seconds),
    )


def retry_after(seconds: int) -> dict[str, str]:
    """The same for machines (RFC 9110, section 10.2.3)."""
    return {"Retry-After": str(seconds)}


def _too_many_codes(seconds: int) -> Sentence:
    return counted(
        "Too many codes were tried. Sign in with your password again in %(n)s minute.",
        "Too many codes were tried. Sign in with your password again in %(n)s minutes.",
        _minutes(seconds),
    )


def _minutes(seconds: int) -> int:
    """Whole minutes, never too few."""
    return ceil(seconds / 60)


def _check(field: Field, throttle: Throttle) -> ResponseReturnValue:
    if not field.centre.sign_on.passwords:
        return login_page(field, fault=NO_PASSWORDS), 403
    name, password = typed("name").strip(), typed("password")
    if seconds := throttle.wait(attempt(name)):
        log.warning("sign-in refused", why="too many tries")
        return login_page(field, name, too_often(seconds)), 429, retry_after(seconds)
    person = people.check_password(field, name, password)
    if person is None:
        people.note_refusal(field, name)
        return login_page(field, name, WRONG), 401
    return go_on(field, throttle, person)


def go_on(field: Field, throttle: Throttle, person: Person) -> ResponseReturnValue:
    """Her password was right: ask for the code where she has a second factor, else let her in."""
    if not second_factor.is_set(field, person.id):
        return let_in(field, throttle, person, _wanted())
    session.clear()  # nobody else may have put anything into it before
    session[STEP] = admissions.begin_code_step(field, person.id)
    return redirect(url_for("signin.ask_code", next=request.args.get("next")))


def let_in(field: Field, throttle: Throttle, person: Person, wanted: str, *, by: str = "") -> ResponseReturnValue:
    """Sign her in on this device, by a cookie that nobody knew before, and lead her to the path ``wanted``.

    ``by`` names the service that has found out who she is; without it she knew her password.
    """
    found = sign_ins.begin(field, person, device(request.user_agent.string), by=by)
    session.clear()
    session.permanent = True
    login_user(Reader(found))
    response = make_response(redirect(wanted))
    response.set_cookie(
        DEVICE_COOKIE,
        throttle.device_for(person.name),
        max_age=DEVICE_DAYS,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return response


def _check_code(field: Field, throttle: Throttle) -> ResponseReturnValue:
    step = _step(field)
    if step is None:
        return _begin_again()
    code, person = typed("code"), step.person
    if seconds := throttle.wait_for_code(attempt(person.name), step.id):
        log.warning("sign-in refused", why="too many codes")
        return _code_page(_too_many_codes(seconds)), 429, retry_after(seconds)
    if not second_factor.check(field, person, code):
        people.note_refusal(field, person.name, action="user.code_refused")
        return _code_page(WRONG_CODE), 401
    try:
        admissions.use(field, step)
    except admissions.Spent:
        return _begin_again()
    return let_in(field, throttle, person, _wanted())


def _wanted() -> str:
    return safe_next(request.args.get("next"))


def _step(field: Field) -> Admission | None:
    return admissions.find(field, str(session.get(STEP, "")), Purpose.CODE)


def _code_page(fault: str) -> str:
    return render_template("login_code.html", fault=fault)


def _begin_again() -> ResponseReturnValue:
    session.pop(STEP, None)
    return redirect(url_for("signin.sign_in", next=request.args.get("next")))
