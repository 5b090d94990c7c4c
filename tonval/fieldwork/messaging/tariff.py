"""Reading ``sms:`` of queues.yaml: where SMS may go, what they cost, and how many a day are enough."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final

from tonval.fieldwork.centre import Texting
from tonval.fieldwork.countries import network_code
from tonval.surveys.document import Part
from tonval.surveys.sentences import sentence

SMS_KEYS: Final = ("countries", "price", "currency", "limit")
ELSE: Final = "else"
"""The price of all other countries."""

PARTS_OF_ONE: Final = 10_000
"""Money is counted in ten-thousandths of the currency."""

_DEAREST: Final = 100
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_LIMIT: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,4})?) +(segments?|[A-Z]{3})")


def read_texting(root: Part, country: str) -> Texting:
    """The terms of all SMS; ``country`` is the centre's own (ISO 3166)."""
    part = root.part("sms")
    part.only(SMS_KEYS)
    prices, limits = _read_prices(part), _read_limits(part)
    texting = Texting(
        countries=_read_countries(part, country),
        prices=MappingProxyType(prices),
        currency=_read_currency(part) or next((unit for unit in limits if unit), ""),
        segments_a_day=int(limits[""]) if "" in limits else None,
        money_a_day=next((_parts(amount) for unit, amount in limits.items() if unit), None),
    )
    _check_prices(part, texting)
    _check_limits(part, texting, limits)
    return texting


def _read_countries(part: Part, country: str) -> frozenset[str]:
    value = part.data.get("countries")
    if value is None:
        return frozenset()
    if not isinstance(value, list) or not value:
        part.fault(
            sentence("must be a list of country codes, such as [SE, FI]; leave it out to send anywhere"), "countries"
        )
        return frozenset()
    countries = frozenset(code for written in value if (code := _code(part, "countries", written)))
    if countries and country not in countries:
        part.fault(
            sentence("lacks %(country)s, the centre's own: nobody there gets an SMS", country=country),
            "countries",
            warning=True,
        )
    return countries


def _code(part: Part, key: str, written: Any) -> str | None:
    try:
        return network_code(written)
    except ValueError as unknown:
        part.fault(str(unknown), key)
        return None


def _read_prices(part: Part) -> dict[str, int]:
    """By country, empty for all others; one price alone is that of all."""
    value = part.data.get("price")
    if value is None:
        return {}
    if not isinstance(value, dict):
        return _priced(part, "price", "", value)
    table, found = part.part("price"), dict[str, int]()
    for name, price in value.items():
        code = "" if name == ELSE else _code(table, name, name)
        if code is not None:
            found |= _priced(table, name, code, price)
    return found


def _priced(part: Part, key: str, code: str, value: Any) -> dict[str, int]:
    price = _number(value)
    if price is None or not 0 <= price <= _DEAREST:
        part.fault(sentence("must be the price of one segment, such as 0.07"), key)
        return {}
    return {code: _parts(price)}


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _parts(amount: Decimal) -> int:
    """The amount in 1/10,000 of the currency."""
    return int((amount * PARTS_OF_ONE).to_integral_value(ROUND_HALF_UP))


def _read_currency(part: Part) -> str:
    currency = part.text("currency") or ""
    if currency and not _CURRENCY.fullmatch(currency):
        part.fault(
            sentence("“%(currency)s” is not a currency such as EUR or SEK (ISO 4217)", currency=currency), "currency"
        )
        return ""
    return currency


def _read_limits(part: Part) -> dict[str, Decimal]:
    """Amounts by currency; empty for segments."""
    value = part.data.get("limit")
    if value is None:
        return {}
    limits: dict[str, Decimal] = {}
    for written in value if isinstance(value, list) and value else [value]:
        found = _LIMIT.fullmatch(str(written).strip())
        unit = "" if found and found[2].startswith("segment") else found and found[2]
        if found is None or unit is None or not _is_limit(found[1], unit):
            part.fault(
                sentence("“%(written)s” is not a limit such as 5000 segments or 200 EUR a day", written=written),
                "limit",
            )
        elif unit in limits or (unit and any(limits)):
            part.fault(
                sentence("names two limits of the same kind: one in segments and one in money may stand here"), "limit"
            )
        else:
            limits[unit] = Decimal(found[1])
    return limits


def _is_limit(amount: str, unit: str) -> bool:
    """More than nothing, and whole segments."""
    return Decimal(amount) > 0 and (bool(unit) or "." not in amount)


def _check_prices(part: Part, texting: Texting) -> None:
    if texting.prices and not texting.currency and "currency" not in part.data:
        part.fault(sentence("say in which currency: currency: EUR"), "price", warning=True)
    if "currency" in part.data and "price" not in part.data:
        part.fault(sentence("does nothing without prices"), "currency", warning=True)
    for code in sorted(texting.prices.keys() - texting.countries - {""}) if texting.countries else ():
        part.part("price").fault(sentence("does nothing: no SMS goes there, as countries says"), code, warning=True)


def _check_limits(part: Part, texting: Texting, limits: Mapping[str, Decimal]) -> None:
    money = next(filter(None, limits), None)
    if money is None:
        return
    if not texting.prices:
        part.fault(
            sentence("%(money)s cannot be counted without prices; add price: {else: 0.07}", money=money), "limit"
        )
    elif texting.currency != money:
        part.fault(
            sentence("is in %(money)s, and prices are in %(currency)s", money=money, currency=texting.currency), "limit"
        )
    elif unpriced := _unpriced(texting):
        part.fault(
            sentence("messages to %(unpriced)s count nothing: give their price, or else", unpriced=unpriced),
            "limit",
            warning=True,
        )


def _unpriced(texting: Texting) -> str:
    """Where SMS may go that have no price; empty when all have one."""
    if "" in texting.prices:
        return ""
    return (
        ", ".join(sorted(texting.countries - texting.prices.keys()))
        if texting.countries
        else sentence("other countries")
    )
