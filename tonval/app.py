"""The composition root: here, and only here, the rooms are put together from the settings."""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from flask import Blueprint, Flask, request
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from tonval import ways
from tonval.config import Config, load_config
from tonval.connecting import Renewed, Watch, connected
from tonval.fieldwork.field import Field
from tonval.ivr.simulator import page as simulator
from tonval.ivr.twilio.calls import call_blueprints
from tonval.ivr.twilio.carrier import OfficeCarrier
from tonval.ivr.twilio.dialler import TwilioCalls
from tonval.ivr.twilio.recordings import TwilioRecordings
from tonval.ivr.twilio.signature import Signature
from tonval.ivr.twilio.webhooks import call_ended
from tonval.ivr.twilio.wire import PATIENCE, TWILIO
from tonval.mail import doors, trial
from tonval.mail.smtp import mail_server
from tonval.opening import open_field
from tonval.sms import inbound
from tonval.sms.console.provider import Console
from tonval.sms.errors import advice_on
from tonval.sms.office import OfficePost
from tonval.sms.providers import Providers
from tonval.sms.smpp.provider import SmppMessages
from tonval.sms.twilio.provider import TwilioMessages
from tonval.sms.twilio.webhooks import messages_blueprint
from tonval.store.migrate import is_current
from tonval.store.unit import Unit
from tonval.surveys.sentences import sentence
from tonval.web import site
from tonval.web.counts import Rate
from tonval.web.desk import look, self_test
from tonval.web.desk.designer.studio import Studio
from tonval.web.desk.scopes import scope_here
from tonval.web.desk.setup import providers as providers_pages
from tonval.web.desk.setup.ways import hang as hang_ways
from tonval.web.settings import WebSettings

log = logging.getLogger(__name__)

EAGER: Final = 3.0
"""Seconds a caller may wait to hear again what she has just spoken, while Twilio still prepares it."""

_PAGES_OF_STAFF: Final = ("/desk", "/admin", "/simulator")


def providers(config: Config, office: Field) -> Providers:
    """The ways to send messages; Twilio only with an account, SMPP only with a line."""
    found: dict[str, Any] = {"console": Console()}
    if config.twilio_account_sid and config.twilio_auth_token:
        found["twilio"] = TwilioMessages(
            config.twilio_account_sid,
            config.twilio_auth_token,
            config.public_url,
            config.twilio_api_url,
            services={name: number.service for name, number in office.centre.numbers.items() if number.service},
        )
    if config.smpp:
        found["smpp"] = SmppMessages(config.smpp, office)
    return found


def spoken_at_twilio(config: Config, eager: float = 0.0) -> TwilioRecordings | None:
    """What customers spoke and Twilio still holds; asked for again for ``eager`` seconds where it is not there yet."""
    if not (config.twilio_account_sid and config.twilio_auth_token):
        return None
    api_url, patience = config.twilio_api_url or TWILIO, eager or PATIENCE
    return TwilioRecordings(config.twilio_account_sid, config.twilio_auth_token, api_url, patience, eager)


def calls_by_twilio(config: Config) -> TwilioCalls | None:
    """The way to call customers by Twilio, where there is an account."""
    if not (config.twilio_account_sid and config.twilio_auth_token):
        return None
    account = (config.twilio_account_sid, config.twilio_auth_token)
    return TwilioCalls(*account, config.public_url, config.twilio_api_url)


@contextmanager
def listening(office: Field, senders: Providers) -> Iterator[None]:
    """Meanwhile the line to the operator is kept up, where a number of ours has one; then it is ended in good form."""
    line = senders.get("smpp")
    if isinstance(line, SmppMessages) and any(each.provider == "smpp" for each in office.centre.numbers.values()):
        line.listen()
    try:
        yield
    finally:
        if isinstance(line, SmppMessages):
            line.close()


def create_app(config: Config, office: Field, base: Config | None = None) -> Flask:
    """The WSGI application: pages, API and webhooks. ``base``: what the environment alone says, where that is less."""
    found = ways.ways_of(base or config, config, office)
    app = Flask("tonval.web", static_folder=None)
    genuine = Signature(config.twilio_auth_token, config.public_url).genuine
    key = hmac.digest(config.secret_key.encode(), b"what was spoken", "sha256")
    calls = call_blueprints(office, genuine, config.public_url, key, spoken_at_twilio(config, eager=EAGER))
    text_messages = messages_blueprint(genuine, OfficePost(office), partial(call_ended, OfficeCarrier(office)))
    settings = WebSettings(
        secret_key=config.secret_key,
        secure=config.public_url.startswith("https://"),
        limits_url=_limits_url(config),
        api_limit=Rate(config.api_limit.amount, config.api_limit.get_expiry()),
        ready=partial(readiness, office.unit, config),
        machine_blueprints=(*calls, text_messages),
        page_blueprints=(
            _simulator(office),
            self_test.blueprint(office, partial(_try_providers, config, office)),
            providers_pages.blueprint(office, found),
        ),
        intake=config.intake,
        take_mail=partial(doors.take_in, office),
        studio=_studio(config, office),
        advice=advice_on,
        provider=config.provider,
    )
    _believe_proxies(app, config.proxies)
    app.before_request(partial(_renew, office))
    hang_ways(app, found, [str(network) for network in config.sip_allow])
    site.register(app, office, settings)
    return app


def _believe_proxies(app: Flask, number: int) -> None:
    """Take the address of who asks from X-Forwarded-For, as the outermost of our own proxies wrote it there."""
    if number:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=number, x_proto=0, x_host=0)  # type: ignore[method-assign]


def _renew(office: Field) -> None:
    """Colleagues read what they have just saved, whichever process answers; others wait for the next look."""
    office.renew(at_once=request.path.startswith(_PAGES_OF_STAFF))


def _studio(config: Config, office: Field) -> Studio:
    """What the designer of surveys shows letters with, and sends them to oneself where there is a mail server."""
    post = None
    if config.smtp_url and config.mail_from:
        post = partial(trial.send_to, office, mail_server(config.smtp_url), config.mail_from)
    return Studio(letter=partial(trial.show, office), post=post)


def _try_providers(config: Config, office: Field) -> list[self_test.Tried]:
    """What `tonval doctor` says of Twilio, for the admin's page."""
    from tonval.workers import checks, doctor

    account = (config.twilio_account_sid, config.twilio_auth_token, config.twilio_api_url)
    ours = office.centre.numbers.values()
    numbers: dict[str, str | None] = {each.number: each.service for each in ours if each.provider == "twilio"}
    asked = [
        ("Twilio", partial(checks.check_twilio, *account)),
        (sentence("numbers at Twilio"), partial(checks.check_twilio_numbers, account, numbers, config.public_url)),
    ]
    found = doctor.examine(asked)
    return [(name, each.state.value, each.sentence) for (name, _), each in zip(asked, found, strict=True)]


def _limits_url(config: Config) -> str:
    """Redis as the ``limits`` package names it; ``tonval up`` tells its own to every part by TONVAL_REDIS_URL."""
    return (config.redis_url or "memory://").replace("unix://", "redis+unix://", 1)


def _simulator(office: Field) -> Blueprint:
    around = simulator.Surroundings(look.framed, partial(inbound.receive, office), reach=lambda: scope_here(office))
    return simulator.blueprint(office, around)


def web_app() -> Renewed:
    """The application as gunicorn loads it, in each of its workers; made anew when a provider was connected."""
    base = load_config(os.environ)
    return Renewed(partial(_web_app, base), partial(Watch, base))


def _web_app(base: Config) -> Flask:
    from tonval.workers.bell import Bell

    config = connected(base)
    ring = Bell(config.redis_url).ring if config.redis_url else lambda kind: None
    return create_app(config, open_field(config, ring), base)


def readiness(unit: Unit, config: Config) -> Mapping[str, str]:
    """Each part's name to what is wrong with it, an empty string when it is well."""
    return {"database": _fault(partial(_look_at_database, unit)), "redis": _fault(partial(_look_at_redis, config))}


def _look_at_database(unit: Unit) -> None:
    with unit.read() as tx:
        tx.execute(text("SELECT 1"))
    if not is_current(unit):
        raise RuntimeError("a migration is missing: restart Tonval")


def _look_at_redis(config: Config) -> None:
    from tonval.workers.valkey import connect

    if config.redis_url:
        with connect(config.redis_url, 0.5) as client:
            client.ping()


def _fault(look: Callable[[], None]) -> str:
    try:
        look()
    except Exception as error:  # noqa: BLE001 - whatever it is, the page must name it and not fail itself
        return str(error).splitlines()[0][:200] or type(error).__name__
    return ""
