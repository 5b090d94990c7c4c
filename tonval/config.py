"""The settings of this installation: read once from the environment, checked, frozen."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from limits import RateLimitItem, parse

from tonval.sms.smpp.account import Account, BadAccount, read_account
from tonval.web.sign_on.settings import USUAL_NAME, Provider, is_issuer, is_loopback, is_open

T = TypeVar("T")
_LOOPBACK: Final = "127.0.0.0/8,::1/128"
_USUAL: Final = ("changeme", "secret", "password", "example", "default", "insecure", "letmein", "qwerty", "12345678")
"""Words of the keys and passwords that stand in guides and examples."""

NO_QUEUES: Final = Path(os.devnull)
"""Where queues.yaml is when there shall be none: all of it is set up in the browser."""


class BadSetting(ValueError):
    """A setting cannot be used; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port to listen on."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting of SURFACE.md. Secrets are not shown in ``repr``.

    ``queues_named``: somebody said where queues.yaml is, so that it must be there; ``NO_QUEUES`` says there is none.
    """

    home: Path
    queues: Path
    database_url: str
    redis_url: str | None
    public_url: str
    secret_key: str
    http: Address
    sip: Address
    sip_cells: int
    sip_calls_per_cell: int
    sip_allow: tuple[IPv4Network | IPv6Network, ...]
    sip_trunk_password: str | None
    twilio_account_sid: str | None
    twilio_auth_token: str | None
    twilio_api_url: str | None
    smpp: Account | None
    smtp_url: str | None
    mail_from: str | None
    bounces_url: str | None
    admin_password: str | None
    api_limit: RateLimitItem
    proxies: int
    provider: Provider | None
    log: str
    queues_named: bool = False

    def __repr__(self) -> str:
        return f"Config(home={self.home}, http={self.http}, sip={self.sip})"

    @property
    def in_production(self) -> bool:
        """Whether others than this machine can reach the pages."""
        return not is_loopback(urlsplit(self.public_url).hostname or "")

    @property
    def intake(self) -> Path:
        """The drop folder: what is laid into a folder within it is taken in."""
        return self.home / "intake"

    @property
    def has_twilio(self) -> bool:
        """Whether messages can go out by Twilio."""
        return bool(self.twilio_account_sid and self.twilio_auth_token)


def load_config(environ: Mapping[str, str]) -> Config:
    """The settings, or ``BadSetting`` for the first that cannot be used."""
    env = _Environment(environ)
    home = Path(env.text("TONVAL_HOME") or "var").absolute()
    http = env.address("TONVAL_HTTP", "127.0.0.1:8000")
    public_url = env.url("TONVAL_PUBLIC_URL", f"http://{http}") or ""
    config = Config(
        home=home,
        queues=NO_QUEUES
        if env.text("TONVAL_QUEUES") == "none"
        else Path(env.text("TONVAL_QUEUES") or "queues.yaml").absolute(),
        queues_named=env.text("TONVAL_QUEUES") is not None,
        database_url=env.secret("TONVAL_DATABASE_URL") or f"sqlite:///{home / 'tonval.db'}",
        redis_url=env.secret("TONVAL_REDIS_URL"),
        public_url=public_url,
        secret_key=env.secret("TONVAL_SECRET_KEY") or _kept_secret(home),
        http=http,
        sip=env.address("TONVAL_SIP", "127.0.0.1:5060"),
        sip_cells=env.number("TONVAL_SIP_CELLS", 1, 0, 256),
        sip_calls_per_cell=env.number("TONVAL_SIP_CALLS_PER_CELL", 4, 1, 1000),
        sip_allow=env.networks("TONVAL_SIP_ALLOW", _LOOPBACK),
        sip_trunk_password=env.secret("TONVAL_SIP_TRUNK_PASSWORD"),
        twilio_account_sid=env.secret("TONVAL_TWILIO_ACCOUNT_SID"),
        twilio_auth_token=env.secret("TONVAL_TWILIO_AUTH_TOKEN"),
        twilio_api_url=env.url("TONVAL_TWILIO_API_URL", None),
        smpp=_line(env.secret("TONVAL_SMPP_URL")),
        smtp_url=env.secret("TONVAL_SMTP_URL"),
        mail_from=env.text("TONVAL_MAIL_FROM") or _local_sender(public_url),
        bounces_url=env.secret("TONVAL_BOUNCES_URL"),
        admin_password=env.secret("TONVAL_ADMIN_PASSWORD"),
        api_limit=env.rate("TONVAL_API_LIMIT", "60000/minute"),
        proxies=env.number("TONVAL_PROXIES", 0, 0, 10),
        provider=_provider(env),
        log=env.choice("TONVAL_LOG", ("text", "json")),
    )
    _check(config)
    if config.in_production:
        _check_production(config, debug=env.text("FLASK_DEBUG"))
    return config


def _check(config: Config) -> None:
    if len(config.secret_key) < 16:
        raise BadSetting("TONVAL_SECRET_KEY needs at least 16 characters")
    if config.twilio_account_sid and not config.twilio_auth_token:
        raise BadSetting("TONVAL_TWILIO_AUTH_TOKEN is needed with TONVAL_TWILIO_ACCOUNT_SID")


def _check_production(config: Config, debug: str | None) -> None:
    """What would be harmless on a laptop and is not on a public address."""
    if not config.public_url.startswith("https://"):
        raise BadSetting("TONVAL_PUBLIC_URL must begin with https:// when others than this machine can reach it")
    if _is_easy(config.secret_key):
        raise BadSetting("TONVAL_SECRET_KEY can be guessed; leave it out, and Tonval makes a random one and keeps it")
    if config.admin_password and (len(config.admin_password) < 12 or _is_easy(config.admin_password)):
        raise BadSetting("TONVAL_ADMIN_PASSWORD can be guessed; take 12 characters or more, or let Tonval make one up")
    if debug and debug.lower() not in ("0", "false", "no"):
        raise BadSetting("FLASK_DEBUG must not be set where others than this machine can reach the pages")
    if config.twilio_api_url and is_open(config.twilio_api_url):
        raise BadSetting("TONVAL_TWILIO_API_URL must begin with https://: the auth token is sent there")
    if config.smtp_url and not config.mail_from:
        raise BadSetting("TONVAL_MAIL_FROM is needed with TONVAL_SMTP_URL: the address that mail comes from")


def _is_easy(secret: str) -> bool:
    """Whether a guesser would come to it: it holds a word of the guides, or few letters again and again."""
    plain = "".join(letter for letter in secret.lower() if letter.isalnum())
    return len(set(plain)) < 8 or any(word in plain for word in _USUAL)


def _provider(env: _Environment) -> Provider | None:
    """Who signs people in, if anybody does. An issuer is compared letter by letter, so it is kept as it is written."""
    issuer, client = env.text("TONVAL_OIDC_ISSUER"), env.text("TONVAL_OIDC_CLIENT_ID")
    if issuer is None or client is None:
        for name, value, needed in (("ISSUER", issuer, client), ("CLIENT_ID", client, issuer)):
            if needed and value is None:
                raise BadSetting(f"TONVAL_OIDC_{name} is needed too: single sign-on takes both issuer and client")
        return None
    env.url("TONVAL_OIDC_ISSUER", None)
    if not is_issuer(issuer):
        raise BadSetting(f"TONVAL_OIDC_ISSUER: “{issuer}” must begin with https:// and have no ? or #")
    return Provider(issuer, client, env.secret("TONVAL_OIDC_CLIENT_SECRET"), env.text("TONVAL_OIDC_NAME") or USUAL_NAME)


def _line(url: str | None) -> Account | None:
    """The line to an operator, if there is one."""
    try:
        return read_account(url) if url else None
    except BadAccount as bad:
        raise BadSetting(f"TONVAL_SMPP_URL: {bad}") from None


def _kept_secret(home: Path) -> str:
    """A random key made on the first start and kept in a file that only its owner can read."""
    path = home / "secret_key"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        fresh = home / f".secret_key.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another part of Tonval made it at this very moment: that one holds
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()


def _local_sender(public_url: str) -> str | None:
    """On one machine for trying out, mail may come from nowhere in particular."""
    return "tonval@localhost.localdomain" if is_loopback(urlsplit(public_url).hostname or "") else None


@dataclass(frozen=True, slots=True)
class _Environment:
    """Typed looks at the environment; every fault names the setting."""

    values: Mapping[str, str]

    def text(self, name: str) -> str | None:
        return self.values.get(name, "").strip() or None

    def secret(self, name: str) -> str | None:
        """The value itself, or the content of the file that ``NAME_FILE`` names."""
        path = self.text(f"{name}_FILE")
        if path is None:
            return self.text(name)
        try:
            return Path(path).read_text().strip() or None
        except OSError as broken:
            raise BadSetting(f"{name}_FILE: {path} cannot be read ({broken.strerror})") from None

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        return self._parsed(name, str(default), int, lambda number: lowest <= number <= highest, "a whole number")

    def address(self, name: str, default: str) -> Address:
        return self._parsed(name, default, _address, lambda found: 0 < found.port < 65536, "host:port")

    def networks(self, name: str, default: str) -> tuple[IPv4Network | IPv6Network, ...]:
        return self._parsed(name, default, _networks, bool, "networks such as 10.0.0.0/8, separated by commas")

    def rate(self, name: str, default: str) -> RateLimitItem:
        return self._parsed(name, default, parse, lambda rate: rate.amount > 0, "a rate such as 60000/minute")

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        return self._parsed(name, known[0], str, known.__contains__, " or ".join(known))

    def url(self, name: str, default: str | None) -> str | None:
        value = self.text(name) or default
        if value is not None and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise BadSetting(f"{name}: “{value}” is not an address that begins with http:// or https://")
        return value.rstrip("/") if value else None

    def _parsed(self, name: str, default: str, parse: Callable[[str], T], good: Callable[[T], bool], form: str) -> T:
        value = self.text(name) or default
        try:
            parsed = parse(value)
        except ValueError:
            parsed = None
        if parsed is None or not good(parsed):
            raise BadSetting(f"{name}: “{value}” is not {form}")
        return parsed


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return Address(host.strip("[]") or "127.0.0.1", int(port))


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())
