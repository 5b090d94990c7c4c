"""Why a customer's message was read as it was, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tonval.stats.timeline import Messaged
from tonval.surveys.answers import Rule
from tonval.surveys.answers.why import explain
from tonval.surveys.questionnaire import Form
from tonval.surveys.sentences import Sentence, sentence
from tonval.web.desk.happenings import About
from tonval.web.desk.rules import anchor
from tonval.web.language import known, told

Reading = Mapping[str, Any]
"""What stands in ``messages.reading``: see fieldwork.readings."""

CORRECTABLE: Final = frozenset({"answer", "correction", "comment", "unclear", "late"})
"""What may be put right: a message that was, or may have been meant as, an answer."""


@dataclass(frozen=True, slots=True)
class Why:
    """``words`` end before the time ``at`` where there is one; ``rule`` is where the rule is explained."""

    words: str
    at: datetime | None = None
    rule: str = ""


def why_read(message: Messaged, after: Sequence[Messaged], about: About) -> Why | None:
    """Why the message was read so; ``after`` are the messages that followed it. ``None`` where nothing was noted."""
    reading = message.reading
    if not reading:
        return None
    words = _TOLD.get(reading["as"], _as_noted)(reading, after, about)
    rule = reading.get("rule") or ""
    at = _confirmed(after) if reading["as"] in _CONFIRMED else None
    return Why(
        sentence("%(words)s; confirmed at", words=words) if at else sentence("%(words)s.", words=words),
        at,
        anchor(rule) if rule in set(Rule) else "",
    )


def _answer(reading: Reading, after: Sequence[Messaged], about: About) -> str:
    del after
    return sentence("Read as %(about)s: %(reading)s", about=_number(reading, "value", about), reading=_because(reading))


def _correction(reading: Reading, after: Sequence[Messaged], about: About) -> str:
    del after
    now, before = (_number(reading, name, about) for name in ("value", "before"))
    return sentence("Correction: %(now)s instead of %(before)s", now=now, before=before)


def _comment(reading: Reading, after: Sequence[Messaged], about: About) -> str:
    del after, about
    return sentence("Kept as a comment: %(reading)s", reading=_because(reading))


def _unclear(reading: Reading, after: Sequence[Messaged], about: About) -> str:
    del about
    asked = next((each for each in after if each.direction == "out"), None)
    again = asked is not None and asked.purpose == "question"
    words = sentence("Not taken: %(reading)s. Asked again") if again else sentence("Not taken: %(reading)s")
    return Sentence(words.template, {"reading": _stated(reading)})


def _late(reading: Reading, after: Sequence[Messaged], about: About) -> str:
    del reading, after, about
    return sentence("Came after the survey was over; kept, not counted")


def _unattached(reading: Reading, after: Sequence[Messaged], about: About) -> str:
    del reading, after, about
    return sentence("Belongs to no survey; kept, not counted")


def _stop(reading: Reading, after: Sequence[Messaged], about: About) -> str:
    del reading, after, about
    return sentence("STOP: no more SMS")


def _start(reading: Reading, after: Sequence[Messaged], about: About) -> str:
    del reading, after, about
    return sentence("START: may be asked again")


def _help(reading: Reading, after: Sequence[Messaged], about: About) -> str:
    del reading, after, about
    return sentence("HELP: told who we are, and how to stop")


def _as_noted(reading: Reading, after: Sequence[Messaged], about: About) -> str:
    del after, about
    return _stated(reading).capitalize()


_TOLD: Final[Mapping[str, Callable[[Reading, Sequence[Messaged], About], str]]] = {
    "answer": _answer,
    "correction": _correction,
    "comment": _comment,
    "unclear": _unclear,
    "late": _late,
    "unattached": _unattached,
    "stop": _stop,
    "start": _start,
    "help": _help,
}
_CONFIRMED: Final = frozenset({"stop", "start"})


def _because(reading: Reading) -> str:
    """What the rule says, within a sentence."""
    if reading.get("rule") not in set(Rule):
        return _stated(reading)
    words = told(explain(Rule(reading["rule"]))).rstrip(".")
    return words[:1].lower() + words[1:]


def _stated(reading: Reading) -> str:
    """The reader's own sentence, within another: it names the numbers."""
    return known(reading.get("why") or sentence("it could not be read")).strip().rstrip(".")


def _confirmed(after: Sequence[Messaged]) -> datetime | None:
    """When the first confirmation after it was written."""
    return next((each.at for each in after if each.direction == "out" and each.purpose == "confirmation"), None)


def _number(reading: Reading, name: str, about: About) -> str:
    value, question = reading.get(name), reading.get("question") or ""
    if value is None:
        return sentence("no answer")
    return about.answer(question, scale_of(about.form, question), value)


def scale_of(form: Form | None, question: str) -> str:
    """The kind of a question, empty where it is not known any more."""
    asked = form.question(question) if form else None
    return asked.scale if asked else ""
