"""In which language the pages are read: as the reader chose, else as her browser asks, else in English."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, get_locale, gettext, ngettext

from tonval.surveys.sentences import Sentence
from tonval.web.catalogs import ENGLISH, LANGUAGES, HouseDomain

COOKIE: Final = "tonval_language"
ASKED: Final = "lang"
"""The name in the address by which the pages before sign-in are asked for in another language."""

_A_YEAR: Final = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Translate what ``app`` shows: ``_()`` and ``ngettext()`` in templates, the filter ``told``."""
    babel = Babel(app, default_locale=ENGLISH, locale_selector=chosen)
    babel.domain_instance = HouseDomain()
    app.add_template_filter(told, "told")
    app.context_processor(lambda: {"page_language": language(), "page_languages": LANGUAGES})
    app.add_template_global(_this_page_in, "this_page_in")
    app.after_request(_keep)


def language() -> str:
    """The language of this request, as ``LANGUAGES`` has it."""
    locale = get_locale()
    return locale.language if locale else ENGLISH


def read_in(wanted: str | None) -> None:
    """From here on this request speaks to somebody who chose ``wanted``; ``None``: she has not chosen."""
    g.tonval_language = wanted


def chosen() -> str:
    """What the reader chose herself, or in her browser. Programs are spoken to in English."""
    if not has_request_context() or request.path.startswith("/api/"):
        return ENGLISH
    wishes = (request.args.get(ASKED), g.get("tonval_language"), request.cookies.get(COOKIE))
    own = next((wish for wish in wishes if wish in LANGUAGES), None)
    return own or request.accept_languages.best_match(LANGUAGES) or ENGLISH


def told(said: object) -> str:
    """A ``Sentence``, or an exception that holds one, in the reader's language; any other text as it stands."""
    text = str(said)
    if not isinstance(text, Sentence):
        return text
    fills = {name: told(fill) if isinstance(fill, Sentence) else fill for name, fill in text.fills.items()}
    if text.plural is None:
        return gettext(text.template, **fills) if text.template else ""
    return ngettext(text.template, text.plural, text.number, **fills)


def _this_page_in(wanted: str) -> str:
    """The address of this page in another language."""
    return f"{request.path}?{urlencode({**request.args, ASKED: wanted})}"


def _keep(response: Response) -> Response:
    """Remember what was asked for in the address, on this device."""
    wanted = request.args.get(ASKED)
    if wanted in LANGUAGES and request.cookies.get(COOKIE) != wanted:
        response.set_cookie(COOKIE, wanted, max_age=_A_YEAR, samesite="Lax", secure=request.is_secure, httponly=True)
    return response
