"""The words of the pages in other languages: gettext catalogs, read as they are written, without a build step."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale

ROOT: Final = Path(__file__).parent / "translations"
ENGLISH: Final = "en"
LANGUAGES: Final = {ENGLISH: "English", "sv": "Svenska", "es": "Español", "et": "Eesti"}
"""What the pages can be read in, each by its own name."""


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


class HouseDomain(Domain):
    """Where Flask-Babel finds the words: the catalog of the reader's language."""

    def get_translations(self) -> NullTranslations:
        """The words for whoever reads now; English where nobody does."""
        locale = get_locale()
        return catalog(locale.language if locale else ENGLISH)
