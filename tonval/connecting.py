"""The providers of this installation: as the environment sets them up, else as an admin connected them in the browser.

Whatever is connected anew is taken up without anybody's help: web pages are put together anew between two requests,
and the other parts end in good form between two pieces of work and begin again in the same process.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from email.headerregistry import Address
from pathlib import Path
from time import monotonic
from typing import Any, Final, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from tonval.config import Config
from tonval.fieldwork.settings.providers import Provider, providers, revision
from tonval.mail.addresses import one_line, read_address
from tonval.mail.smtp import mail_server
from tonval.sms.smpp.account import read_account
from tonval.store.unit import Unit, open_unit
from tonval.surveys.sentences import sentence
from tonval.web.sign_on.settings import USUAL_NAME, is_issuer
from tonval.web.sign_on.settings import Provider as SignsIn

T = TypeVar("T")

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 2.0
"""Seconds between two looks at the database."""

TWILIO, SMPP, MAIL, TRUNK, SIGN_ON = "twilio", "smpp", "mail", "trunk", "sign-on"

_HOST: Final = re.compile(r"(?:\w(?:[\w.-]*\w)?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")

VARIABLES: Final[Mapping[str, tuple[str, ...]]] = {
    TWILIO: ("TONVAL_TWILIO_ACCOUNT_SID", "TONVAL_TWILIO_AUTH_TOKEN"),
    SMPP: ("TONVAL_SMPP_URL",),
    MAIL: ("TONVAL_SMTP_URL", "TONVAL_MAIL_FROM"),
    TRUNK: ("TONVAL_SIP_TRUNK_PASSWORD",),
    SIGN_ON: ("TONVAL_OIDC_ISSUER", "TONVAL_OIDC_CLIENT_ID", "TONVAL_OIDC_CLIENT_SECRET", "TONVAL_OIDC_NAME"),
}
"""What sets each provider up from outside; then the browser does not."""


def connected(config: Config) -> Config:
    """The settings, with what was connected in the browser where the environment is silent."""
    unit = open_unit(config.database_url, config.secret_key)
    try:
        return overlaid(config, found_in(unit))
    finally:
        unit.engine.dispose()


def overlaid(config: Config, found: Mapping[str, Provider]) -> Config:
    """The same with these providers. One whose values cannot be read any more is left out, with a word in the log."""
    for name, provider in found.items():
        try:
            config = replace(config, **_settings(config, name, provider.values))
        except ValueError as bad:
            log.warning("the provider %s, connected in the browser, cannot be used: %s", name, bad)
    return config


def by_environment(config: Config, name: str) -> bool:
    """Whether the environment sets the provider up. Call it with the settings before ``connected``."""
    there = {
        TWILIO: config.twilio_account_sid or config.twilio_auth_token,
        SMPP: config.smpp,
        MAIL: config.smtp_url,
        TRUNK: config.sip_trunk_password,
        SIGN_ON: config.provider,
    }
    return bool(there.get(name))


def mail_url(values: Mapping[str, str]) -> str:
    """``TONVAL_SMTP_URL`` of what was typed. Raises ``ValueError`` with a sentence for whoever typed it."""
    security = values.get("security", "")
    scheme, query = ("smtps", "") if security == "tls" else ("smtp", "?starttls" if security == "starttls" else "")
    url = f"{scheme}://{_login(values, 'user')}{_server(values)}{query}"
    mail_server(url)
    return url


def smpp_url(values: Mapping[str, str]) -> str:
    """``TONVAL_SMPP_URL`` of what was typed. Raises ``ValueError`` with a sentence for whoever typed it."""
    scheme = "smpps" if values.get("security") == "tls" else "smpp"
    options = "&".join(values.get("options", "").split())
    url = f"{scheme}://{_login(values, 'system_id')}{_server(values)}/{f'?{options}' if options else ''}"
    read_account(url)
    return url


def sender(values: Mapping[str, str]) -> str:
    """``TONVAL_MAIL_FROM`` of what was typed: the address, with the name where there is one. Raises ``BadAddress``."""
    address, name = read_address(values.get("from", "")), one_line(values.get("name", ""))
    return str(Address(name or address.display_name, addr_spec=address.addr_spec))


def sign_on(values: Mapping[str, str]) -> SignsIn:
    """Who signs people in, of what was typed. Raises ``ValueError`` for the first of its faults."""
    for fault in faults_of_sign_on(values).values():
        raise ValueError(fault)
    secret, name = values.get("client_secret") or None, values.get("name") or USUAL_NAME
    return SignsIn(values["issuer"], values["client_id"], secret, name)


def faults_of_sign_on(values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with what was typed, by entry."""
    faults: dict[str, str] = {}
    if not is_issuer(values.get("issuer", "")):
        faults["issuer"] = sentence("An issuer begins with https:// and has no ? and #.")
    if not values.get("client_id"):
        faults["client_id"] = sentence("The client id is needed.")
    return faults


class Watch:
    """Notices when a provider was connected or disconnected since it was made; it looks every two seconds at most."""

    def __init__(self, config: Config) -> None:
        self._unit = open_unit(config.database_url, config.secret_key)
        self._seen = looked(self._unit, revision, 0)
        self._next = monotonic() + LOOK_EVERY
        self.changed = False

    def look(self) -> bool:
        """Whether something has changed. A database that is away has changed nothing."""
        if not self.changed and monotonic() >= self._next:
            self._next = monotonic() + LOOK_EVERY
            with suppress(OperationalError):
                self.changed = looked(self._unit, revision, 0) != self._seen
        return self.changed

    def close(self) -> None:
        """Let go of the database."""
        self._unit.engine.dispose()


def leave_when_changed(watch: Watch) -> None:
    """Ask this process to end in good form once something has changed."""
    if watch.look():
        os.kill(os.getpid(), signal.SIGTERM)


def begin_again(watch: Watch) -> None:
    """Run this program anew in this very process, if that is why it has ended."""
    if watch.changed:
        log.warning("a provider was connected or disconnected: beginning again")
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - what ran is run again


Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Renewed:
    """A WSGI application that is made anew, between two requests, when a provider was connected."""

    def __init__(self, make: Callable[[], Wsgi], watch: Callable[[], Watch]) -> None:
        self._make, self._watch_anew = make, watch
        self._watch = watch()
        self._site = make()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self._watch.look():
            self._watch.close()
            self._watch = self._watch_anew()
            self._site = self._make()
        return self._site(environ, start_response)


def _settings(config: Config, name: str, values: Mapping[str, str]) -> dict[str, Any]:
    if by_environment(config, name):
        return {}
    if name == TWILIO:
        return {"twilio_account_sid": values.get("account_sid"), "twilio_auth_token": values.get("auth_token")}
    if name == SMPP:
        return {"smpp": read_account(smpp_url(values))}
    if name == MAIL:
        return {"smtp_url": mail_url(values), "mail_from": sender(values) if values.get("from") else config.mail_from}
    if name == SIGN_ON:
        return {"provider": sign_on(values)}
    return {"sip_trunk_password": values.get("password")} if name == TRUNK else {}


def _server(values: Mapping[str, str]) -> str:
    server = values.get("server", "")
    if not _HOST.fullmatch(server):
        example = "smtp.example.com, smtp.example.com:587"
        raise ValueError(
            sentence("A server is its name, with a port behind it if need be: %(example)s", example=example)
        )
    return server


def _login(values: Mapping[str, str], user: str) -> str:
    """``user:password@``, nothing where there is no user."""
    if not values.get(user):
        return ""
    name, password = (quote(values.get(key, ""), safe="") for key in (user, "password"))
    return f"{name}:{password}@" if password else f"{name}@"


def found_in(unit: Unit) -> Mapping[str, Provider]:
    """The providers that were connected in the browser."""
    return looked(unit, providers, {})


def looked(unit: Unit, look: Callable[[Connection], T], nothing: T) -> T:
    """What is found in a database that may be older than this program, or not there at all."""
    file = unit.engine.url.database
    if unit.engine.dialect.name == "sqlite" and not (file and Path(file).exists()):
        return nothing  # a look would make the file
    with unit.read() as tx:
        return look(tx)
