"""Who may call and where our own calls go out, as it is set up now: taken up without a restart."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network, ip_network

import structlog

from tonval.fieldwork.centre import Peer, Sip, Trunk
from tonval.ivr.sip.carrier import Carrier, DatabaseAway, SipSettings
from tonval.ivr.sip.targets import outgoing_uri, way_out

_FOUND_FOR, _FIND_AGAIN = 60.0, 5.0
"""Seconds until the trunk's name is looked up anew, where it was found and where it was not."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Exit:
    """The trunk, its host found: ``proxy`` is the SIP URI by whose address it is reached."""

    trunk: Trunk
    address: str
    proxy: str
    password: str = field(default="", repr=False)

    @property
    def user(self) -> str:
        """Who we are there, where it asks for a password."""
        return self.trunk.user or ""

    def uri(self, number: str) -> str:
        """Whom to call."""
        return outgoing_uri(self.trunk, number)


class Neighbours:
    """The telephone systems around a node. Read in one thread, looked at in another."""

    def __init__(self, settings: SipSettings, carrier: Carrier) -> None:
        self._carrier = carrier
        self._own_password = settings.trunk_password
        self._always = tuple(str(network) for network in settings.networks())
        self._known = Sip()
        self._find_again_at = 0.0
        self._looking = threading.Lock()
        self._allowed = self._always
        self.exit: Exit | None = None

    def allowed(self) -> tuple[str, ...]:
        """The networks that may call, the trunk's answers included."""
        return self._allowed

    def look(self) -> None:
        """Read them anew; while the database is away they stay as they are."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            sip = self._carrier.sip()
            self._take_up(sip, self._password_of(sip.trunk))
        except DatabaseAway:
            return
        except Exception:
            log.exception("peers and trunk could not be read")
        finally:
            self._looking.release()

    def _take_up(self, sip: Sip, password: str) -> None:
        way = self._way(sip, password)
        if (sip, way) == (self._known, self.exit):
            return
        named = [network for peer in sip.peers for network in _networks(peer)]
        trunk = [f"{way.address}/32"] if way else []
        self._allowed = tuple(dict.fromkeys((*self._always, *named, *trunk)))
        self._known, self.exit = sip, way
        log.info("peers were taken up", peers=len(sip.peers), trunk=way is not None)

    def _way(self, sip: Sip, password: str) -> Exit | None:
        """Where the trunk is. A name that is not found now was a moment ago: then it stays there."""
        if sip.trunk is None:
            return None
        now, before = time.monotonic(), self.exit if sip.trunk == self._known.trunk else None
        if sip.trunk != self._known.trunk or now >= self._find_again_at:
            found = _find(sip.trunk)
            self._find_again_at = now + (_FOUND_FOR if found else _FIND_AGAIN)
            before = found or before
        return replace(before, password=password) if before else None

    def _password_of(self, trunk: Trunk | None) -> str:
        """What the environment says goes before what was typed in the browser. Raises ``DatabaseAway``."""
        if trunk is None or not trunk.user or self._own_password:
            return self._own_password
        try:
            return self._carrier.trunk_password()
        except ValueError:
            log.exception("the password of the trunk cannot be read")
            return ""


def _networks(peer: Peer) -> list[str]:
    """A cell listens on IPv4 alone."""
    networks = [ip_network(each, strict=False) for each in peer.allow]
    return [str(network) for network in networks if isinstance(network, IPv4Network)]


def _find(trunk: Trunk) -> Exit | None:
    """Its name is looked up here, for a cell must never wait for that."""
    way = way_out(trunk)
    if way is None:
        log.warning("the trunk can only be reached by UDP and TCP over IPv4", trunk=trunk.address)
        return None
    host, port, transport = way
    try:
        address = str(IPv4Address(socket.gethostbyname(host)))
    except (OSError, ValueError) as unknown:
        log.warning("the trunk is not found", host=host, why=str(unknown))
        return None
    suffix = "" if transport == "udp" else f";transport={transport}"
    return Exit(trunk, address, f"sip:{address}:{port}{suffix}")
