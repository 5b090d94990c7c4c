"""Where a customer is on the clock: the time zones she may be in, from what is known of her.

Clocks and countries are read from the ``tzdata`` package, so that every machine of an installation agrees whatever
its operating system has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers.timezone import time_zones_for_number

_NOWHERE: Final = phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY
_UNLISTED: Final = {"AC": "Atlantic/St_Helena", "TA": "Atlantic/St_Helena", "XK": "Europe/Belgrade"}
"""Countries with telephone numbers that zone.tab leaves out."""

_USUAL: Final = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}
"""Where zone.tab, which goes by the map before it goes by people, begins with a zone few live in."""


@dataclass(frozen=True, slots=True)
class Places:
    """The zones (IANA, at least one) a person may be in, and the country (ISO 3166) whose holidays are hers.

    Several zones: what is done must be right in every one of them.
    """

    zones: tuple[str, ...]
    country: str

    def __post_init__(self) -> None:
        if not self.zones:
            raise ValueError("a person is in at least one time zone")


def places_of(centre_country: str, centre_zone: str, *, phone: str | None, zone: str | None) -> Places:
    """Where a person may be: in the zone she has given, else where her number (E.164) is from, else at the centre.

    A number that names no zone stands for all zones of its country; one of no country, or none at all, for the
    centre's own.
    """
    by_number = _of_number(phone) if phone else None
    if zone and is_zone(zone):
        return _at(zone, _country_of(zone) or (by_number.country if by_number else centre_country))
    return by_number or _at(centre_zone, centre_country)


def is_zone(name: str) -> bool:
    """Whether ``name`` is an IANA time zone."""
    return name in _known()


@cache
def clock(name: str) -> ZoneInfo:
    """The zone's clock. Raises ``ValueError`` for a name that is none."""
    if not is_zone(name):
        raise ValueError(f"“{name}” is not a time zone")
    with files("tzdata").joinpath("zoneinfo", name).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def zones_of_country(country: str) -> tuple[str, ...]:
    """Every zone of the country (ISO 3166), in the order of zone.tab; none for what is no country."""
    return _by_country().get(country, ())


def usual_zone(country: str) -> str:
    """The zone most people of the country live in. Raises ``ValueError`` for what is no country."""
    zones = zones_of_country(country)
    if not zones:
        raise ValueError(f"“{country}” is not a country")
    return _USUAL.get(country, zones[0])


@lru_cache(maxsize=1024)
def _at(zone: str, country: str) -> Places:
    return Places((zone,), country)


def _of_number(phone: str) -> Places | None:
    """Most countries have one zone, and their numbers need no reading; that is what makes this quick."""
    countries = _countries_calling(phone)
    if not countries:
        return None
    if len(countries) == 1 and len(_by_country()[countries[0]]) == 1:
        return _given_or_all((), countries, countries[0])
    return _of_read_number(phone, countries)


@lru_cache(maxsize=1 << 15)
def _of_read_number(phone: str, countries: tuple[str, ...]) -> Places | None:
    try:
        read = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return None
    country = phonenumbers.region_code_for_number(read)
    return _given_or_all(time_zones_for_number(read), countries, country if country in countries else None)


@lru_cache(maxsize=4096)
def _given_or_all(given: tuple[str, ...], countries: tuple[str, ...], country: str | None) -> Places:
    """The zones that the numbering plan gives, unless one is unknown or a neighbour's: then all of the country's.

    The plan says Europe/Paris of Algeria and Africa/Nairobi of South Sudan, where clocks once agreed and no longer do.
    ``countries`` share the calling code, the main one first; ``country`` is the number's own, where it can be told.
    """
    own = {_rules(zone) for zone in _zones_of(countries)}
    if given and all(_rules(zone) in own for zone in given):
        return Places(given, country or countries[0])
    return Places(_zones_of((country,) if country else countries), country or countries[0])


def _zones_of(countries: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(zone for country in countries for zone in zones_of_country(country)))


def _countries_calling(phone: str) -> tuple[str, ...]:
    """The countries that share the number's calling code; no code is the beginning of another (ITU-T E.164)."""
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    for end in (2, 3, 4):
        code = phone[1:end]
        if phone[:1] == "+" and code.isdecimal() and int(code) in codes:
            return tuple(country for country in codes[int(code)] if country != _NOWHERE)
    return ()


def _country_of(zone: str) -> str | None:
    return _by_zone().get(zone) or _by_zone().get(_links().get(zone, ""))


@cache
def _rules(zone: str) -> bytes:
    """What two names of one clock have in common."""
    return files("tzdata").joinpath("zoneinfo", zone).read_bytes() if is_zone(zone) else zone.encode()


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="ascii").split())


@lru_cache(maxsize=1)
def _by_country() -> Mapping[str, tuple[str, ...]]:
    listed: dict[str, list[str]] = {country: [zone] for country, zone in _UNLISTED.items()}
    for zone, country in _by_zone().items():
        listed.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in listed.items()}


@lru_cache(maxsize=1)
def _by_zone() -> Mapping[str, str]:
    """The country of each zone: zone.tab of tzdata has rows of country, coordinates and zone."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines()
    rows = (row.split("\t") for row in table if row and not row.startswith("#"))
    return {zone: country for country, _, zone, *_ in rows}


@lru_cache(maxsize=1)
def _links() -> Mapping[str, str]:
    """Other names of zones: lines ``L zone name`` of tzdata.zi (zic(8))."""
    rules = files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="utf-8").splitlines()
    return {name: zone for kind, zone, name in (row.split() for row in rules if row.startswith("L ")) if kind}
