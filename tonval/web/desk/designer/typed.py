"""Between a survey's document and the posted form of the designer, without loss either way. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tonval.surveys.page_reader import COLOURS
from tonval.surveys.phrases import PHRASES, SCALE_PHRASES, SMS_PHRASES
from tonval.surveys.scales import Group
from tonval.web.desk.designer.shapes import Flag, Line, Lines, Many, Pair, Pairs, Record, Words, grown

OPTION: Final = Record({"id": Line(), "text": Words()})
QUESTION: Final = Record(
    {
        "id": Line(),
        "scale": Line(),
        "text": Words(),
        "hint": Words(),
        "required": Flag(),
        "type_ahead": Flag(),
        "when": Line(),
        "low": Words(),
        "high": Words(),
        "options": Many(OPTION),
    }
)
REACTION: Final = Record({"when": Line(), "say": Words()})
PAGE: Final = Record(
    {
        "layout": Line(),
        "frames": Lines(),
        "address": Line(),
        "colours": Record(dict.fromkeys(COLOURS, Line())),
        "variables": Pairs(),
        "logo": Line(),
        "open_for": Line(),
        "reminder": Line(),
        "next": Words(),
        "finish": Words(),
        "intro": Words(),
    }
)
SURVEY: Final = Record(
    {
        "title": Words(),
        "languages": Lines(),
        "window": Line(),
        "off": Flag(),
        "questions": Many(QUESTION),
        "reactions": Many(REACTION),
        "prompts": Record(dict.fromkeys((*PHRASES, *SCALE_PHRASES, *SMS_PHRASES), Words())),
        "thanks": Record({group.value: Words() for group in Group}),
        "page": PAGE,
        "link": Words(),
        "mail": Record(dict.fromkeys(("subject", "text", "html"), Words())),
        "remind": Record(dict.fromkeys(("link", "subject", "text", "html"), Words())),
    }
)
"""Everything of a survey that the designer has a field for."""

_WORDS: Final = {
    "questions": ("text", "hint", "low", "high"),
    "options": ("text",),
    "reactions": ("say",),
    "": ("title", "link"),
}


def read_form(pairs: Sequence[Pair]) -> dict[str, Any]:
    """The document that the posted ``pairs`` say; names that begin with ``~`` are none of it."""
    data: dict[str, Any] | None = SURVEY.read(grown([pair for pair in pairs if not pair[0].startswith("~")]))
    return data or {}


def pairs_of(data: Mapping[str, Any]) -> list[Pair]:
    """What a form that shows ``data`` posts back: ``read_form(pairs_of(data)) == data`` for what ``settled`` gives."""
    return list(SURVEY.pairs(data, ""))


def settled(data: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The document as the designer writes it: plain words are those of ``language``, what says nothing is left out."""
    spread = _spread(data, "", language)
    return read_form(pairs_of(spread))


_NOTHING: Final[tuple[Any, ...]] = (None, False, "", [], {})


def _spread(value: Any, place: str, language: str) -> Any:
    if not isinstance(value, Mapping):
        return value
    found = {str(key): each for key, each in value.items() if not _says_nothing(each)}
    for key in _WORDS.get(place, ()):
        if isinstance(found.get(key), str):
            found[key] = {language: found[key]}
    for key in ("questions", "reactions", "options"):
        if isinstance(found.get(key), list):
            found[key] = [_spread(item, key, language) for item in found[key]]
    for key in ("prompts", "thanks", "mail", "remind", "page"):
        if isinstance(found.get(key), Mapping):
            found[key] = _spread_section(key, found[key], language)
    return {key: each for key, each in found.items() if not _says_nothing(each)}


def _spread_section(section: str, value: Mapping[str, Any], language: str) -> dict[str, Any]:
    found = {str(key): each for key, each in value.items() if not _says_nothing(each)}
    if section == "page" and isinstance(found.get("frames"), str):
        found["frames"] = [found["frames"]]
    plain = [key for key, each in found.items() if isinstance(each, str)]
    words = [key for key in plain if section != "page" or key in ("next", "finish", "intro")]
    return {**found, **{key: {language: found[key]} for key in words}}


def _says_nothing(value: Any) -> bool:
    return any(value is nothing or (value == nothing and type(value) is type(nothing)) for nothing in _NOTHING)
