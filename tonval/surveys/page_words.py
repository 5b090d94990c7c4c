"""The words of survey pages, links and letters that a survey brings no words of its own for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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

WORDS: Final[Mapping[str, Wording]] = {
    "link": {
        "sv": "Hej från {brand}! Hur gick det? Svara här: {link} STOPP om du inte vill ha fler frågor.",
        "en": "Hello from {brand}! How did it go? Tell us here: {link} STOP to get no more questions.",
    },
    "remind.link": {
        "sv": "Hej igen från {brand}! Vi vill gärna veta hur det gick: {link} STOPP om du inte vill ha fler frågor.",
        "en": "Hello again from {brand}! Do tell us how it went: {link} STOP to get no more questions.",
    },
    "mail.subject": {"sv": "Hur gick det?", "en": "How did it go?"},
    "mail.text": {
        "sv": "Hej!\n\nDu var nyligen i kontakt med {brand}. Berätta gärna hur det gick.",
        "en": "Hello,\n\nYou were recently in touch with {brand}. Please tell us how it went.",
    },
    "remind.subject": {"sv": "Hur gick det? En påminnelse", "en": "How did it go? A reminder"},
    "remind.text": {
        "sv": "Hej igen!\n\nDu har inte hunnit svara på vår fråga om kontakten med {brand}. Det går bra ännu.",
        "en": "Hello again,\n\nYou have not answered our question about your contact with {brand} yet. You still can.",
    },
}


def words(form: Form, slot: str, language: str, fills: Mapping[str, str] | None = None) -> str:
    """The survey's own words of a slot, else the built-in ones, in the language, else in English; empty: none."""
    own, usual = form.phrases.get(slot, {}), WORDS.get(slot, {})
    text = own.get(language) or usual.get(language) or next(iter(own.values()), "") or usual.get("en", "")
    return fill(text, fills or {})
