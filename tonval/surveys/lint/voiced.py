"""Questions that are answered by speaking: one is enough, and it comes last."""

from __future__ import annotations

from tonval.surveys.document import Part
from tonval.surveys.lint.places import question_parts
from tonval.surveys.questionnaire import Form
from tonval.surveys.scales import SPOKEN
from tonval.surveys.sentences import sentence


def check_voiced(part: Part, form: Form) -> None:
    """Note a second spoken comment, which nobody listens to, and keys that are asked for after one."""
    spoken = [place for place, question in enumerate(form.questions) if question.scale == SPOKEN]
    items = [item for _, item in question_parts(part, form)]
    if len(items) < len(form.questions):
        return
    for place in spoken[1:]:
        words = sentence("a customer is asked to speak once: few speak twice, and nobody listens to both")
        items[place].fault(words, "scale", warning=True)
    if spoken and any(question.scale != SPOKEN for question in form.questions[spoken[0] :]):
        words = sentence("is best the last question: many hang up when they have spoken")
        items[spoken[0]].fault(words, "scale", warning=True)
