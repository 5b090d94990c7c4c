"""The packets of the line: those that carry no message are put together here, the others by ``smpp34``. Pure.

Source: SMPP 3.4, issue 1.2, sections 3.2 (header), 4.1 (bind), 4.11 (enquire_link), 5.1.2.1 (command ids) and
5.3.2 (optional fields).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from tonval.sms.smpp.account import Account, Bind

ANSWER: Final = 0x80000000
"""The bit by which an answer's command differs from its request's."""

HEADER: Final = struct.Struct(">IIII")
LARGEST: Final = 0x20000
"""Octets of the largest packet taken: a message field of 64 KB and everything around it."""


class Command(IntEnum):
    """The commands that we give or understand."""

    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    ENQUIRE_LINK = 0x15
    ALERT_NOTIFICATION = 0x102
    GENERIC_NACK = ANSWER


class Tag(IntEnum):
    """The optional fields that we write or read (section 5.3.2)."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_REFERENCE = 0x020C
    SAR_PARTS = 0x020E
    SAR_PLACE = 0x020F
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


BINDS: Final = {
    Bind.TRANSCEIVER: (Command.BIND_TRANSCEIVER,),
    Bind.TRANSMITTER: (Command.BIND_TRANSMITTER,),
    Bind.RECEIVER: (Command.BIND_RECEIVER,),
    Bind.PAIR: (Command.BIND_TRANSMITTER, Command.BIND_RECEIVER),
}
"""The connections each kind of line consists of."""


class BadPacket(ValueError):
    """Octets that are no SMPP: the connection cannot be read on."""


@dataclass(frozen=True, slots=True)
class Pdu:
    """A packet as it came; ``octets`` is the whole of it."""

    command: int
    status: int
    sequence: int
    octets: bytes

    @property
    def is_answer(self) -> bool:
        """Whether it answers a request of ours."""
        return bool(self.command & ANSWER)

    @property
    def text(self) -> str:
        """The first field of the body as text: a message id, or the name of the message centre."""
        return self.octets[HEADER.size :].partition(b"\0")[0].decode("latin-1")


def packet(command: int, sequence: int, status: int = 0, body: bytes = b"") -> bytes:
    """The octets of a packet."""
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def bind_packet(account: Account, command: Command, sequence: int) -> bytes:
    """The request that opens the line: version 3.4, any address range."""
    names = (account.system_id, account.password, account.system_type)
    body = b"".join(name.encode("ascii") + b"\0" for name in names) + bytes((0x34, 0, 0)) + b"\0"
    return packet(command, sequence, body=body)


def take_packets(buffer: bytearray) -> list[Pdu]:
    """The whole packets at the front of ``buffer``, taken out of it. Raises ``BadPacket``."""
    found, place = [], 0
    while len(buffer) - place >= HEADER.size:
        length, command, status, sequence = HEADER.unpack_from(buffer, place)
        if not HEADER.size <= length <= LARGEST:
            raise BadPacket(f"a packet of {length} octets")
        if len(buffer) - place < length:
            break
        found.append(Pdu(command, status, sequence, bytes(buffer[place : place + length])))
        place += length
    del buffer[:place]
    return found
