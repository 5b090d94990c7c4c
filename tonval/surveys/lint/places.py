"""Where in a survey's document the words of a slot stand, so that a fault is shown beside them."""

from __future__ import annotations

from collections.abc import Iterator

from tonval.surveys.document import Part
from tonval.surveys.questionnaire import Form, Question, Wording


def question_parts(part: Part, form: Form) -> Iterator[tuple[Question, Part]]:
    """Each question with its part; empty where some of them could not be read."""
    items = list(part.items("questions")) if isinstance(part.data.get("questions"), list) else []
    return zip(form.questions, items, strict=True) if len(items) == len(form.questions) else iter(())


def said(part: Part, key: str, words: Wording) -> Iterator[tuple[Part, str, str]]:
    """Each language's text under ``key``, with the part and key to note a fault at."""
    inside = part.data.get(key)
    for language, text in words.items():
        if isinstance(inside, dict) and language in inside:
            yield part.part(key), language, text
        elif isinstance(inside, str):
            yield part, key, text
