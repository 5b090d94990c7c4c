"""Where calls go: the lines a caller is referred to, and the way out by the trunk. Pure."""

from __future__ import annotations

import re
from typing import Final

from tonval.fieldwork.centre import Trunk
from tonval.surveys.turns import Dial

RECEPTION: Final = "X-Tonval-Reception"
"""The header by which who sends a caller back names the leg in which she was received."""

_TRUNK: Final = re.compile(
    r"sips?:(?:[^@]+@)?(?P<host>[^@:;\[\]]+|\[[^\]]+\])(?::(?P<port>[0-9]+))?(?:;transport=(?P<way>udp|tcp))?", re.I
)
_SIP_PORT: Final = 5060


def targets_of(dial: Dial, leg: str, peer: str | None, trunk: Trunk | None) -> tuple[str, ...]:
    """The lines as they stand in Refer-To (RFC 3515), with our leg as a parameter and as a header to come.

    Some telephone systems show the one alone, some the other. A queue comes before the lines. A number, and a queue's
    name, is dialled where the trunk is, else at the PBX that sent the caller; without either nobody is reached there.
    Without a leg there is nothing to come back to, and none is named.
    """
    host = _host(trunk) or peer
    addresses = [dial.queue, *(line.address for line in dial.lines)]
    uris = [each if each.startswith(("sip:", "sips:")) else f"sip:{each}@{host}" for each in addresses if each]
    named = f";{RECEPTION.lower()}={leg}?{RECEPTION}={leg}" if leg else ""
    return tuple(f"<{uri}{named}>" for uri in uris if "@" in uri and (host or uri in addresses))


def way_out(trunk: Trunk) -> tuple[str, int, str] | None:
    """The trunk's host, port and transport (``udp`` or ``tcp``); ``None`` where we cannot speak to it."""
    found = _TRUNK.fullmatch(trunk.address)
    if found is None:
        return None
    return found["host"], int(found["port"] or _SIP_PORT), (found["way"] or "udp").lower()


def outgoing_uri(trunk: Trunk, number: str) -> str:
    """Whom to call."""
    return f"sip:{number}@{_host(trunk)}"


def _host(trunk: Trunk | None) -> str | None:
    found = _TRUNK.fullmatch(trunk.address) if trunk else None
    return f"{found['host']}:{found['port']}" if found and found["port"] else found["host"] if found else None
