"""Opens the field office: the database, the settings and the surveys of the file put together, without a page."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

from sqlalchemy import inspect

from tonval.config import NO_QUEUES, BadSetting, Config
from tonval.connecting import found_in, looked, overlaid
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
from tonval.sms.keywords import tells_stop
from tonval.sms.segments import measure
from tonval.stats import record
from tonval.store import outbox
from tonval.store.keyring import origin
from tonval.store.migrate import migrate
from tonval.store.unit import Unit, open_unit
from tonval.surveys.document import BrokenDocument, Fault
from tonval.surveys.events import AnswerGiven, AnswerReplaced, InterviewEnded
from tonval.surveys.lint import Gauges

HANDLERS: Handlers = {
    **record.handlers(),
    AnswerGiven: (record.record_answer, alerts.note_answer),
    AnswerReplaced: (record.record_answer, alerts.note_correction),
    InterviewEnded: (alerts.note_end,),
}
"""What runs in the transaction that writes an event."""


GAUGES: Final = Gauges(measure, tells_stop)
"""What the channels know of texts, for the lint of surveys."""


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
