"""The line to an operator as TONVAL_SMPP_URL describes it. Pure.

``smpp://system_id:password@host:2775/?window=32&enquire=30s``; ``smpps://`` goes over TLS. docs/smpp.md tells every
option.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

LONGEST: Final = 63
"""Characters of a name or a password. SMPP allows 15 and 8; many operators give out longer ones."""

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class BadAccount(ValueError):
    """The address of the line cannot be used; the message is a sentence without the password."""


class Bind(StrEnum):
    """What the line is for. ``PAIR`` are two binds, for operators that do not offer a transceiver."""

    TRANSCEIVER = "transceiver"
    TRANSMITTER = "transmitter"
    RECEIVER = "receiver"
    PAIR = "pair"


class Alphabet(StrEnum):
    """What ``data_coding`` 0 means at this operator."""

    GSM = "gsm"
    LATIN1 = "latin1"


class Long(StrEnum):
    """How a long message travels: a header in each part, one large field, or fields that number the parts."""

    UDH = "udh"
    UDH16 = "udh16"
    PAYLOAD = "payload"
    SAR = "sar"


class Ids(StrEnum):
    """How the ids of answers and receipts are written: alike, or one in hexadecimal digits and one in decimal."""

    SAME = "same"
    HEX = "hex"  # answers hexadecimal, receipts decimal
    DECIMAL = "decimal"  # answers decimal, receipts hexadecimal


@dataclass(frozen=True, slots=True)
class Account:
    """Everything about one line. ``ton`` and ``npi`` are set only where the operator wants others than usual."""

    host: str
    port: int
    tls: bool
    system_id: str
    password: str = field(repr=False)
    bind: Bind = Bind.TRANSCEIVER
    system_type: str = ""
    service_type: str = ""
    window: int = 32
    enquire: timedelta = timedelta(seconds=30)
    answer: timedelta = timedelta(seconds=10)
    source_ton: int | None = None
    source_npi: int | None = None
    dest_ton: int | None = None
    dest_npi: int | None = None
    ids: Ids = Ids.SAME
    alphabet: Alphabet = Alphabet.GSM
    long: Long = Long.UDH
    validity: timedelta | None = None
    repeat: timedelta = timedelta(seconds=30)
    opted_out: frozenset[int] = frozenset()
    ca: Path | None = None

    def __str__(self) -> str:
        return f"{self.system_id} at {self.host}:{self.port}"


def read_account(url: str) -> Account:
    """The line that ``url`` describes. Raises ``BadAccount`` for the first thing that is wrong."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as bad:
        raise BadAccount(f"it is not an address ({bad})") from None
    if parts.scheme not in ("smpp", "smpps"):
        raise BadAccount("it must begin with smpp:// or smpps://")
    if not host:
        raise BadAccount("it names no host")
    if parts.path not in ("", "/"):
        raise BadAccount(f"nothing may stand between the port and the “?”, but there is “{parts.path}”")
    tls = parts.scheme == "smpps"
    usual = 3550 if tls else 2775
    return Account(host, port or usual, tls, *_names(parts), **_options(parts.query, tls))


def _names(parts: SplitResult) -> tuple[str, str]:
    named = unquote(parts.username or ""), unquote(parts.password or "")
    for what, text in zip(("system_id", "password"), named, strict=True):
        if len(text) > LONGEST or not text.isascii() or not text.isprintable():
            raise BadAccount(f"the {what} must be at most {LONGEST} plain characters")
    if not named[0]:
        raise BadAccount("the system_id is missing: smpp://system_id:password@host:2775/")
    return named


def _options(query: str, tls: bool) -> dict[str, Any]:
    pairs = parse_qsl(query, keep_blank_values=True)
    given: dict[str, Any] = {}
    for name, text in pairs:
        if name not in _READERS:
            raise BadAccount(f"there is no option “{name}”; there are {', '.join(_READERS)}")
        if name in given:
            raise BadAccount(f"{name} stands there twice")
        try:
            given[name] = _READERS[name](text)
        except (ValueError, OverflowError) as bad:
            raise BadAccount(f"{name}: “{text}” {bad}") from None
    if given.get("ca") and not tls:
        raise BadAccount("ca is for smpps:// alone")
    return given


def _one_of(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    def read(text: str) -> StrEnum:
        if text not in list(kind):
            raise ValueError(f"must be {' or '.join(kind)}")
        return kind(text)

    return read


def _number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return int(text)

    return read


def _length(lowest: timedelta, highest: timedelta) -> Callable[[str], timedelta]:
    def read(text: str) -> timedelta:
        found = re.fullmatch(r"(\d{1,6})([smhd])", text)
        length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
        if length is None or not lowest <= length <= highest:
            raise ValueError(f"must be a length of time such as 30s, from {_told(lowest)} to {_told(highest)}")
        return length

    return read


def _told(length: timedelta) -> str:
    return f"{length.days}d" if length.days else f"{length.seconds}s"


def _plain(longest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > longest or not text.isascii() or not text.isprintable():
            raise ValueError(f"must be at most {longest} plain characters")
        return text

    return read


def _codes(text: str) -> frozenset[int]:
    try:
        codes = frozenset(int(code, 16) for code in text.split(",") if code.strip())
    except ValueError:
        raise ValueError("must be codes such as 0x00000402, separated by commas") from None
    if 0 in codes:
        raise ValueError("has 0, which means that all went well")
    return codes


def _file(text: str) -> Path:
    if not Path(text).is_file():
        raise ValueError("is not a file that can be read")
    return Path(text)


_SECOND, _MINUTE, _DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
_NUMBER_PLAN: Final = {"source_ton": 6, "source_npi": 18, "dest_ton": 6, "dest_npi": 18}

_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "bind": _one_of(Bind),
    "system_type": _plain(12),
    "service_type": _plain(5),
    "window": _number(1, 1000),
    "enquire": _length(_SECOND, 60 * _MINUTE),
    "answer": _length(_SECOND, _MINUTE),
    **{name: _number(0, highest) for name, highest in _NUMBER_PLAN.items()},
    "ids": _one_of(Ids),
    "alphabet": _one_of(Alphabet),
    "long": _one_of(Long),
    "validity": _length(_MINUTE, 14 * _DAY),
    "repeat": _length(0 * _SECOND, 10 * _MINUTE),
    "opted_out": _codes,
    "ca": _file,
}
