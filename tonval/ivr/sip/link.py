"""The cell's side of its socket pair: the settings it starts with, facts up, orders down."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from tonval.ivr.sip.caller import Patience
from tonval.ivr.sip.messages import Fact, Order, decode_order, encode
from tonval.ivr.sip.ports import CellPorts


@dataclass(frozen=True, slots=True)
class CellSettings:
    """What one cell is told when it starts."""

    host: str
    ports: CellPorts
    calls: int
    allow: tuple[str, ...]
    patience: Patience


_SEND_SECONDS = 5
"""How long a fact may wait for a conductor that does not read; beyond that it counts as lost."""


class ConductorLost(Exception):
    """The other end of the socket pair is gone."""


class Link:
    """The cell's end of the socket pair to the conductor."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._end.settimeout(_SEND_SECONDS)
        self._reading = end.dup()
        self._reading.setblocking(False)
        self._unread = b""

    def send(self, fact: Fact) -> None:
        """Send one fact. Raises ``ConductorLost``."""
        try:
            self._end.sendall(encode(fact))
        except OSError as lost:
            raise ConductorLost from lost

    def orders(self) -> list[Order]:
        """What has come, without waiting. Raises ``ConductorLost`` when nothing ever will."""
        try:
            read = self._reading.recv(65536)
        except BlockingIOError:
            return []
        except OSError as lost:
            raise ConductorLost from lost
        if not read:
            raise ConductorLost
        *lines, self._unread = (self._unread + read).split(b"\n")
        return [decode_order(line) for line in lines]
