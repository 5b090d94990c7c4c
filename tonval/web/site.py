"""The whole site put together: assets, locks, sign-in, pages and API on one Flask application."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from flask import Blueprint, Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from tonval.fieldwork.dressing import dressed
from tonval.fieldwork.field import Field
from tonval.surveys.questionnaire import Form
from tonval.surveys.state import Stage, Turn
from tonval.web import assets, doors, errors, faults, health, language, numerals, security, signin, welcome
from tonval.web.api import (
    blocklist,
    bounces,
    bulk,
    call_backs,
    contacts,
    interactions,
    invitations,
    ledger,
    limits,
    openapi,
    statistics,
)
from tonval.web.counts import Counts
from tonval.web.desk import account, marks, moments, pages, people, privacy, why
from tonval.web.desk.setup import keys
from tonval.web.desk.setup import pages as setup
from tonval.web.devices import known_device
from tonval.web.script_words import script_words
from tonval.web.settings import WebSettings
from tonval.web.sign_on import pages as sign_on
from tonval.web.survey import page as survey
from tonval.web.survey import unsubscribe
from tonval.web.survey.render import Rendered, render, render_thanks
from tonval.web.survey.seen import Seen
from tonval.web.throttle import Throttle


def register(app: Flask, field: Field, settings: WebSettings) -> CSRFProtect:
    """Put everything people and machines see on ``app``; returns the CSRF guard."""
    guard = security.lock(app, secret_key=settings.secret_key, secure=settings.secure)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    language.register(app)
    numerals.register(app)
    app.add_template_global(script_words)
    assets.register(app)
    errors.register(app)
    faults.register(app)
    moments.register(app, field)
    marks.register(app)
    why.register(app)
    app.add_template_filter(settings.advice, "advice")
    app.add_template_filter(known_device, "known_device")
    _add_desk(app, field, settings)
    _add_api(app, guard, field, settings)
    # no cookie speaks for a respondent, the address alone does; nor for a provider, whose signature does
    _add_exempt(app, guard, (survey.blueprint(field), unsubscribe.blueprint(field), *settings.machine_blueprints))
    app.add_url_rule("/", "front_door", _front_door)
    doors.hang(app)
    app.context_processor(lambda: {"brand": field.centre.brand, "theme": _theme()})
    return guard


def _add_desk(app: Flask, field: Field, settings: WebSettings) -> None:
    """What people of the house see."""
    throttle = Throttle(field, settings.secret_key)
    signin.register(app, field, throttle, beside=settings.provider.name if settings.provider else "")
    sign_on.register(app, field, throttle, settings.provider)
    desk = pages.blueprint(field, settings.intake, replace(settings.studio, page=partial(_survey_page, field)))
    own = (welcome.blueprint(field, throttle), account.blueprint(field, throttle))
    about_people = (people.blueprint(field), privacy.blueprint(field, settings.intake))
    rooms = (*own, *about_people, setup.blueprint(field), keys.blueprint(field), desk)
    for room in (*rooms, *settings.page_blueprints):
        app.register_blueprint(room)


def _add_api(app: Flask, guard: CSRFProtect, field: Field, settings: WebSettings) -> None:
    """What other programs use."""
    limits.register(app, limits.Limits(Counts(settings.limits_url), settings.api_limit))
    rooms = (interactions, ledger, bulk, invitations, contacts, blocklist, statistics, call_backs)
    returned = bounces.blueprint(field, settings.take_mail)
    _add_exempt(app, guard, (*(room.blueprint(field) for room in rooms), returned), "/api/v1")
    app.register_blueprint(openapi.blueprint())
    app.register_blueprint(health.blueprint(settings.ready))


def _add_exempt(app: Flask, guard: CSRFProtect, rooms: Iterable[Blueprint], prefix: str | None = None) -> None:
    """Routes that no cookie opens need no token against forged forms."""
    for room in rooms:
        app.register_blueprint(room, url_prefix=prefix)
        guard.exempt(room)


def _survey_page(field: Field, form: Form, turn: Turn) -> Rendered:
    """A survey's page as the designer previews it."""
    done = turn.interview.stage is Stage.ENDED
    return (render_thanks if done else render)(dressed(form, field.centre.look), turn.interview, Seen())


def _front_door() -> ResponseReturnValue:
    return redirect("/desk" if signin.is_signed_in() else "/login")


def _theme() -> str | None:
    chosen = request.cookies.get("tonval_theme")
    return chosen if chosen in ("light", "dark") else None
