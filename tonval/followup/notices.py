"""The words of an alert's mail: who, which queue, what was asked and answered, when, and where to read on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import form_of
from tonval.followup.given import given_in
from tonval.store.tables import agents, alerts, interviews
from tonval.surveys.scales import SCALES

Link = Callable[[str], str]
"""An interview's id to the address of its page."""

_NUMBER = re.compile(r"\+?\d[\d \-/().]{5,}\d")


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail to one person about one alert, as plain words. ``facts`` are label and value, in reading order."""

    alert: str
    to: str
    subject: str
    facts: tuple[tuple[str, str], ...]
    link: str


class UnknownAlert(LookupError):
    """The alert has been erased; there is nothing left to tell."""


def notice_of(tx: Connection, office: Field, alert: str, to: str, link: Link) -> Notice:
    """Put an alert into words for ``to``. Raises UnknownAlert."""
    columns = (alerts.c.question, alerts.c.value, interviews.c.id, interviews.c.queue, interviews.c.survey)
    more = (interviews.c.version, interviews.c.language, interviews.c.ended_at, interviews.c.agent, agents.c.name)
    found = select(*columns, *more).join_from(alerts, interviews).outerjoin(agents, agents.c.id == interviews.c.agent)
    row = tx.execute(found.where(alerts.c.id == alert)).one_or_none()
    if row is None:
        raise UnknownAlert(f"there is no alert {alert}")
    form, given = form_of(tx, office.centre, row.survey, row.version), given_in(tx, row.id)
    question = next((asked for asked in form.questions if asked.id == row.question), None)
    words = question.text.get(row.language, row.question) if question else row.question
    score = _score(row.value, question.scale if question else "")
    facts = [("Agent", row.name or row.agent), ("Queue", row.queue), ("Question", words), ("Score", score)]
    facts += [("Comment", without_numbers(comment)) for comment in given.comments]
    facts += [("Comment", f"spoken, {speech.seconds:.0f} s: to be heard on the page") for speech in given.speeches]
    facts += [("When", f"{row.ended_at:%d %B %Y %H:%M} UTC")] if row.ended_at else []
    subject = f"Low score: {score} for {row.name or row.agent} ({row.queue})"
    return Notice(alert, to, subject, tuple(facts), link(row.id))


def without_numbers(text: str) -> str:
    """The text without anything that may be a phone number: mails are forwarded, numbers must not be."""
    return _NUMBER.sub("[number]", text)


def _score(value: int, scale: str) -> str:
    known = SCALES.get(scale)
    return f"{value} of {known.highest}" if known else str(value)
