"""`tonval doctor`: the checks of this installation's own settings, put together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import click
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from tonval import opening
from tonval.config import Config
from tonval.connecting import connected, looked
from tonval.fieldwork.belonging import Placed, astray
from tonval.fieldwork.centre import Centre
from tonval.fieldwork.routing import load_centre
from tonval.store.unit import open_unit
from tonval.surveys.document import BrokenDocument
from tonval.workers import checks, doctor
from tonval.workers.doctor import Check, Finding


def report(config: Config, as_json: bool) -> int:
    """Look at everything, print what was found; 1 when something must be mended."""
    findings = doctor.examine(_checks(_with_providers(config)))
    click.echo(doctor.as_json(findings) if as_json else doctor.as_text(findings))
    return doctor.exit_code(findings)


def _checks(config: Config) -> Iterator[tuple[str, Check]]:
    sip = (config.sip.host, config.sip.port)
    yield "queues", partial(_check_queues, config)
    yield "database", partial(checks.check_database, config.database_url, config.secret_key)
    yield "redis", partial(checks.check_redis, config.home, config.redis_url)
    yield "ffmpeg", checks.check_ffmpeg
    yield "speech", lambda: checks.check_speech(_languages(config))
    yield "sip", partial(checks.check_sip, sip, config.sip_cells, config.sip_calls_per_cell)
    account = (config.twilio_account_sid, config.twilio_auth_token, config.twilio_api_url)
    yield "twilio", partial(checks.check_twilio, *account)
    yield "twilio numbers", lambda: checks.check_twilio_numbers(account, _at_twilio(config), config.public_url)
    yield "smpp", partial(checks.check_smpp, config.smpp)
    yield "public url", partial(checks.check_public_url, config.public_url, config.twilio_auth_token)
    http = (config.http.host, config.http.port)
    yield "proxies", partial(checks.check_proxies, config.public_url, http, config.proxies)
    yield "sign-on", partial(checks.check_sign_on, config.provider)
    yield "smtp", partial(checks.check_smtp, config.smtp_url)


def _check_queues(config: Config) -> Finding:
    try:
        centre = _centre(config)
    except BrokenDocument as broken:
        return doctor.fail("queues", f"{len(broken.faults)} faults; the first: {str(broken).splitlines()[0]}")
    if centre.warnings:
        return doctor.warn("queues", centre.warnings[0].located(config.queues.name))
    lost = _astray(config, centre)
    if lost:
        told = ", ".join(f"{queue} belongs to {unit}" for queue, unit in lost)
        return doctor.warn("queues", f"{told}: there is no such unit, see Admin, Organisation")
    return doctor.ok("queues", f"{len(centre.queues)} queues, {len(centre.forms)} surveys")


def _astray(config: Config, centre: Centre) -> Placed:
    unit = open_unit(config.database_url, config.secret_key)
    try:
        return looked(unit, lambda tx: astray(tx, centre), ())
    except SQLAlchemyError:
        return ()  # the check of the database says why
    finally:
        unit.engine.dispose()


def _at_twilio(config: Config) -> dict[str, str | None]:
    """The numbers that Twilio carries, with their messaging services."""
    numbers = _centre(config).numbers.values()
    return {each.number: each.service for each in numbers if each.provider in (None, "twilio")}


def _languages(config: Config) -> list[str]:
    return [language for form in _centre(config).forms.values() for language in form.languages]


def _with_providers(config: Config) -> Config:
    """Also those that were connected in the browser, where the database can be looked into."""
    try:
        return connected(config)
    except (SQLAlchemyError, RuntimeError, ValueError):
        return config  # the check of the database says why


def _centre(config: Config) -> Centre:
    """The file over what was set up in the browser, or the file alone where no database can be looked into."""
    unit = open_unit(config.database_url, config.secret_key)
    try:
        return opening.read_file(config, unit)
    except OperationalError:
        return load_centre(config.queues)
    finally:
        unit.engine.dispose()
