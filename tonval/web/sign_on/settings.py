"""Who signs people in, as plain values: every part of Tonval reads them, and only the pages talk with the provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

BACK = "/login/oidc/back"
"""Where the provider leads back to."""

USUAL_NAME = "single sign-on"


@dataclass(frozen=True, slots=True)
class Provider:
    """Who signs people in: its issuer, as it names itself, and what we are to it. ``name`` stands on the button."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    name: str = USUAL_NAME


def is_issuer(text: str) -> bool:
    """Whether it can be an issuer: an https address without ? and # (OpenID Connect Core 1.0, section 2).

    A provider on this machine may be spoken to openly.
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable() and " " not in text
    return plain and not is_open(text) and not (parts.query or parts.fragment)


def is_open(url: str) -> bool:
    """Whether what is sent there can be read on its way: http, to another machine than this."""
    return urlsplit(url).scheme != "https" and not is_loopback(str(urlsplit(url).hostname))


def is_loopback(host: str) -> bool:
    """Whether the host is this very machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
