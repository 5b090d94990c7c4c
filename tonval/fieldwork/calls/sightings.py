"""When each telephone system called last, read from the calls there were: their references end with its address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Address, ip_network
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from tonval.fieldwork.centre import Peer
from tonval.fieldwork.field import Field
from tonval.store.tables import legs

_SIP: Final = "sip"

MOST: Final = 5_000
"""How many of the newest calls are looked through: who called before those counts as not seen."""

_NEWEST: Final = (
    select(legs.c.ref, legs.c.started_at).where(legs.c.provider == _SIP).order_by(legs.c.id.desc()).limit(MOST)
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """When a system called ``last``, and how many calls it sent ``today``, in the centre's zone."""

    last: datetime
    today: int = 0


def sightings(office: Field) -> dict[str, Sighting]:
    """By the name of the peer; one that is not there was not seen. Behind a proxy the proxy is who calls."""
    zone = ZoneInfo(office.centre.zone)
    today, seen = office.now().astimezone(zone).date(), dict[str, Sighting]()
    for address, at in _calls(office):
        for peer in (each for each in office.centre.sip.peers if _is_of(each, address)):
            before = seen.setdefault(peer.name, Sighting(at))
            if at.astimezone(zone).date() == today:
                seen[peer.name] = replace(before, today=before.today + 1)
    return seen


def _calls(office: Field) -> Iterator[tuple[IPv4Address, datetime]]:
    """Where each call came from and when, newest first."""
    with office.unit.read() as tx:
        rows = tx.execute(_NEWEST).all()
    for ref, at in rows:
        try:
            yield IPv4Address(ref.rpartition(" ")[2]), at
        except ValueError:
            continue  # a call of ours, or one from before this was written down


def _is_of(peer: Peer, address: IPv4Address) -> bool:
    return any(address in ip_network(each, strict=False) for each in peer.allow)
