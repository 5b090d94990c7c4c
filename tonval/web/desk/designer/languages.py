"""Languages by name, for the lists of the designer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tonval.surveys.sentences import sentence

LANGUAGES: Final[Mapping[str, str]] = {
    "sv": sentence("Swedish"),
    "en": sentence("English"),
    "ar": sentence("Arabic"),
    "da": sentence("Danish"),
    "nl": sentence("Dutch"),
    "et": sentence("Estonian"),
    "fi": sentence("Finnish"),
    "fr": sentence("French"),
    "de": sentence("German"),
    "el": sentence("Greek"),
    "he": sentence("Hebrew"),
    "is": sentence("Icelandic"),
    "it": sentence("Italian"),
    "ku": sentence("Kurdish"),
    "lv": sentence("Latvian"),
    "lt": sentence("Lithuanian"),
    "nb": sentence("Norwegian (bokmål)"),
    "nn": sentence("Norwegian (nynorsk)"),
    "fa": sentence("Persian"),
    "pl": sentence("Polish"),
    "pt": sentence("Portuguese"),
    "ro": sentence("Romanian"),
    "ru": sentence("Russian"),
    "se": sentence("Sami"),
    "so": sentence("Somali"),
    "es": sentence("Spanish"),
    "ti": sentence("Tigrinya"),
    "tr": sentence("Turkish"),
    "uk": sentence("Ukrainian"),
}


def language_name(code: str) -> str:
    """``Swedish`` for ``sv``, ``Swedish (SE)`` for ``sv-SE``; a code that is not known stands for itself."""
    base, _, place = code.replace("_", "-").partition("-")
    name = LANGUAGES.get(base.lower())
    return sentence("%(name)s (%(place)s)", name=name, place=place) if name and place else name or code
