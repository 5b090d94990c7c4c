"""Prompts of the telephone that nobody has recorded: a synthetic voice reads them."""

from __future__ import annotations

from collections.abc import Iterator, Set

from tonval.surveys.document import Part
from tonval.surveys.lint.places import question_parts
from tonval.surveys.phrases import SPOKEN
from tonval.surveys.questionnaire import Channel, Form, Wording


def check_voices(part: Part, form: Form, recorded: Set[tuple[str, str]]) -> None:
    """Note the languages without a recording, of each text of the survey's own that a telephone says."""
    for where, key, slot, words in _spoken(part, form):
        missing = [language for language in form.languages if words.get(language) and (slot, language) not in recorded]
        if missing:
            where.fault(f"has no recording in {', '.join(missing)}: a synthetic voice reads it", key, warning=True)


def _spoken(part: Part, form: Form) -> Iterator[tuple[Part, str, str, Wording]]:
    for question, item in question_parts(part, form):
        if question.fits(Channel.KEYPAD):
            yield item, "text", question.slot, question.text
    for place, (reaction, item) in enumerate(zip(form.reactions, part.items("reactions"), strict=False), 1):
        yield item, "say", f"reaction.{place}", reaction.say
    own = part.part("prompts")
    for slot in own.data:
        if slot in SPOKEN:
            yield own, slot, slot, form.phrases.get(slot, {})
