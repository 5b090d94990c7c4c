"""Prompts of the telephone that nobody has recorded, or that were recorded when they said something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tonval.surveys.document import Part
from tonval.surveys.lint.places import question_parts
from tonval.surveys.phrases import SPOKEN
from tonval.surveys.questionnaire import Channel, Form, Wording
from tonval.surveys.sentences import sentence


def check_voices(part: Part, form: Form, recorded: Mapping[tuple[str, str], str]) -> None:
    """Note the languages without a recording of these words, of each text of the survey's own that a telephone says.

    A recording is heard whatever words stand there now, for it may be of a text with names left out.
    """
    for where, key, slot, words in _spoken(part, form):
        missing = [language for language in form.languages if words.get(language) and (slot, language) not in recorded]
        if missing:
            where.fault(
                sentence("has no recording in %(missing)s: a synthetic voice reads it", missing=", ".join(missing)),
                key,
                warning=True,
            )
        other = [language for language in form.languages if _is_of_other_words(recorded, slot, language, words)]
        if other:
            where.fault(
                sentence("was recorded with other words in %(other)s: record it anew", other=", ".join(other)),
                key,
                warning=True,
            )


def _is_of_other_words(recorded: Mapping[tuple[str, str], str], slot: str, language: str, words: Wording) -> bool:
    return bool(words.get(language)) and recorded.get((slot, language), words[language]) != words[language]


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
