"""What goes out by SMS and e-mail: how much it costs, whether it says how to stop, whether its link is in it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Final

from tonval.surveys.document import Part
from tonval.surveys.lint.gauges import Gauges
from tonval.surveys.lint.lengths import Terms, length
from tonval.surveys.lint.places import question_parts, said
from tonval.surveys.own_html import check_html
from tonval.surveys.questionnaire import Channel, Form, Question, Wording
from tonval.surveys.scales import Group
from tonval.surveys.sentences import sentence
from tonval.surveys.wording import PLACEHOLDER

SENT: Final = ("closing", "goodbye", "unclear")
"""The prompts that an SMS conversation may say."""

Text = tuple[Part, str, str]
"""Where a text stands, by part and key, and the text."""


def check_messages(part: Part, form: Form, channels: Set[Channel], terms: Terms, gauges: Gauges) -> None:
    """Note texts of more than one SMS, first messages that do not say how to stop, and links that are missing."""
    if Channel.SMS in channels:
        for text in _conversation(part, form):
            _check_size(text, terms, gauges)
        _check_stop(_first(part, form), gauges)
    links = [*_links(part, form, "link"), *_links(part.part("remind"), form, "link", "remind.link")]
    for text in links:
        _check_size(text, terms, gauges)
        if "link" not in PLACEHOLDER.findall(text[2]):
            text[0].fault(sentence("the link is missing: write {link} where it goes"), text[1])
    _check_stop(links, gauges)
    for where, language, html in said(part.part("mail"), "html", form.phrases.get("mail.html", {})):
        for words in check_html(html):
            where.fault(words, language)


def _check_size(text: Text, terms: Terms, gauges: Gauges) -> None:
    where, key, words = text
    found = length(words, terms, gauges)
    if found.longest.segments > 1:
        where.fault(sentence("takes %(found)s", found=str(found)), key, warning=True)


def _check_stop(texts: list[Text], gauges: Gauges) -> None:
    for where, key, words in texts:
        if not gauges.tells_stop(words):
            where.fault(
                sentence("does not say how to get no more questions, such as: STOP to get no more"), key, warning=True
            )


def _conversation(part: Part, form: Form) -> Iterator[Text]:
    """Everything of the survey's own that an SMS conversation may say; a choice lists its options."""
    for question, item in question_parts(part, form):
        if question.fits(Channel.SMS):
            yield from said(item, "text", _with_options(question))
    for reaction, item in zip(form.reactions, part.items("reactions"), strict=False):
        yield from said(item, "say", reaction.say)
    for group in Group:
        yield from said(part.part("thanks"), group, form.phrases.get(f"thanks.{group}", {}))
    for slot in SENT:
        yield from said(part.part("prompts"), slot, form.phrases.get(slot, {}))


def _with_options(question: Question) -> Wording:
    if not question.options:
        return question.text
    return {language: "\n".join([text, *_options(question, language)]) for language, text in question.text.items()}


def _options(question: Question, language: str) -> Iterator[str]:
    for place, option in enumerate(question.options, 1):
        yield f"{place} {option.text.get(language) or next(iter(option.text.values()), '')}"


def _first(part: Part, form: Form) -> list[Text]:
    """The words of the first message of a conversation."""
    asked = ((question, item) for question, item in question_parts(part, form) if question.fits(Channel.SMS))
    question, item = next(asked, (None, part))
    return list(said(item, "text", question.text)) if question else []


def _links(part: Part, form: Form, key: str, slot: str = "link") -> list[Text]:
    return list(said(part, key, form.phrases.get(slot, {})))
