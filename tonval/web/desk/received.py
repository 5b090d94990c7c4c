"""What a caller did before the survey, in words: her language, whether she took part, whom she spoke with."""

from __future__ import annotations

from collections.abc import Iterator

from tonval.surveys.reception import Reception, Step
from tonval.surveys.sentences import sentence
from tonval.web.desk.designer.languages import language_name
from tonval.web.desk.moments import lasting
from tonval.web.language import told


def received(reception: Reception, *, ours: bool) -> tuple[str, str]:
    """A title and the details, for a line of the timeline; ``ours``: it was we who called."""
    if ours:
        return sentence("Pressed the key to take part"), ""
    return sentence("Was received"), "; ".join(told(part) for part in _details(reception))


def _details(reception: Reception) -> Iterator[str]:
    if Step.LANGUAGE in reception.terms.steps:
        yield sentence("chose %(language)s", language=language_name(reception.language))
    if reception.taking_part is not None:
        yield sentence("pressed the key to take part") if reception.taking_part else sentence("pressed no key")
    if reception.agent:
        yield sentence("was connected with %(agent)s", agent=reception.agent)
    elif reception.talk:
        yield sentence("was connected")
    if reception.talk:
        yield sentence("talked for %(time)s", time=lasting(reception.talk))
