"""Languages by name, for the lists of the designer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final[Mapping[str, str]] = {
    "sv": "Swedish",
    "en": "English",
    "ar": "Arabic",
    "da": "Danish",
    "nl": "Dutch",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "de": "German",
    "el": "Greek",
    "he": "Hebrew",
    "is": "Icelandic",
    "it": "Italian",
    "ku": "Kurdish",
    "lv": "Latvian",
    "lt": "Lithuanian",
    "nb": "Norwegian (bokmål)",
    "nn": "Norwegian (nynorsk)",
    "fa": "Persian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "se": "Sami",
    "so": "Somali",
    "es": "Spanish",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "uk": "Ukrainian",
}


def language_name(code: str) -> str:
    """``Swedish`` for ``sv``, ``Swedish (SE)`` for ``sv-SE``; a code that is not known stands for itself."""
    base, _, place = code.replace("_", "-").partition("-")
    name = LANGUAGES.get(base.lower())
    return f"{name} ({place})" if name and place else name or code
