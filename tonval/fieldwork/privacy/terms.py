"""How long each class of data is kept: ``retention`` of queues.yaml, in any language of the pages. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from tonval.surveys.document import Part
from tonval.surveys.sentences import Sentence, counted, sentence

WORDS: Final = "words"
VOICE: Final = "voice"
ADDRESSES: Final = "addresses"
MESSAGES: Final = "messages"
CALL_RECORDS: Final = "call_records"
RECEIPTS: Final = "receipts"

FOR_EVER: Final = sentence("for ever")

_DAYS: Final = {"day": 1, "week": 7, "month": 30, "year": 365}
_WORDS: Final = {
    "day": "d day days dag dagar dygn dia dias paev paeva",
    "week": "w week weeks vecka veckor semana semanas nadal nadalat",
    "month": "month months manad manader mes meses kuu kuud",
    "year": "y year years ar ano anos aasta aastat",
}
"""Each unit as the four languages of the pages write it, without its marks."""

_UNIT: Final = {word: unit for unit, words in _WORDS.items() for word in words.split()}
_ALWAYS: Final = ("for ever", "forever", "for alltid", "alltid", "para siempre", "siempre", "igavesti", "alatiseks")
_AFTER: Final = (
    "after the last contact",
    "efter senaste kontakten",
    "efter sista kontakten",
    "despues del ultimo contacto",
    "parast viimast kontakti",
)
_TERM: Final = re.compile(r"(\d{1,5})\s*([a-z]+)")
_ISO: Final = re.compile(r"p(\d{1,5})([dwmy])")
_AS_IT_IS: Final = re.compile(
    r"\d{1,5}\s*(d|(day|week|month|year)s?)( after the last contact)?|for ever|p\d{1,5}[dwmy]"
)
_TOLD: Final[Mapping[str, Callable[[int], Sentence]]] = {
    "day": lambda n: counted("%(n)s day", "%(n)s days", n),
    "week": lambda n: counted("%(n)s week", "%(n)s weeks", n),
    "month": lambda n: counted("%(n)s month", "%(n)s months", n),
    "year": lambda n: counted("%(n)s year", "%(n)s years", n),
}
_ISO_UNIT: Final = {"d": "day", "w": "week", "m": "month", "y": "year"}
_SHORTEST: Final = {
    WORDS: 1,
    VOICE: 1,
    ADDRESSES: 7,  # an invitation may be due days later, and its customer must still be known then
    MESSAGES: 7,  # a reply may still put an answer right
    CALL_RECORDS: 1,
    RECEIPTS: 30,
}
"""Days: less would take away what is still being worked with."""

Retention = Mapping[str, timedelta | None]
"""Class to how long it is kept; ``None``: for ever."""

USUAL_RETENTION: Final[Retention] = MappingProxyType(
    {
        WORDS: timedelta(days=720),
        VOICE: timedelta(days=360),
        ADDRESSES: timedelta(days=360),
        MESSAGES: timedelta(days=360),
        CALL_RECORDS: timedelta(days=360),
        RECEIPTS: timedelta(days=1080),
    }
)
"""Two years of words, one of what leads to a person, and three of receipts."""


def read_retention(part: Part) -> Retention:
    """The terms under ``retention``, each left out as in ``USUAL_RETENTION``. A month is 30 days, a year 365."""
    part.only(tuple(USUAL_RETENTION))
    return MappingProxyType({name: _read(part, name, usual) for name, usual in USUAL_RETENTION.items()})


def in_words(length: timedelta | None) -> Sentence:
    """As the file would say it: ``24 months``, ``10 days``."""
    if length is None:
        return FOR_EVER
    unit = next(each for each in ("year", "month", "day") if length.days % _DAYS[each] == 0)
    return _TOLD[unit](length.days // _DAYS[unit])


def length_of(written: str) -> timedelta | None:
    """``24 months``, ``24 månader``, ``24 meses``, ``24 kuud``, ``90d``, ``P24M`` (ISO 8601), ``for ever`` (``None``).

    Raises ``ValueError`` for what is no length.
    """
    if _bare(written) in _ALWAYS:
        return None
    number, unit = _term(_bare(written))
    return timedelta(days=number * _DAYS[unit])


def in_file(written: str) -> str:
    """As queues.yaml says it, in English; what is no length, and what is English or ISO already, stays as it is."""
    if _AS_IT_IS.fullmatch(_bare(written)):
        return written
    bare = _without_after(written)
    if bare in _ALWAYS:
        return str(FOR_EVER)
    try:
        number, unit = _term(bare)
    except ValueError:
        return written
    length = f"{number} {unit}{'' if number == 1 else 's'}"
    return length if bare == _bare(written) else f"{length} {_AFTER[0]}"


def on_page(written: str) -> str:
    """What the file says, as a sentence that can be told in another language; ``90d`` and ``P24M`` as they are."""
    if written == FOR_EVER:
        return FOR_EVER
    length = written.removesuffix(f" {_AFTER[0]}")
    try:
        number, unit = _term(_bare(length))
    except ValueError:
        return written
    told = _TOLD[unit](number)
    told = told if length == written else sentence("%(time)s after the last contact", time=told)
    return told if told == written else written


def _term(bare: str) -> tuple[int, str]:
    iso, term = _ISO.fullmatch(bare), _TERM.fullmatch(bare)
    if iso is not None:
        return int(iso[1]), _ISO_UNIT[iso[2]]
    if term is None or term[2] not in _UNIT:
        raise ValueError(f"{bare!r} is no length of time")
    return int(term[1]), _UNIT[term[2]]


def _bare(written: str) -> str:
    """In small letters and without marks."""
    parted = unicodedata.normalize("NFKD", written.strip().lower())
    return "".join(letter for letter in parted if not unicodedata.combining(letter))


def _read(part: Part, name: str, usual: timedelta | None) -> timedelta | None:
    if name not in part.data:
        return usual
    try:
        length = length_of(_without_after(str(part.data[name])) if name == ADDRESSES else str(part.data[name]))
    except ValueError:
        part.fault(
            sentence(
                "“%(written)s” must be a length of time such as 24 months or 90 days, or for ever",
                written=part.data[name],
            ),
            name,
        )
        return usual
    if length is not None and length.days < _SHORTEST[name]:
        part.fault(sentence("must be at least %(time)s", time=in_words(timedelta(days=_SHORTEST[name]))), name)
    return length


def _without_after(written: str) -> str:
    bare = _bare(written)
    return next((bare.removesuffix(end).strip() for end in _AFTER if bare.endswith(f" {end}")), bare)
