"""The words of survey pages, links and letters that a survey brings no words of its own for: a module a language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import ModuleType
from typing import Final

from tonval.surveys.page_words import ar, da, de, en, es, et, fi, fr, no, sv
from tonval.surveys.questionnaire import Form, Wording
from tonval.surveys.wording import fill

OWN: Final = (
    "link",
    "remind.link",
    "mail.subject",
    "mail.text",
    "mail.html",
    "remind.subject",
    "remind.text",
    "page.next",
    "page.finish",
    "page.intro",
)
"""The slots a survey may bring words of its own for, under ``link``, ``mail``, ``remind`` and ``page``."""

LANGUAGES: Final[Mapping[str, ModuleType]] = {
    "sv": sv,
    "en": en,
    "es": es,
    "et": et,
    "no": no,
    "da": da,
    "fi": fi,
    "de": de,
    "fr": fr,
    "ar": ar,
}
"""The languages with built-in words."""

NAMES: Final = {
    "sv": "Svenska",
    "en": "English",
    "es": "Español",
    "et": "Eesti",
    "no": "Norsk",
    "nb": "Norsk",
    "da": "Dansk",
    "fi": "Suomi",
    "de": "Deutsch",
    "fr": "Français",
    "ar": "العربية",
}
"""What languages call themselves."""

WORDS: Final[Mapping[str, Wording]] = {
    slot: {language: module.WORDS[slot] for language, module in LANGUAGES.items()} for slot in en.WORDS
}
"""Slot to its words in every language."""

_LEFTWARD: Final = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_ALIKE: Final = {"nb": "no", "nn": "no"}
"""Bokmål and Nynorsk are asked for by their own codes."""


def words(form: Form, slot: str, language: str, fills: Mapping[str, str] | None = None) -> str:
    """The survey's own words of a slot, else the built-in ones, in the language, else in English; empty: none."""
    own = form.phrases.get(slot, {})
    text = own.get(language) or _built_in(slot, language) or next(iter(own.values()), "")
    return fill(text or usual(slot, "en"), fills or {})


def usual(slot: str, language: str, fills: Mapping[str, str] | None = None) -> str:
    """The built-in words of a slot, in the language, else in English; empty: there are none."""
    return fill(_built_in(slot, language) or WORDS.get(slot, {}).get("en", ""), fills or {})


def spoken(wished: str) -> str:
    """The first language of an Accept-Language header (RFC 9110, section 12.5.4) that there are words in, or ``en``."""
    wishes = (part.partition(";")[0].strip().lower() for part in wished[:200].split(","))
    return next((code for wish in wishes if (code := _code(wish)) in LANGUAGES), "en")


def direction(language: str) -> str:
    """``ltr`` or ``rtl``: how the language is written."""
    return "rtl" if language.partition("-")[0] in _LEFTWARD else "ltr"


def name_of(language: str) -> str:
    """What the language calls itself; its code where that is not known."""
    return NAMES.get(language.partition("-")[0], language)


def day_words(day: date, language: str) -> str:
    """A day as people say it: ``måndag 23 november``."""
    module = LANGUAGES.get(_code(language), en)
    weekday, month = module.WEEKDAYS.split()[day.weekday()], module.MONTHS.split()[day.month - 1]
    return fill(module.DAY, {"weekday": weekday, "day": str(day.day), "month": month})


def _built_in(slot: str, language: str) -> str:
    return WORDS.get(slot, {}).get(_code(language), "")


def _code(language: str) -> str:
    bare = language.partition("-")[0].lower()
    return _ALIKE.get(bare, bare)
