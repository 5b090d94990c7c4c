"""Languages as queues.yaml names them: by BCP 47's codes, as CLDR knows them."""

from __future__ import annotations

from functools import cache

from babel import Locale

from tonval.surveys.document import Part
from tonval.surveys.sentences import sentence

_NONE = frozenset({"und", "mul", "zxx"})
"""Codes that stand for no language, or for many."""


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """The codes of languages, and those of scripts and countries."""
    english = Locale("en")
    return frozenset(english.languages) - _NONE, frozenset(english.scripts) | frozenset(english.territories)


def is_language(code: str) -> bool:
    """Whether the code is a language's, alone or with a script or a country behind it: ``pt-BR``, ``sr-Latn``."""
    languages, others = _known()
    language, *rest = code.split("-")
    return language in languages and len(rest) <= 2 and others.issuperset(rest)


def read_languages(part: Part) -> tuple[str, ...]:
    """What stands under ``languages``, in order; a code that is no language's is a fault there."""
    written = part.texts("languages")
    for strange in dict.fromkeys(code for code in written if not is_language(code)):
        part.fault(sentence("“%(code)s” is not the code of a language, such as sv or en", code=strange), "languages")
    return written
