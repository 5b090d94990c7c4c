"""Reading words in several languages out of a document, with what is missing or will not be filled."""

from __future__ import annotations

from dataclasses import dataclass

from tonval.surveys.document import Part
from tonval.surveys.questionnaire import Wording
from tonval.surveys.wording import fill, unknown_placeholders

LONGEST = 1000
"""Characters of a question or prompt."""


@dataclass(frozen=True, slots=True)
class Language:
    """The languages of a survey, its first one first, and the brand that is filled in."""

    languages: tuple[str, ...]
    brand: str


def read_wording(part: Part, key: str, tongue: Language, *, every: bool = True, longest: int = LONGEST) -> Wording:
    """Language to text; one plain string stands for the first language. ``every``: no language may be missing."""
    value = part.data.get(key)
    if isinstance(value, str):
        value = {tongue.languages[0]: value}
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        part.fault(f"must give the words for each language, such as {{{tongue.languages[0]}: …}}", key)
        return {}
    _check(part, key, value, tongue.languages, every=every, longest=longest)
    return {language: fill(text, {"brand": tongue.brand}).strip() for language, text in value.items()}


def _check(
    part: Part, key: str, value: dict[str, str], languages: tuple[str, ...], *, every: bool, longest: int
) -> None:
    missing = [language for language in languages if not value.get(language, "").strip()]
    if every and missing == list(languages):
        part.fault("has no words in any language of the survey", key)
    elif every and missing:
        part.fault(f"has no words in {', '.join(missing)}; {languages[0]} is used instead", key, warning=True)
    for text in value.values():
        for name in unknown_placeholders(text):
            part.fault(f"nothing fills {{{name}}}", key)
        if len(text) > longest:
            part.fault(f"is longer than {longest} characters", key)
