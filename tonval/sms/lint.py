"""Texts that take more than one SMS, found before a customer pays attention to half of one."""

from __future__ import annotations

from collections.abc import Iterator

from tonval.fieldwork.centre import Centre
from tonval.sms.segments import measure
from tonval.surveys.document import Fault
from tonval.surveys.questionnaire import Channel, Form


def long_messages(centre: Centre) -> Iterator[Fault]:
    """A warning for each text of an SMS survey that is longer than one segment."""
    surveys = {queue.survey for queue in centre.queues.values() if queue.channel == Channel.SMS}
    for name in sorted(surveys & set(centre.forms)):
        yield from _of_form(centre.forms[name], centre.document)


def _of_form(form: Form, document: str) -> Iterator[Fault]:
    said = {slot: words for slot, words in form.slots().items() if slot.startswith(("question.", "thanks."))}
    for slot, words in said.items():
        for language, text in words.items():
            size = measure(text)
            if size.segments > 1:
                why = f" because of {' '.join(size.forcing)}" if size.forcing else ""
                sentence = f"{form.id} {slot} in {language} takes {size.segments} SMS ({len(text)} characters{why})"
                yield Fault(_line_of(text, document), sentence, warning=True)


def _line_of(text: str, document: str) -> int:
    """The line that holds the beginning of the text, up to a placeholder; the first when it is folded."""
    beginning = text.partition("{")[0][:30]
    return next((number for number, line in enumerate(document.splitlines(), 1) if beginning in line), 1)
