"""The words of pages and letters to staff: gettext catalogs, read as they are written, without a build step."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from tonval.surveys.sentences import Sentence, chain

ROOT: Final = Path(__file__).parent
ENGLISH: Final = "en"
LANGUAGES: Final = {ENGLISH: "English", "sv": "Svenska", "es": "Español", "et": "Eesti"}
"""What pages and letters can be read in, each by its own name."""

_FILL: Final = re.compile(r"%\((\w+)\)s")


def path_of(language: str) -> Path:
    """Where the catalog of a language lies."""
    return ROOT / language / "LC_MESSAGES" / "messages.po"


@lru_cache(maxsize=len(LANGUAGES))
def catalog(language: str) -> NullTranslations:
    """The words of a language, read at its first use. English has none: its words are the names of the others."""
    path = path_of(language)
    if language == ENGLISH or not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as written:
        write_mo(compiled, read_po(written, locale=language))
    compiled.seek(0)
    return Translations(compiled)


_PARTS: Final = (
    re.compile(r"(?P<before>)(?P<said>[^()]+[.])(?P<after> \([^()]+\))"),
    re.compile(r"(?P<before>“.+” )(?P<said>[^“]+)(?P<after>[.])"),
)
"""How a fault is written down with its provider's code, and that of a row with the heading of its column."""

_FEWEST: Final = 8
"""Letters of its own that a template needs to be known again by: ``%(value)s of %(highest)s`` fits too much."""


@lru_cache(maxsize=4096)
def recognised(text: str) -> str:
    """The sentence that ``text`` was made from, with its fills; ``text`` where no catalog knows it.

    What was written down in the database is English. The template with the most words of its own wins. What a provider
    added in brackets, its code, stays as it is, and so does what is named in quotation marks before its fault.
    """
    return _matched(text) or _in_parts(text) or text


def _in_parts(text: str) -> Sentence | None:
    """What was put together of several sentences, or of a sentence and what it is about."""
    for parts in _PARTS:
        found = parts.fullmatch(text)
        said = _matched(found["said"]) if found else None
        if found and said:
            return chain(found["before"], said, found["after"])
    first, gap, rest = text.partition(". ")
    said = _matched(f"{first}.") if gap else None
    return chain(said, recognised(rest), between=" ") if said else None


def _matched(text: str) -> Sentence | None:
    for template, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return Sentence(template, {name: _filled(name, fill) for name, fill in found.groupdict().items()})
    return None


def _filled(name: str, fill: str) -> str:
    """A sentence within a sentence, a reason most often, is told too; anything else may be somebody's name."""
    return recognised(fill) if name == "why" or (fill.endswith(".") and fill[:1].isupper()) else fill


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every template of the rooms below the pages, the most particular first."""
    with path_of("sv").open("rb") as written:
        words = [
            each.id
            for each in read_po(written)
            if isinstance(each.id, str) and _is_below(each) and _is_particular(each.id)
        ]
    return tuple(
        (each, _pattern(each)) for each in sorted(words, key=lambda each: len(_FILL.sub("", each)), reverse=True)
    )


def _is_particular(template: str) -> bool:
    return "%(" not in template or sum(map(str.isalpha, _FILL.sub("", template))) >= _FEWEST


def _is_below(message: Message) -> bool:
    return bool(message.id) and any(not place.startswith("tonval/web/") for place, _line in message.locations)


def _pattern(template: str) -> re.Pattern[str]:
    """What the template makes, whatever fills it. A name that comes again must be filled the same again."""
    seen: set[str] = set()
    parts = []
    for place, part in enumerate(_FILL.split(template)):
        fill = rf"(?P={part})" if part in seen else rf"(?P<{part}>.+?)"
        parts.append(fill if place % 2 else re.escape(part.replace("%%", "%")))
        seen |= {part} if place % 2 else set()
    return re.compile("".join(parts), re.DOTALL)
