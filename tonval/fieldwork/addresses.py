"""Telephone numbers and e-mail addresses as customers and PBXs write them, made comparable."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NewType

import phonenumbers
from phonenumbers import PhoneNumberType

from tonval.surveys.sentences import sentence

PhoneNumber = NewType("PhoneNumber", str)
"""E.164: a plus sign and up to 15 digits."""

_MOBILE: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_EMAIL: Final = re.compile(r"[^@\s<>\",;]{1,64}@[^@\s<>\",;]+\.[^@\s<>\",;.]{2,}")
_LETTER: Final = re.compile(r"[^\W\d_]")


class BadAddress(ValueError):
    """No telephone number or e-mail address; the message is a sentence for people."""


@lru_cache(maxsize=4096)
def parsed(text: str, country: str | None = None) -> phonenumbers.PhoneNumber:
    """The number as libphonenumber knows it: reading costs more than anything else that is done with it.

    Raises ``NumberParseException``.
    """
    return phonenumbers.parse(text, country)


@lru_cache(maxsize=4096)
def phone_number(text: str, country: str) -> PhoneNumber:
    """``text`` as E.164; a national form is read with ``country`` (ISO 3166). Raises ``BadAddress``."""
    if _LETTER.search(text.removeprefix("tel:")):
        raise BadAddress(sentence("“%(text)s” is not a telephone number", text=text[:40]))
    try:
        read = parsed(text, None if text.startswith("+") else country)
    except phonenumbers.NumberParseException:
        raise BadAddress(sentence("“%(text)s” is not a telephone number", text=text[:40])) from None
    if not phonenumbers.is_possible_number(read) or read.extension:
        raise BadAddress(sentence("“%(text)s” is not a telephone number of its country", text=text[:40]))
    return PhoneNumber(phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164))


def is_mobile(number: PhoneNumber) -> bool:
    """Whether a message can reach the number: a mobile one, or one of a country that does not tell them apart."""
    return kind_of(number) in _MOBILE


@lru_cache(maxsize=4096)
def kind_of(number: str) -> int:
    """The kind of a number in E.164, one of ``PhoneNumberType``. Raises ``NumberParseException``."""
    return phonenumbers.number_type(parsed(number))


@lru_cache(maxsize=4096)
def is_valid(number: PhoneNumber) -> bool:
    """Whether the number lies in a range that its country has given out."""
    return phonenumbers.is_valid_number(parsed(number))


def email_address(text: str) -> str:
    """``text`` in lower case. Raises ``BadAddress``."""
    address = text.strip().lower()
    if len(address) > 254 or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise BadAddress(sentence("“%(text)s” is not an e-mail address", text=text[:60]))
    return address


def masked(address: str | None) -> str:
    """An address as logs may show it: ``+46•••••06``."""
    if not address:
        return "–"
    return f"{address[:3]}•••••{address[-2:]}" if len(address) > 6 else "•••"
