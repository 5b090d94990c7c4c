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
_DASH: Final = r"\s*[-\u2010-\u2015\u2212\uff0d]\s*"
_DOT: Final = r"\s*[.\uff0e]\s*"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_OTHER: Final = re.compile(
    rf"\d{{4}}{_DASH}\d{{1,2}}{_DASH}\d{{1,2}}(?:\s+\d{{1,2}}:.*)?"  # 2026-11-22, with a time or without
    rf"|{_DAY}(?:{_DASH}|{_DOT}|/){_DAY}(?:{_DASH}|{_DOT}|/)(?:19|20)\d\d"  # 22.11.2026
    rf"|(?:0|[1-9]\d{{0,2}})(?:{_DOT}\d{{1,3}}){{3}}(?:[:/]\d*)?"  # 192.0.2.7, with a port or a network's length
)
"""What libphonenumber would read as a number, and nobody who writes it means so: dates and addresses of machines."""


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
    bare = text.removeprefix("tel:")
    if _LETTER.search(bare) or _OTHER.fullmatch(bare.strip()):
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
