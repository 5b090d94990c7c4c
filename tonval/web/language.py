"""In which language the pages are read: as the reader chose, else as her browser asks, else in English."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlencode

import flask
from babel.support import NullTranslations
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale, get_translations, gettext
from markupsafe import Markup

from tonval.surveys.naming import named
from tonval.surveys.sentences import Sentence
from tonval.translations.catalogs import ENGLISH, LANGUAGES, catalog, recognised
from tonval.translations.telling import tell

COOKIE: Final = "tonval_language"
ASKED: Final = "lang"
"""The name in the address by which the pages before sign-in are asked for in another language."""

_A_YEAR: Final = 365 * 24 * 3600


class HouseDomain(Domain):
    """Where Flask-Babel finds the words: the catalog of the reader's language."""

    def get_translations(self) -> NullTranslations:
        """The words for whoever reads now; English where nobody does."""
        locale = get_locale()
        return catalog(locale.language if locale else ENGLISH)


def register(app: Flask) -> None:
    """Translate what ``app`` shows: ``_()`` and ``ngettext()`` in templates, the filter ``told``."""
    babel = Babel(app, default_locale=ENGLISH, locale_selector=chosen)
    babel.domain_instance = HouseDomain()
    for name, put in (("told", told), ("named", _named), ("known", known)):
        app.add_template_filter(put, name)
    app.jinja_env.finalize = _finished
    app.jinja_env.globals.update(gettext=_filled, ngettext=_filled_by_number)
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
    return tell(said, get_translations())


def known(text: str) -> str:
    """An English sentence that was kept without its template, looked up again; what nobody knows stands as it is."""
    text = str(text)
    return told(text if isinstance(text, Sentence) else recognised(text))


def _named(code: str) -> str:
    return told(named(str(code)))


def _finished(value: Any) -> Any:
    """What a template prints: sentences in the reader's language, all else as it is."""
    return told(value) if isinstance(value, Sentence) else value


def _filled(words: str, /, **fills: Any) -> str:
    """``_()`` of the templates: the words are ours, tags and all; what fills them is escaped."""
    return Markup(gettext(words)) % _all_told(fills)  # noqa: S704


def _filled_by_number(one: str, many: str, num: int, /, **fills: Any) -> str:
    """``ngettext()`` of the templates; ``%(num)s`` is the number."""
    return Markup(get_translations().ngettext(one, many, num)) % _all_told({"num": num, **fills})  # noqa: S704


def _all_told(fills: dict[str, Any]) -> dict[str, Any]:
    return {name: _finished(fill) for name, fill in fills.items()}


def flash(message: object, category: str = "message") -> None:
    """Show it on the next page, in the reader's language; as ``flask.flash``."""
    flask.flash(told(message), category)


def together(words: Iterable[object], between: str = ", ") -> str:
    """All of them in the reader's language, with ``between`` between them."""
    return between.join(told(word) for word in words)


def listed(words: Iterable[object]) -> str:
    """``one, two and three``."""
    *most, last = (told(word) for word in words)
    return gettext("%(most)s and %(last)s", most=", ".join(most), last=last) if most else last


def _this_page_in(wanted: str) -> str:
    """The address of this page in another language."""
    return f"{request.path}?{urlencode({**request.args, ASKED: wanted})}"


def _keep(response: Response) -> Response:
    """Remember what was asked for in the address, on this device."""
    wanted = request.args.get(ASKED)
    if wanted in LANGUAGES and request.cookies.get(COOKIE) != wanted:
        response.set_cookie(COOKIE, wanted, max_age=_A_YEAR, samesite="Lax", secure=request.is_secure, httponly=True)
    return response
