"""Questions that a channel cannot carry: they are skipped there, and so is whatever asks about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tonval.surveys.conditions import BadCondition, names, parse
from tonval.surveys.document import Part
from tonval.surveys.lint.places import question_parts
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.sentences import sentence

_BY: Final = {
    Channel.KEYPAD: sentence("on a keypad"),
    Channel.SMS: sentence("by SMS"),
    Channel.LINK: sentence("on the page"),
    Channel.EMAIL: sentence("on the page"),
}


def check_channels(part: Part, form: Form, channels: Iterable[Channel]) -> None:
    """Note each question that one of ``channels`` skips; a survey of which a channel leaves nothing is at fault."""
    for channel in sorted(channels):
        asked = form.asked_on(channel)
        if form.questions and not asked:
            part.fault(
                sentence("no question can be answered %(channel)s, and a queue asks there", channel=_BY[channel]),
                "questions",
            )
            continue
        skipped = {question.id for question in form.questions if question not in asked}
        for question, item in question_parts(part, form):
            if question.id in skipped:
                words = sentence(
                    "is skipped %(channel)s: a question on the scale %(scale)s has no answer there",
                    channel=_BY[channel],
                    scale=question.scale,
                )
                item.fault(words, "scale", warning=True)
            elif question.when and _asked_about(question.when) & skipped:
                missing = ", ".join(sorted(_asked_about(question.when) & skipped))
                item.fault(
                    sentence(
                        "asks about %(missing)s, which is skipped %(channel)s", missing=missing, channel=_BY[channel]
                    ),
                    "when",
                    warning=True,
                )


def _asked_about(when: str) -> frozenset[str]:
    try:
        return frozenset(names(parse(when)))
    except BadCondition:
        return frozenset()
