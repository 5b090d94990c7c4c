"""Languages as queues.yaml names them: by BCP 47's codes, as CLDR knows them."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

from tonval.surveys.document import Part
from tonval.surveys.sentences import sentence

_NONE = frozenset({"und", "mul", "zxx"})
"""Codes that stand for no language, or for many."""


@lru_cache(maxsize=1024)
def is_language(code: str) -> bool:
    """Whether the code is a language's, alone or with a script or a country behind it: ``pt-BR``, ``sr-Latn``."""
    known = Locale("en")
    language, *rest = code.split("-")
    if language in _NONE or language not in known.languages or len(rest) > 2:
        return False
    return all(each in known.scripts or each in known.territories for each in rest)


def read_languages(part: Part) -> tuple[str, ...]:
    """What stands under ``languages``, in order; a code that is no language's is a fault there."""
    written = part.texts("languages")
    for strange in dict.fromkeys(code for code in written if not is_language(code)):
        part.fault(sentence("“%(code)s” is not the code of a language, such as sv or en", code=strange), "languages")
    return written
