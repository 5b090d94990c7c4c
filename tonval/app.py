"""The composition root: here, and only here, the rooms are put together from the settings."""

from __future__ import annotations

import hmac
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from flask import Blueprint, Flask, request
from sqlalchemy import inspect, text
from werkzeug.middleware.proxy_fix import ProxyFix

from tonval import ways
from tonval.config import NO_QUEUES, BadSetting, Config, load_config
from tonval.connecting import Renewed, Watch, connected, found_in, looked, overlaid
from tonval.fieldwork.calls import dialling
from tonval.fieldwork.centre import Centre
from tonval.fieldwork.colleagues import people
from tonval.fieldwork.field import Field, Handlers
from tonval.fieldwork.forms import publish
from tonval.fieldwork.layers import Page
from tonval.fieldwork.messaging import due, messages
from tonval.fieldwork.renewal import Renewal, had_file, of_file, page_before, published
from tonval.fieldwork.routing import NO_FILE, lay, text_of
from tonval.followup import alerts
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
from tonval.sms import inbound
from tonval.sms.console.provider import Console
from tonval.sms.errors import advice_on
from tonval.sms.keywords import tells_stop
from tonval.sms.office import OfficePost
from tonval.sms.providers import Providers
from tonval.sms.segments import measure
from tonval.sms.smpp.provider import SmppMessages
from tonval.sms.twilio.provider import TwilioMessages
from tonval.sms.twilio.webhooks import messages_blueprint
from tonval.stats import record
from tonval.store import outbox
from tonval.store.keyring import origin
from tonval.store.migrate import is_current, migrate
from tonval.store.unit import Unit, open_unit
from tonval.surveys.document import BrokenDocument, Fault
from tonval.surveys.events import AnswerGiven, AnswerReplaced, InterviewEnded
from tonval.surveys.lint import Gauges
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

HANDLERS: Handlers = {
    **record.handlers(),
    AnswerGiven: (record.record_answer, alerts.note_answer),
    AnswerReplaced: (record.record_answer, alerts.note_correction),
    InterviewEnded: (alerts.note_end,),
}
"""What runs in the transaction that writes an event."""

GAUGES: Final = Gauges(measure, tells_stop)
"""What the channels know of texts, for the lint of surveys."""

EAGER: Final = 3.0
"""Seconds a caller may wait to hear again what she has just spoken, while Twilio still prepares it."""

_PAGES_OF_STAFF: Final = ("/desk", "/admin", "/simulator")


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def fresh_id(prefix: str) -> str:
    """A new id that sorts by the time it was made: ``leg_`` and 26 hexadecimal digits, 56 of their bits random."""
    return f"{prefix}_{time.time_ns() // 1_000_000:012x}{secrets.token_hex(7)}"


def open_field(config: Config, ring: Callable[[str], None] = lambda kind: None) -> Field:
    """The field office on the configured database, with the surveys of queues.yaml published."""
    unit = open_unit(config.database_url, config.secret_key)
    config = overlaid(config, found_in(unit))
    said = _check_providers(config, _with_providers(config, read_file(config, unit)))
    _check_ways_in(config, said)
    migrate(unit)
    with unit.read() as tx:
        root = origin(tx)
    said = publish(unit, said, now())
    file = of_file(said, said)
    office = Field(
        unit=unit,
        centre=file,
        now=now,
        fresh_id=fresh_id,
        handlers=HANDLERS,
        ring=ring,
        segments=lambda message: measure(message).segments,
        link_key=hmac.digest(root, b"links to surveys", "sha256"),
        audit_key=hmac.digest(root, b"the audit log", "sha256"),
        people_key=hmac.digest(root, b"people who sign in", "sha256"),
        public_url=config.public_url,
        mail_from=config.mail_from if config.smtp_url else None,
        renewal=Renewal(unit, file, now, fit=partial(_with_providers, config)),
        gauges=GAUGES,
    )
    office.renew(at_once=True)
    return office


def read_file(config: Config, unit: Unit) -> Centre:
    """queues.yaml over what was set up in the browser; its queues may ask with surveys made there.

    It comes before the database is brought up to date: a broken file must hinder that. Raises ``BrokenDocument``.
    """
    return lay(_text_of(config, unit), looked(unit, page_before, {}), made_here(unit), str(config.queues))


def _text_of(config: Config, unit: Unit) -> str:
    """What the file says. Without one, all is set up in the browser; unless there was one before, which is missed."""
    if config.queues == NO_QUEUES:
        return NO_FILE
    if not (config.queues_named or config.queues.exists()) and not looked(unit, had_file, False):
        return NO_FILE
    try:
        return text_of(config.queues)
    except BrokenDocument as broken:
        if config.queues.exists():
            raise
        advice = "to go on with what was set up in the browser alone, set TONVAL_QUEUES=none"
        raise BrokenDocument([Fault(1, f"{broken.faults[0].sentence}; {advice}")], str(config.queues)) from None


def check_file(config: Config) -> None:
    """Raises ``BrokenDocument`` where ``read_file`` would; leaves no connection open to be inherited by a child."""
    unit = open_unit(config.database_url)
    read_file(config, unit)
    unit.engine.dispose()


def of_browser(unit: Unit) -> tuple[frozenset[str], Page]:
    """The surveys made in the browser, and what was set up there, as far as there is a database yet."""
    return made_here(unit), looked(unit, page_before, {})


def made_here(unit: Unit) -> frozenset[str]:
    """The surveys made in the browser that queues may ask with; none where there is no database yet."""
    return looked(unit, lambda tx: published(tx) if inspect(tx).has_table("surveys") else frozenset(), frozenset())


_SET_BY: Final = {"twilio": "Twilio; set its account SID", "smpp": "SMPP; set TONVAL_SMPP_URL"}
"""What each provider of numbers needs; the first that is set up is the usual one."""


def _with_providers(config: Config, centre: Centre) -> Centre:
    """Every number with its provider. For trying out, numbers are the console's while their provider is not set up."""
    ready, numbers = _ready(config), {}
    for name, number in centre.numbers.items():
        wanted = number.provider or next(iter(ready), "console")
        there = wanted in ready or config.in_production  # else nothing goes out, and each message says why
        numbers[name] = replace(number, provider=wanted if there else "console")
    return replace(centre, numbers=numbers)


def _check_providers(config: Config, centre: Centre) -> Centre:
    """The same centre. Raises ``BadSetting`` on a public address for a number of the file that nobody carries.

    Messages that go nowhere would be noticed too late; whoever sets a number up in the browser is told there.
    """
    for name, number in centre.numbers.items() if config.in_production else ():
        here = name in centre.beneath.get("numbers", {})
        if not here and number.provider not in (*_ready(config), "console"):
            raise BadSetting(f"{config.queues.name} sends from {name} by {_SET_BY[str(number.provider)]} too")
    return centre


def _ready(config: Config) -> tuple[str, ...]:
    """The providers of messages that are set up, the usual one first."""
    there = (("twilio", config.has_twilio), ("smpp", config.smpp is not None))
    return tuple(name for name, so in there if so)


def _check_ways_in(config: Config, centre: Centre) -> None:
    """Raises ``BadSetting`` where nobody could sign in."""
    if config.provider is None and not centre.sign_on.passwords:
        raise BadSetting(f"{config.queues.name} says sign_in: passwords: false, so TONVAL_OIDC_ISSUER must be set")


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


def first_admin(config: Config, office: Field) -> str | None:
    """Make the first user ``admin``; gives the password when it was made up and must be shown, once."""
    if people.has_users(office):
        return None
    password = config.admin_password or secrets.token_urlsafe(9)
    people.add_user(office, "admin", password, role="admin")
    return None if config.admin_password else password


def due_kinds(office: Field) -> frozenset[str]:
    """The kinds of work that are waiting now."""
    return overdue_kinds(office, now())


def overdue_kinds(office: Field, moment: datetime) -> frozenset[str]:
    """The kinds of work that have been waiting since ``moment``."""
    with office.unit.read() as tx:
        kinds = set(outbox.kinds_due(tx, moment))
        if messages.has_due(tx, moment):
            kinds.add("message")
        if due.has_letters(tx, moment):
            kinds.add("letter")
        if dialling.has_due(tx, moment):
            kinds.add("dial")
    return frozenset(kinds)
