"""What the message centre brings: receipts for our messages, and the messages of customers, whole or in parts.

Centres give no id to a customer's message, but bring it again when our answer was lost. One and the same message is
known by its words, and by where it came from: an equal one from the same customer within ``repeat`` is the same if it
comes by another connection, or if the answer to the first was late; on the same connection, answered in time, it is a
new one. So "8" and "8" to two questions count twice even within seconds, and a message that a centre brings again after
a line was lost counts once. Parts of long messages are known by their reference.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final
from zlib import crc32

import smpp34

from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging import messages, parts, pieces
from tonval.fieldwork.messaging.pieces import Gathered, Piece
from tonval.fieldwork.messaging.repeats import taken_lately
from tonval.sms import inbound
from tonval.sms.smpp import words
from tonval.sms.smpp.account import Account, Alphabet
from tonval.sms.smpp.long import Place, read_place
from tonval.sms.smpp.numbers import Address, number_of
from tonval.sms.smpp.pdus import Pdu, Tag
from tonval.sms.smpp.receipts import is_receipt, read_receipt
from tonval.sms.smpp.texts import decode
from tonval.sms.smpp.wire import Wire

log = logging.getLogger(__name__)

PROVIDER: Final = "smpp"
"""The name of this provider in queues.yaml and in the tables."""

HANDS: Final = 4
"""How many messages are stored at once; those of one customer one after the other."""

LATE: Final = 5.0
"""Seconds after which an answer of ours may have come too late: centres wait for ten or more."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A deliver_sm, its numbers in E.164 and its text still in octets."""

    sender: str
    recipient: str
    esm_class: int
    coding: int
    octets: bytes
    fields: Mapping[int, bytes]


class Listener:
    """Takes in what the line brings. Late answers are remembered for the newest thousand messages."""

    def __init__(self, account: Account, office: Field) -> None:
        self._account, self._office = account, office
        self._hands = [ThreadPoolExecutor(1, "smpp-in") for _ in range(HANDS)]
        self._late: deque[str] = deque(maxlen=1000)

    async def deliver(self, wire: Wire, pdu: Pdu) -> int:
        """Store a message or a receipt and give the status to answer with. Raises where it could not be stored."""
        try:
            delivery = read_delivery(self._office, pdu)
        except smpp34.SmppError as broken:
            log.warning("a message from the centre cannot be read: %s", broken)
            return words.INVALID_LENGTH
        loop = asyncio.get_running_loop()
        begun, mark = loop.time(), f"{wire.token}{pdu.sequence:08x}"
        hand = self._hands[crc32(delivery.sender.encode()) % HANDS]
        await loop.run_in_executor(hand, partial(self.take, delivery, mark))
        if loop.time() - begun > LATE:
            self._late.append(mark)
        return 0

    def take(self, delivery: Delivery, mark: str) -> None:
        """Store it; ``mark`` are the eight digits of its connection and the eight of its sequence number."""
        if is_receipt(delivery.esm_class, delivery.fields):
            self._take_receipt(delivery)
            return
        place, octets = read_place(delivery.esm_class, delivery.octets, dict(delivery.fields))
        if place:
            self._take_piece(delivery, place, octets)
        else:
            self._take_message(delivery, octets, mark)

    def close(self) -> None:
        """Store what was begun, and end the threads."""
        for hand in self._hands:
            hand.shutdown()

    def _take_receipt(self, delivery: Delivery) -> None:
        text = decode(delivery.coding, delivery.octets, self._account.alphabet)
        receipt = read_receipt(text, delivery.fields, self._account.ids)
        if receipt is None:
            log.warning(
                "a receipt that says nothing: esm_class=%#x fields=%d", delivery.esm_class, len(delivery.fields)
            )
            return
        told = (self._office, PROVIDER, receipt.ref)
        if parts.report(*told, receipt.state, receipt.error):
            return
        ours, theirs = delivery.recipient, delivery.sender
        messages.status_changed(*told, None, receipt.state, receipt.error, sender=ours, recipient=theirs)
        parts.take_early(*told)

    def _take_piece(self, delivery: Delivery, place: Place, octets: bytes) -> None:
        piece = Piece(
            PROVIDER,
            delivery.sender,
            delivery.recipient,
            place.reference,
            place.parts,
            place.place,
            delivery.coding,
            octets,
            self._office.now(),
        )
        gathered = pieces.keep(self._office, piece)
        if not gathered.has(piece):  # the reference is used anew: what there is of the older message counts
            hand_on(self._office, gathered, self._account.alphabet)
            gathered = pieces.keep(self._office, piece)
        if gathered.is_whole:
            receive(self._office, gathered, self._account.alphabet)

    def _take_message(self, delivery: Delivery, octets: bytes, mark: str) -> None:
        words_of = _digest(delivery.sender, delivery.recipient, delivery.coding, octets)
        if self._is_known(words_of, mark):
            log.info("a message was brought again")
            return
        inbound.receive(
            self._office,
            provider=PROVIDER,
            ref=words_of + mark,
            sender=delivery.sender,
            recipient=delivery.recipient,
            body=decode(delivery.coding, octets, self._account.alphabet),
            at=self._office.now(),
        )

    def _is_known(self, words_of: str, mark: str) -> bool:
        since = self._office.now() - self._account.repeat
        earlier = taken_lately(self._office, PROVIDER, words_of + "0" * 16, words_of + "f" * 16, since)
        marks = [ref.removeprefix(words_of) for ref in earlier]
        return any(each == mark or each[:8] != mark[:8] or each in self._late for each in marks)


def read_delivery(office: Field, pdu: Pdu) -> Delivery:
    """The fields of a deliver_sm; the text may stand in a field of its own. Raises ``SmppError``."""
    read = smpp34.decode(pdu.octets)
    assert isinstance(read, smpp34.DeliverSm)
    fields = {tlv.tag: tlv.value for tlv in read.tlvs}
    numbers = (
        Address(read.source_addr, read.source_addr_ton, read.source_addr_npi),
        Address(read.destination_addr, read.dest_addr_ton, read.dest_addr_npi),
    )
    sender, recipient = (number_of(each, office.centre.country, office.centre.numbers) for each in numbers)
    octets = read.short_message or fields.get(Tag.MESSAGE_PAYLOAD, b"")
    return Delivery(sender, recipient, read.esm_class, read.data_coding, octets, fields)


def take_overdue(office: Field, alphabet: Alphabet) -> int:
    """Hand on the long messages that still lack a part, as far as they are there; gives how many were looked at."""
    found = pieces.overdue(office)
    for message in found:
        hand_on(office, message, alphabet)
    return len(found)


def hand_on(office: Field, message: Gathered, alphabet: Alphabet) -> None:
    """Take a long message in and forget its parts; one that was taken in before is known by its id."""
    receive(office, message, alphabet)
    pieces.drop(office, message)


def receive(office: Field, message: Gathered, alphabet: Alphabet) -> None:
    """Take a long message in, in the time of its first part. Doing it again changes nothing."""
    named = _digest(message.sender, message.recipient, message.reference, *message.bodies.values())
    inbound.receive(
        office,
        provider=PROVIDER,
        ref=f"{named}-{int(message.begun.timestamp()):x}",
        sender=message.sender,
        recipient=message.recipient,
        body=text_of(message, alphabet),
        at=message.begun,
    )


def text_of(message: Gathered, alphabet: Alphabet) -> str:
    """The parts as one text. Phones cut anywhere, also within a character: what is coded alike is read as one."""
    alike = groupby(message.bodies.values(), key=lambda body: body[0])
    return "".join(decode(coding, b"".join(octets for _, octets in bodies), alphabet) for coding, bodies in alike)


def _digest(*facts: object) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:24]
