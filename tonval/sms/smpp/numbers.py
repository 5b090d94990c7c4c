"""Numbers as SMPP writes them: digits, with their type (TON) and numbering plan (NPI) beside them. Pure.

Source: SMPP 3.4 sections 5.2.5 and 5.2.6; 3GPP TS 23.040 section 9.1.2.5 (alphanumeric senders of 11 characters).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from tonval.fieldwork.addresses import BadAddress, phone_number

SHORT_CODE: Final = 7
"""Digits a short code has at the most; a national number has more."""

ISDN: Final = 1
"""The numbering plan of telephones (E.164)."""


class Ton(IntEnum):
    """Types of number."""

    UNKNOWN = 0
    INTERNATIONAL = 1
    NATIONAL = 2
    NETWORK = 3
    ALPHANUMERIC = 5


@dataclass(frozen=True, slots=True)
class Address:
    """One end of a message."""

    digits: str
    ton: int
    npi: int


def address_of(number: str, ton: int | None = None, npi: int | None = None) -> Address:
    """``+46…`` is international, a few digits are a short code, more are national, anything else is a name."""
    usual = _usual(number)
    return Address(usual.digits, usual.ton if ton is None else ton, usual.npi if npi is None else npi)


def _usual(number: str) -> Address:
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return Address(number, Ton.ALPHANUMERIC, 0)
    if number.startswith("+"):
        return Address(digits, Ton.INTERNATIONAL, ISDN)
    if len(digits) <= SHORT_CODE:
        return Address(digits, Ton.NETWORK, 0)
    return Address(digits, Ton.NATIONAL, ISDN)


def number_of(address: Address, country: str, ours: Collection[str]) -> str:
    """The number in E.164 where it is one; short codes and names as they are.

    Message centres are careless of the type: one of ``ours`` is known by its digits, and of the others the form counts.
    """
    digits = address.digits.strip()
    bare = digits.removeprefix("+").removeprefix("00")
    for known in (digits, f"+{bare}"):
        if known in ours:
            return known
    if not bare.isdigit() or not bare.isascii() or len(bare) <= SHORT_CODE or address.ton == Ton.ALPHANUMERIC:
        return digits
    if address.ton == Ton.INTERNATIONAL or digits != bare:
        return f"+{bare}"
    try:
        return phone_number(digits, country)
    except BadAddress:
        return f"+{bare}"
