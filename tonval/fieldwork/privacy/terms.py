"""How long each class of data is kept: ``retention`` of queues.yaml. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
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

FOR_EVER: Final = "for ever"

_DAYS: Final = {"day": 1, "d": 1, "week": 7, "month": 30, "year": 365}
_TERM: Final = re.compile(r"(\d{1,5})\s*(day|week|month|year)s?|(\d{1,5})(d)")
_AFTER: Final = " after the last contact"
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
        return sentence("for ever")
    if length.days % _DAYS["year"] == 0:
        return counted("%(n)s year", "%(n)s years", length.days // _DAYS["year"])
    if length.days % _DAYS["month"] == 0:
        return counted("%(n)s month", "%(n)s months", length.days // _DAYS["month"])
    return counted("%(n)s day", "%(n)s days", length.days)


def _read(part: Part, name: str, usual: timedelta | None) -> timedelta | None:
    if name not in part.data:
        return usual
    written = str(part.data[name]).strip().lower()
    if written == FOR_EVER:
        return None
    found = _TERM.fullmatch(written.removesuffix(_AFTER) if name == ADDRESSES else written)
    if found is None:
        part.fault(
            sentence(
                "“%(written)s” must be a length of time such as 24 months or 90 days, or for ever",
                written=part.data[name],
            ),
            name,
        )
        return usual
    days = int(found[1] or found[3]) * _DAYS[found[2] or found[4]]
    if days < _SHORTEST[name]:
        part.fault(sentence("must be at least %(time)s", time=in_words(timedelta(days=_SHORTEST[name]))), name)
    return timedelta(days=days)
