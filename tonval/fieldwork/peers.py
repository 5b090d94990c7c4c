"""Reading ``sip:`` of queues.yaml: which telephone systems may call us, and the trunk that our own calls go out by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Final

from tonval.fieldwork.addresses import BadAddress, PhoneNumber, phone_number
from tonval.fieldwork.centre import Peer, Sip, Trunk
from tonval.surveys.document import Part
from tonval.surveys.sentences import sentence

SIP_KEYS: Final = ("peers", "trunk")
PEER_KEYS: Final = ("allow",)
TRUNK_KEYS: Final = ("address", "user", "caller")

WIDEST: Final = 8
"""A network with a shorter prefix is a large part of the world."""

_ADDRESS: Final = re.compile(
    r"sips?:(?:[^\s@;?<>\"]+@)?(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
    r"(?:;transport=(?:udp|tcp|tls))?"
)

_USER: Final = re.compile(r"[^\s\"<>\x00-\x20\x7f]{1,100}")
"""What may stand before the @ of a SIP address and in its header lines."""


def read_sip(root: Part, country: str) -> Sip:
    """The peers and the trunk; ``country`` (ISO 3166) is the one whose national numbers may be written."""
    part = root.part("sip")
    part.only(SIP_KEYS)
    return Sip(tuple(_read_peer(name, each) for name, each in part.parts("peers")), _read_trunk(part, country))


def _read_peer(name: str, part: Part) -> Peer:
    part.only(PEER_KEYS)
    networks = tuple(_networks(part))
    if not networks and not part.texts("allow"):
        part.fault(sentence("say from which networks it may call, such as 192.0.2.0/24"), "allow")
    return Peer(name, networks)


def _networks(part: Part) -> Iterator[str]:
    for written in part.texts("allow"):
        try:
            network = ip_network(written.strip(), strict=False)
        except ValueError:
            part.fault(
                sentence("“%(written)s” is not a network such as 192.0.2.0/24, nor an address", written=written),
                "allow",
            )
            continue
        if network.prefixlen < WIDEST:
            part.fault(
                sentence("%(written)s is a large part of the world: anybody there could call", written=written),
                "allow",
                warning=True,
            )
        yield str(network)


def _read_trunk(part: Part, country: str) -> Trunk | None:
    if part.data.get("trunk") is None:
        return None
    trunk = part.part("trunk")
    trunk.only(TRUNK_KEYS)
    address = trunk.text("address") or ""
    if not _ADDRESS.fullmatch(address):
        trunk.fault(sentence("say where calls go out, such as sip:pbx.example"), "address")
    user = trunk.text("user")
    if user and not _USER.fullmatch(user):
        trunk.fault(sentence("a user is one word without blanks, quotes and angle brackets"), "user")
    return Trunk(address, user, _caller(trunk, country))


def _caller(trunk: Part, country: str) -> PhoneNumber | None:
    written = trunk.text("caller")
    try:
        return phone_number(written, country) if written else None
    except BadAddress as bad:
        trunk.fault(str(bad), "caller")
        return None
