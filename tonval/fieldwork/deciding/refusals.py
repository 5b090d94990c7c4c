"""Who must not be asked, whatever the rules say: the blocklist's patterns and the customers' own opt-outs.

A pattern is an address as it stands; ``+4670*``, every number that begins so; ``*@example.com``, everybody at that
domain and at none below it; ``*@*.example.com``, everybody at the domains below it, but not at itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import phonenumbers
from sqlalchemy import Connection, Row, Select, select

from tonval.fieldwork.addresses import BadAddress, email_address, phone_number
from tonval.fieldwork.centre import LINK
from tonval.fieldwork.privacy.suppressions import OPTED_OUT, Refusals, refusals_of
from tonval.store.among import among, listed
from tonval.store.tables import blocklist, opt_outs
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

ALL_CHANNELS: Final = "*"

CALL: Final = "call"
"""A call of ours to a customer, beside the channels. Who rings us herself is asked on the line by ``keypad``."""

LONGEST: Final = 256
"""Characters of a pattern: the longest e-mail address, and the star and dot of a domain's."""

_SHORTEST_PREFIX: Final = 3  # a plus sign, a country code, a digit
_PREFIX: Final = re.compile(r"\+?[0-9]*\*")
_EXTENSION: Final = re.compile(r"(?=.*[0-9])[1-9?][0-9?]{0,5}\*?")
_DOMAIN: Final = re.compile(r"\*?@(\*\.)?[\w-]+(\.[\w-]+)+")
_WILD: Final = frozenset("*?")
_PUNCTUATION: Final = str.maketrans("", "", " .-()/\u00a0")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an address may not be written to or called: the rule's name (SURFACE), a sentence, and what it rests on."""

    rule: str
    detail: str
    facts: dict[str, str]


Dated = tuple[datetime, Refusal]
"""When an entry was made, and the refusal that follows from it."""


def read_pattern(text: str, country: str, *, internal: bool = False) -> str:
    """``text`` as the blocklist keeps it; national numbers are read with ``country``. Raises ``BadAddress``.

    ``internal``: up to six digits are an extension of the centre's own, in which ``?`` is any digit: ``2*``, ``20??``.
    """
    written = text.strip()
    if not written or len(written) > LONGEST or not written.isprintable():
        raise BadAddress(sentence("a pattern is a number, an e-mail address, +4670* or *@example.com"))
    if "@" in written:
        return _read_email(written.lower())
    bare = written.translate(_PUNCTUATION)
    if internal and _EXTENSION.fullmatch(bare):
        return bare
    if _PREFIX.fullmatch(bare):
        return _read_prefix(bare, country)
    if not _WILD.isdisjoint(bare):
        raise BadAddress(sentence("“%(written)s” has its star in the wrong place; write +4670*", written=written[:40]))
    if not bare.removeprefix("+").isdecimal():  # the reader of numbers would find one in “call 0701740606 x7”
        raise BadAddress(sentence("“%(written)s” is not a telephone number", written=written[:40]))
    return phone_number(written, country)


def matches(pattern: str, address: str) -> bool:
    """Whether a pattern that was read by ``read_pattern`` means the address (E.164, lower case, or an extension)."""
    if pattern.startswith("*@"):
        wanted, domain = pattern[2:], address.partition("@")[2]
        return domain.endswith(wanted[1:]) if wanted.startswith("*") else domain == wanted
    if "@" in pattern or _WILD.isdisjoint(pattern):
        return pattern == address
    digits = re.escape(pattern).replace(r"\?", "[0-9]").replace(r"\*", "[^@]*")
    return re.fullmatch(digits, address) is not None


def refused(
    tx: Connection, pairs: Collection[tuple[str, str]], erased: Refusals | None = None
) -> dict[tuple[str, str], Refusal]:
    """The pairs of (address, channel) that must not be asked, and why: three statements, however many pairs.

    Who opted out of SMS gets no survey link by SMS either, and no call: who asks not to be written to does not mean
    that she would rather be rung. The narrowest pattern is the one that is told.
    """
    return {pair: found[0][1] for pair, found in refused_since(tx, pairs, erased).items()}


def refused_since(
    tx: Connection, pairs: Collection[tuple[str, str]], erased: Refusals | None = None
) -> dict[tuple[str, str], list[Dated]]:
    """The same with every entry that forbids a pair and when it was made, the one that is told first.

    ``erased`` is what is known of these addresses by hash, where that has been looked up already.
    """
    candidates = {address: tuple(meanings(address)) for address, _ in pairs}
    if not candidates:
        return {}
    blocked = _by_key(tx, _blocked(tx.dialect.name), {text for texts in candidates.values() for text in texts})
    opted_out = _by_key(tx, _opted_out(tx.dialect.name), candidates)
    erased = refusals_of(tx, candidates) if erased is None else erased
    if not blocked and not opted_out and not erased:
        return {}
    found = {
        pair: [*_refusals(candidates[pair[0]], pair, blocked, opted_out), *_remembered(pair, erased)] for pair in pairs
    }
    return {pair: refusals for pair, refusals in found.items() if refusals}


def _refusals(texts: Iterable[str], pair: tuple[str, str], blocked: _Found, opted_out: _Found) -> Iterator[Dated]:
    address, channels = pair[0], _heeded(pair[1])
    for row in (blocked[text, channel] for text in texts for channel in channels if (text, channel) in blocked):
        facts = {"pattern": row.key, "channel": row.channel, "reason": row.words, "since": row.created_at.isoformat()}
        words = (
            sentence("blocked as %(key)s: %(words)s", key=row.key, words=row.words)
            if row.words
            else sentence("blocked as %(key)s", key=row.key)
        )
        yield row.created_at, Refusal("blocked", words, facts)
    for row in (opted_out[address, channel] for channel in channels if (address, channel) in opted_out):
        what = "everything" if row.channel == ALL_CHANNELS else row.channel
        facts = {"channel": row.channel, "source": row.words, "since": row.created_at.isoformat()}
        yield (
            row.created_at,
            Refusal(
                "opted_out",
                sentence("opted out of %(what)s on %(created_at)s", what=what, created_at=f"{row.created_at:%Y-%m-%d}"),
                facts,
            ),
        )


def _remembered(pair: tuple[str, str], erased: Mapping[tuple[str, str], Row[Any]]) -> Iterator[Dated]:
    """What was refused by an address before its person was erased; the reason went with her."""
    address = pair[0]
    for row in (erased[address, channel] for channel in _heeded(pair[1]) if (address, channel) in erased):
        words = sentence("opted out") if row.kind == OPTED_OUT else sentence("was blocked")
        facts = {"channel": row.channel, "source": "erased", "since": row.created_at.isoformat()}
        yield (
            row.created_at,
            Refusal(
                row.kind, sentence("%(words)s before everything about the customer was erased", words=words), facts
            ),
        )


def _heeded(channel: str) -> tuple[str, ...]:
    """The channels whose entries forbid this one."""
    return {
        LINK: (channel, Channel.SMS, ALL_CHANNELS),
        CALL: (Channel.KEYPAD, Channel.SMS, ALL_CHANNELS),
    }.get(channel, (channel, ALL_CHANNELS))


def meanings(address: str) -> Iterator[str]:
    """Every pattern that could mean the address, the narrowest first."""
    yield address
    if "@" in address:
        domain = address.partition("@")[2]
        yield f"*@{domain}"
        while "." in (domain := domain.partition(".")[2]):
            yield f"*@*.{domain}"
    elif address.startswith("+"):
        yield from (f"{address[:length]}*" for length in range(len(address), _SHORTEST_PREFIX - 1, -1))


_Found = dict[tuple[str, str], Row[Any]]


def _by_key(tx: Connection, wanted: Select[Any], keys: Collection[str]) -> _Found:
    return {(row.key, row.channel): row for row in tx.execute(wanted, {"keys": listed(tx, keys)})}


@lru_cache(maxsize=4)
def _blocked(dialect: str) -> Select[Any]:
    b = blocklist.c
    wanted = select(b.pattern.label("key"), b.channel, b.reason.label("words"), b.created_at)
    return wanted.where(among(dialect, b.pattern, "keys"))


@lru_cache(maxsize=4)
def _opted_out(dialect: str) -> Select[Any]:
    o = opt_outs.c
    wanted = select(o.address.label("key"), o.channel, o.source.label("words"), o.created_at)
    return wanted.where(among(dialect, o.address, "keys"))


def _read_email(written: str) -> str:
    if "*" not in written and not written.startswith("@"):
        return email_address(written)
    if not _DOMAIN.fullmatch(written):
        raise BadAddress(
            sentence(
                "“%(written)s” is no domain we can block; write *@example.com, or *@*.example.com for those below it",
                written=written[:60],
            )
        )
    return written if written.startswith("*") else f"*{written}"


def _read_prefix(bare: str, country: str) -> str:
    digits = bare.rstrip("*")
    if not digits.startswith("+"):
        digits = _international(digits, country)
    if not _country_code(digits) or len(digits) > 16:
        raise BadAddress(
            sentence(
                "“%(bare)s” is too broad; before the star stand a country code and at least one digit", bare=bare[:40]
            )
        )
    return f"{digits}*"


def _international(digits: str, country: str) -> str:
    """The beginning of a number in national form, as it begins in E.164; only ``+`` when it is neither."""
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    trunk = phonenumbers.ndd_prefix_for_region(country, True) or ""
    if not digits or (trunk == "0" and not digits.startswith(trunk)):  # 2* is an extension there, no number of anybody
        return "+"
    return f"+{phonenumbers.country_code_for_region(country)}{digits.removeprefix(trunk)}"


def _country_code(digits: str) -> str | None:
    """The country code that ``+`` and digits begin with, when a digit follows it."""
    codes = (digits[1:end] for end in range(2, min(5, len(digits))))
    return next((code for code in codes if int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), None)
