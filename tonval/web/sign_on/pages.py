"""``/login/oidc`` leads to the provider, ``/login/oidc/back`` is where it leads back to."""

from __future__ import annotations

from typing import Final

import structlog
from flask import Blueprint, Flask, abort, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tonval.fieldwork.colleagues import identities
from tonval.fieldwork.colleagues.identities import NotAdmitted
from tonval.fieldwork.field import Field
from tonval.web.language import told
from tonval.web.sign_on.claims import account_from
from tonval.web.sign_on.provider import Away, BegunElsewhere, Distrusted, OpenId
from tonval.web.sign_on.settings import BACK, Provider
from tonval.web.signin import is_signed_in, let_in, login_page, safe_next
from tonval.web.throttle import Throttle

log = structlog.get_logger()

NEXT: Final = "next"


def register(app: Flask, field: Field, throttle: Throttle, provider: Provider | None) -> None:
    """Add both addresses; without a provider there is nothing at them."""
    app.register_blueprint(_pages(field, throttle, OpenId(app, provider) if provider else None))


def _pages(field: Field, throttle: Throttle, openid: OpenId | None) -> Blueprint:
    pages = Blueprint("sign_on", __name__)

    @pages.get("/login/oidc")
    def leave() -> ResponseReturnValue:
        wanted = safe_next(request.args.get("next"))
        if is_signed_in():
            return redirect(wanted)
        return _leave(field, openid or abort(404), wanted)

    @pages.get(BACK)
    def come_back() -> ResponseReturnValue:
        return _come_back(field, throttle, openid or abort(404))

    return pages


def _leave(field: Field, openid: OpenId, wanted: str) -> ResponseReturnValue:
    session[NEXT] = wanted
    try:
        return openid.lead_away(field.public_url + BACK)
    except (Away, Distrusted) as fault:
        return _failed(field, openid, fault, wanted)


def _come_back(field: Field, throttle: Throttle, openid: OpenId) -> ResponseReturnValue:
    wanted, terms = safe_next(session.pop(NEXT, None)), field.centre.sign_on
    try:
        claims = openid.claims(terms)
        person = identities.admit(field, account_from(claims, openid.provider.issuer, terms))
    except (Away, Distrusted) as fault:
        return _failed(field, openid, fault, wanted)
    except NotAdmitted as refusal:
        return login_page(field, fault=told(refusal), wanted=wanted), 403
    return let_in(field, throttle, person, wanted, by=openid.provider.name)


def _failed(field: Field, openid: OpenId, fault: Away | Distrusted, wanted: str) -> ResponseReturnValue:
    """Back to the beginning, with what she can do about it; the log has what an admin can."""
    log.warning("single sign-on failed", why=str(fault), how=type(fault).__name__)
    name = openid.provider.name
    match fault:
        case Away():
            words = _("%(name)s does not answer right now. Try again in a minute.", name=name)
            return login_page(field, fault=words, wanted=wanted), 503
        case BegunElsewhere():
            words = _("That sign-in was begun elsewhere, or too long ago. Begin again here.")
        case _:
            words = _("%(name)s did not sign you in. Try again, or tell an admin.", name=name)
    return login_page(field, fault=words, wanted=wanted), 401
