"""Which codes are a language's."""

from __future__ import annotations

import pytest

from tonval.surveys.languages import is_language
from tonval.surveys.page_words import LANGUAGES


@pytest.mark.parametrize("code", [*LANGUAGES, "nb", "nn", "se", "pt-BR", "sr-Latn-RS", "es-419"])
def test_a_language_is_one(code: str) -> None:
    assert is_language(code)


@pytest.mark.parametrize(
    "code", ["", "xx", "SV", "swe dish", "sv_SE", "sv-", "sv-XX", "und", "mul", "svenska", "../en"]
)
def test_what_nobody_speaks_is_none(code: str) -> None:
    assert not is_language(code)
