"""Telling a ``Sentence`` in another language: its words looked up in a catalog, its places filled in again."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Final

from babel.dates import format_date
from babel.support import NullTranslations

from tonval.surveys.sentences import Sentence
from tonval.translations.catalogs import ENGLISH, LANGUAGES, catalog

_FILL: Final = re.compile(r"%\(\w+\)s")


def tell(said: object, words: NullTranslations) -> str:
    """A ``Sentence``, or an exception that holds one, by these words; any other text as it stands."""
    text = str(said)
    if not isinstance(text, Sentence):
        return text
    fills = {name: tell(fill, words) if isinstance(fill, Sentence) else fill for name, fill in text.fills.items()}
    if text.plural is not None:
        return str(words.ungettext(text.template, text.plural, text.number)) % fills
    template = str(words.ugettext(text.template)) if _holds_words(text.template) else text.template
    return template % fills if fills else template


def told_in(language: str, said: object) -> str:
    """The same in ``language``, one of ``LANGUAGES``."""
    return tell(said, catalog(language))


def readable(*wishes: str | None) -> str:
    """The first of the languages that somebody can be written to in, else English. Regions count for nothing."""
    bare = (wish.partition("-")[0].lower() for wish in wishes if wish)
    return next((wish for wish in bare if wish in LANGUAGES), ENGLISH)


def day_in(language: str, at: datetime) -> str:
    """The day with its month in words, as somebody of that language writes it."""
    return format_date(at, "long", locale="en_GB" if language == ENGLISH else language)


def moment_in(language: str, at: datetime, zone: tzinfo) -> str:
    """The day, and the time by the clock of ``zone``, which is named: ``22 November 2026 10:03 CET``."""
    there = at.astimezone(zone)
    return f"{day_in(language, there)} {there:%H:%M %Z}"


@lru_cache(maxsize=4096)
def _holds_words(template: str) -> bool:
    """Whether there is anything to translate beside the fills."""
    return any(letter.isalpha() for letter in _FILL.sub("", template))
