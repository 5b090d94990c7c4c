"""``/account``: one's own password, second factor and sign-ins. For whoever is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as part
from typing import Final

from flask import Blueprint, redirect, session, url_for
from flask.typing import ResponseReturnValue

from tonval.fieldwork.colleagues import people, second_factor, sign_ins, totp
from tonval.fieldwork.colleagues.people import PeopleError
from tonval.fieldwork.colleagues.second_factor import WrongCode
from tonval.fieldwork.field import Field
from tonval.surveys.sentences import counted, sentence
from tonval.translations.catalogs import LANGUAGES
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.language import flash
from tonval.web.signin import attempt, reader, retry_after, signed_in, too_often, typed
from tonval.web.throttle import Throttle
from tonval.web.welcome import DIFFERENT

SALT: Final = "second factor"
NOT_YOURS: Final = sentence("That is not your password.")


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says beside its fields, and recovery codes that are shown this once."""

    faults: Mapping[str, str] = part(default_factory=dict)
    codes: tuple[str, ...] = ()


class Refused(Exception):
    """A form cannot be taken; ``fault`` stands beside ``field``. ``wait`` is after how many seconds it may be."""

    def __init__(self, field: str, fault: str, *, wait: int = 0) -> None:
        super().__init__(fault)
        self.field, self.fault, self.wait = field, fault, wait


def blueprint(field: Field, throttle: Throttle) -> Blueprint:
    """The page and everything that it changes."""
    pages = Blueprint("account", __name__, url_prefix="/account")

    @pages.get("")
    def page() -> ResponseReturnValue:
        return _page(field, Told())

    @pages.errorhandler(Refused)
    def refuse(refusal: Refused) -> ResponseReturnValue:
        page = _page(field, Told({refusal.field: refusal.fault}))
        return (page, 429, retry_after(refusal.wait)) if refusal.wait else (page, 400)

    @pages.post("/password")
    def change_password() -> ResponseReturnValue:
        return _change_password(field, throttle)

    @pages.post("/sign-ins")
    def end_others() -> ResponseReturnValue:
        number = sign_ins.end_others(field, signed_in())
        flash(counted("%(n)s other sign-in ended.", "%(n)s other sign-ins ended.", number))
        return redirect(url_for("account.page"))

    @pages.post("/language")
    def choose_language() -> ResponseReturnValue:
        wanted = typed("language")
        people.choose_language(field, reader(), wanted if wanted in LANGUAGES else None)
        return redirect(url_for("account.page"))

    _add_second_factor(pages, field, throttle)
    return pages


def _add_second_factor(pages: Blueprint, field: Field, throttle: Throttle) -> None:
    @pages.post("/second-factor")
    def set_up() -> ResponseReturnValue:
        session[SALT] = second_factor.fresh_salt()
        return redirect(url_for("account.page", _anchor="second-factor"))

    @pages.post("/second-factor/confirm")
    def confirm() -> ResponseReturnValue:
        return _confirm(field, throttle)

    @pages.post("/second-factor/codes")
    def new_codes() -> ResponseReturnValue:
        _own_password(field, throttle, "codes_password")
        if not second_factor.is_set(field, reader().id):
            return redirect(url_for("account.page"))
        return _page(field, Told(codes=second_factor.new_codes(field, reader())))

    @pages.post("/second-factor/off")
    def turn_off() -> ResponseReturnValue:
        _own_password(field, throttle, "off_password")
        second_factor.reset(field, reader().id, reader().name, by=actor())
        flash(sentence("Your second factor is off. Your password alone lets you in."))
        return redirect(url_for("account.page"))


def _change_password(field: Field, throttle: Throttle) -> ResponseReturnValue:
    _own_password(field, throttle, "old")
    if typed("new") != typed("again"):
        raise Refused("again", DIFFERENT)
    try:
        people.change_password(field, reader(), typed("new"), keep=signed_in().digest)
    except PeopleError as refusal:
        raise Refused("new", str(refusal)) from None
    flash(sentence("Your password is changed. Every other sign-in of yours has ended."))
    return redirect(url_for("account.page"))


def _confirm(field: Field, throttle: Throttle) -> ResponseReturnValue:
    salt = str(session.get(SALT, ""))
    if not salt or second_factor.is_set(field, reader().id):
        return redirect(url_for("account.page"))
    _own_password(field, throttle, "factor_password")
    try:
        codes = second_factor.confirm(field, reader(), salt, typed("code"))
    except WrongCode as wrong:
        raise Refused("code", str(wrong)) from None
    session.pop(SALT, None)
    return _page(field, Told(codes=codes))


def _own_password(field: Field, throttle: Throttle, name: str) -> None:
    """Who found the screen unlocked must not keep it. Counted as a try to sign in."""
    if seconds := throttle.wait(attempt(reader().name)):
        raise Refused(name, too_often(seconds), wait=seconds)
    if people.check_password(field, reader().name, typed(name)) is None:
        raise Refused(name, NOT_YOURS)


def _page(field: Field, told: Told) -> str:
    me, salt = reader(), session.get(SALT)
    secret = second_factor.secret_of(field, str(salt)) if salt else None
    return framed(
        "account.html",
        told=told,
        faults=told.faults,
        password=people.has_password(field, me.id),
        factor=second_factor.is_set(field, me.id),
        left=second_factor.codes_left(field, me.id),
        key=totp.written(secret) if secret else "",
        link=totp.link(secret, field.centre.brand or "Tonval", me.name) if secret else "",
        devices=sign_ins.of_person(field, me.id),
        present=signed_in().digest,
    )
