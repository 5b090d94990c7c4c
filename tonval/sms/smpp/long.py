"""Long messages: how one text becomes several packets, and which place a packet has in a text that came in. Pure.

Source: 3GPP TS 23.040 sections 9.2.3.24.1 and 9.2.3.24.8 (headers with 8- and 16-bit references); SMPP 3.4 sections
5.2.12 (esm_class), 5.3.2.22 to 24 (the sar fields) and 5.3.2.32 (message_payload).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import smpp34

from tonval.sms.segments import Encoding, measure, split
from tonval.sms.smpp.account import Alphabet, Long
from tonval.sms.smpp.pdus import Tag
from tonval.sms.smpp.texts import encode, fits_latin1

HEADED: Final = 0x40
"""The bit of esm_class that says: the text begins with a header."""

_IN_8_BITS: Final = 0x00
_IN_16_BITS: Final = 0x08

Fields = tuple[tuple[int, bytes], ...]
"""Optional parameters: tag and value."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one packet says."""

    coding: int
    octets: bytes
    esm_class: int = 0
    fields: Fields = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part stands: the ``place``-th, from 1, of the ``parts`` that share ``reference``."""

    reference: int
    place: int
    parts: int


def parts_of(text: str, alphabet: Alphabet, way: Long, reference: int) -> tuple[Part, ...]:
    """The packets that carry ``text``, in order; ``reference`` has 16 bits, of which the short header takes 8."""
    encoding = encoding_of(text, alphabet)
    pieces = split(text, encoding)
    if len(pieces) == 1:
        return (Part(*encode(text, encoding, alphabet)),)
    if way is Long.PAYLOAD:
        coding, octets = encode(text, encoding, alphabet)
        return (Part(coding, b"", fields=((Tag.MESSAGE_PAYLOAD, octets),)),)
    places = (Place(reference, number, len(pieces)) for number in range(1, len(pieces) + 1))
    encoded = (encode(piece, encoding, alphabet) for piece in pieces)
    return tuple(_part(*each, place, way) for each, place in zip(encoded, places, strict=True))


def encoding_of(text: str, alphabet: Alphabet) -> Encoding:
    """UCS-2 where GSM-7, or the alphabet that stands for it at this operator, lacks a character."""
    encoding = measure(text).encoding
    return Encoding.UCS2 if alphabet is Alphabet.LATIN1 and not fits_latin1(text) else encoding


def _part(coding: int, octets: bytes, place: Place, way: Long) -> Part:
    match way:
        case Long.SAR:
            return Part(coding, octets, fields=_sar(place))
        case Long.UDH16:
            header = bytes((6, _IN_16_BITS, 4)) + place.reference.to_bytes(2, "big")
        case _:
            header = bytes((5, _IN_8_BITS, 3, place.reference & 0xFF))
    return Part(coding, header + bytes((place.parts, place.place)) + octets, HEADED)


def _sar(place: Place) -> Fields:
    return (
        (Tag.SAR_REFERENCE, place.reference.to_bytes(2, "big")),
        (Tag.SAR_PARTS, bytes((place.parts,))),
        (Tag.SAR_PLACE, bytes((place.place,))),
    )


def read_place(esm_class: int, octets: bytes, fields: dict[int, bytes]) -> tuple[Place | None, bytes]:
    """The place of a part that came in, and its text without the header; no place: it is a whole message."""
    if esm_class & HEADED and octets and octets[0] < len(octets):
        header, rest = octets[1 : octets[0] + 1], octets[octets[0] + 1 :]
        return _sound(_in_header(header)), rest
    return _sound(_in_fields(fields)), octets


def _in_header(header: bytes) -> Place | None:
    """The first element about concatenation; elements are a kind, a length, and so many octets."""
    at = 0
    while at + 2 <= len(header):
        kind, length = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + length]
        if (kind, len(value)) in ((_IN_8_BITS, 3), (_IN_16_BITS, 4)):
            return Place(int.from_bytes(value[:-2], "big"), value[-1], value[-2])
        at += 2 + length
    return None


def _in_fields(fields: dict[int, bytes]) -> Place | None:
    tags = (Tag.SAR_REFERENCE, Tag.SAR_PLACE, Tag.SAR_PARTS)
    values = [fields[tag] for tag in tags if fields.get(tag)]
    return Place(*(int.from_bytes(value[:2], "big") for value in values)) if len(values) == len(tags) else None


def _sound(place: Place | None) -> Place | None:
    """One part of one is no long message, and a place beyond the last is none at all."""
    return place if place and place.parts > 1 and 1 <= place.place <= min(place.parts, 255) else None


def as_tlvs(fields: Iterable[tuple[int, bytes]]) -> list[smpp34.Tlv]:
    """Optional parameters as the library has them."""
    return [smpp34.Tlv(tag, value) for tag, value in fields]
