"""One connection to a message centre: packets in and out, and each answer brought to its request.

Source: SMPP 3.4 sections 2.4 (requests and answers), 3.2 (sequence numbers) and 4.3 (generic_nack).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from tonval.sms.smpp.pdus import ANSWER, BadPacket, Command, Pdu, packet, take_packets

HIGHEST = 0x7FFFFFFF
"""The last sequence number; after it they begin anew."""


class Lost(Exception):
    """The connection is gone; whether the request was taken nobody can say."""


class Wire(asyncio.Protocol):
    """A connection. ``take`` is given every request of the other side; ``lost`` is done when the connection is gone.

    ``token`` are eight hexadecimal digits of its own.
    """

    def __init__(self, take: Callable[[Wire, Pdu], None]) -> None:
        self._take = take
        self._buffer = bytearray()
        self._asked: dict[int, asyncio.Future[Pdu]] = {}
        self._sequence = 0
        self._transport: asyncio.Transport | None = None
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.token = secrets.token_hex(4)

    @property
    def is_open(self) -> bool:
        """Whether something can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def unanswered(self) -> tuple[asyncio.Future[Pdu], ...]:
        """The requests of ours that wait for an answer."""
        return tuple(self._asked.values())

    def ask(self, write: Callable[[int], bytes]) -> asyncio.Future[Pdu]:
        """Send the request that ``write`` makes of a sequence number; the answer comes, or ``Lost``."""
        self._sequence = self._sequence % HIGHEST + 1
        octets = write(self._sequence)
        answer: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_seen)
        if self._transport is None or not self.is_open:
            answer.set_exception(Lost("the connection is gone"))
            return answer
        self._asked[self._sequence] = answer
        self._transport.write(octets)
        return answer

    def answer(self, request: Pdu, status: int = 0) -> None:
        """Answer a request of the other side; the answer to a message has an empty id."""
        if self._transport is None or not self.is_open:
            return
        body = b"\0" if request.command == Command.DELIVER_SM else b""
        self._transport.write(packet(request.command | ANSWER, request.sequence, status, body))

    def reject(self, request: Pdu, status: int) -> None:
        """Say that a packet was not understood."""
        if self._transport is not None:
            self._transport.write(packet(Command.GENERIC_NACK, request.sequence, status))

    def close(self) -> None:
        """Close the connection once all that was written has left."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close it at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self._buffer += data
        try:
            for pdu in take_packets(self._buffer):
                self._arrived(pdu)
        except BadPacket:
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio, once."""
        waiting, self._asked = self._asked, {}
        for answer in waiting.values():
            if not answer.done():
                answer.set_exception(Lost("the connection was lost before the answer"))
        if not self.lost.done():
            self.lost.set_result(None)

    def _arrived(self, pdu: Pdu) -> None:
        if not pdu.is_answer:
            self._take(self, pdu)
            return
        answer = self._asked.pop(pdu.sequence, None)
        if answer is not None and not answer.done():
            answer.set_result(pdu)


def _seen(answer: asyncio.Future[Pdu]) -> None:
    """A connection may be lost when nobody waits any more: that is no fault to be told."""
    if not answer.cancelled():
        answer.exception()
