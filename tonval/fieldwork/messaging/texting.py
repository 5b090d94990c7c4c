"""Where SMS may go and what they cost: the terms of all of them, applied to one number. Pure.

Premium numbers are refused whatever the file says. Who gets others to write to a number that pays its owner by the
message earns on every question, thank-you and confirmation, so no message of any kind goes to one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import REGION_CODE_FOR_NON_GEO_ENTITY as NOWHERE
from phonenumbers import NumberParseException, PhoneNumberType

from tonval.fieldwork.addresses import kind_of, parsed
from tonval.fieldwork.centre import Texting
from tonval.fieldwork.deciding.refusals import Refusal
from tonval.surveys.sentences import sentence

_COSTLY: Final = {
    PhoneNumberType.PREMIUM_RATE: sentence("a premium-rate number"),
    PhoneNumberType.SHARED_COST: sentence("a shared-cost number"),  # its owner may be paid a part of the price
    PhoneNumberType.UAN: sentence("a company's service number"),
    PhoneNumberType.PERSONAL_NUMBER: sentence(
        "a forwarding number"
    ),  # British 070: priced as premium, sold as a mobile
    PhoneNumberType.PAGER: sentence("a pager"),
    PhoneNumberType.VOICEMAIL: sentence("a voice mailbox"),
}
"""Kinds of numbers (libphonenumber's) that pay somebody for being written to, or at which nobody reads."""

_INTERNATIONAL: Final = sentence("one of a satellite or international network")
"""The codes that belong to no country: +881, +882, +883, +870, +979 and their like (ITU-T E.164.1)."""

_SHORT: Final = sentence("a short or alphanumeric number")

PARTS: Final = {"AX": "FI", "SJ": "NO", "CC": "AU", "CX": "AU", "VA": "IT"}
"""Territories whose mobile numbers are those of another country's networks, at its prices."""


def refused(texting: Texting, number: str, what: str = "SMS") -> Refusal | None:
    """Why no SMS (or ``what``) may go to the number (E.164): it is premium, or lies where the file sends none.

    ``None``: it may.
    """
    kind = _costly(number)
    if kind is not None:
        return Refusal(
            "premium_number",
            sentence("the customer's number is %(kind)s: no %(what)s goes there", kind=kind, what=what),
            {"kind": kind},
        )
    country = country_of(number)
    if not texting.countries or country in texting.countries:
        return None
    allowed = ", ".join(sorted(texting.countries))
    detail = sentence(
        "no %(what)s goes to numbers of %(country)s, only to those of %(allowed)s",
        what=what,
        country=country,
        allowed=allowed,
    )
    return Refusal("country_off", detail, {"country": country, "countries": allowed})


def cost(texting: Texting, number: str, segments: int) -> int | None:
    """What so many segments to the number (E.164) cost, in 1/10,000 of the currency; ``None`` without a price."""
    price = texting.price(country_of(number))
    return None if price is None else price * segments


@lru_cache(maxsize=4096)
def country_of(number: str) -> str:
    """The country (ISO 3166) whose networks the number belongs to; empty for a number of none.

    A number outside all ranges of a shared code, such as +1, counts as one of the code's main country.
    """
    try:
        read = parsed(number)
    except NumberParseException:
        return ""
    country = phonenumbers.region_code_for_number(read) or _main_country(read)
    return "" if country == NOWHERE else PARTS.get(country, country)


@lru_cache(maxsize=4096)
def _costly(number: str) -> str | None:
    try:
        return _INTERNATIONAL if _main_country(parsed(number)) == NOWHERE else _COSTLY.get(kind_of(number))
    except NumberParseException:
        return _SHORT


def _main_country(read: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.region_code_for_country_code(read.country_code or 0)
