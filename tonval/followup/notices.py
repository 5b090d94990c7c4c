"""The words of an alert's mail: who, which queue, what was asked and answered, when, and where to read on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from tonval.fieldwork.deciding.zones import clock
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import form_of
from tonval.followup.given import given_in
from tonval.store.tables import agents, alerts, interviews, users
from tonval.surveys.scales import SCALES
from tonval.surveys.sentences import Sentence, sentence
from tonval.surveys.state import Speech
from tonval.translations.telling import moment_in, readable, told_in

Link = Callable[[str], str]
"""An interview's id to the address of its page."""

AGENT, QUEUE, QUESTION = sentence("Agent"), sentence("Queue"), sentence("Question")
SCORE, COMMENT, WHEN, NUMBER = sentence("Score"), sentence("Comment"), sentence("When"), sentence("phone number")

_NUMBER = re.compile(r"\+?\d[\d \-/().]{5,}\d")


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail to one person about one alert, told in ``language``. ``facts`` are label and value, in reading order."""

    alert: str
    to: str
    subject: str
    facts: tuple[tuple[str, str], ...]
    link: str
    language: str


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
    language = _read_by(tx, office, to)
    subject, facts = _told(tx, office, row, language)
    return Notice(alert, to, told_in(language, subject), facts, link(row.id), language)


def _read_by(tx: Connection, office: Field, to: str) -> str:
    """Her own choice; the centre's for colleagues where nobody here has the address, or has not chosen."""
    found = select(users.c.language).where(func.lower(users.c.email) == to.lower(), users.c.ended_at.is_(None))
    chosen = tx.execute(found.where(users.c.language.is_not(None)).order_by(users.c.name)).scalars().first()
    return readable(chosen, office.centre.staff_language)


def _told(tx: Connection, office: Field, row: Any, language: str) -> tuple[Sentence, tuple[tuple[str, str], ...]]:
    """The subject, and the facts in ``language``."""
    form, given = form_of(tx, office.centre, row.survey, row.version), given_in(tx, row.id)
    question = next((asked for asked in form.questions if asked.id == row.question), None)
    words = question.text.get(row.language, row.question) if question else row.question
    agent, score = row.name or row.agent, _score(row.value, question.scale if question else "")
    facts = [(AGENT, agent), (QUEUE, row.queue), (QUESTION, words), (SCORE, score)]
    facts += [(COMMENT, without_numbers(language, comment)) for comment in given.comments]
    facts += [(COMMENT, _spoken(speech)) for speech in given.speeches]
    facts += [(WHEN, moment_in(language, row.ended_at, clock(office.centre.zone)))] if row.ended_at else []
    subject = sentence("Low score: %(score)s for %(agent)s (%(queue)s)", score=score, agent=agent, queue=row.queue)
    return subject, tuple((told_in(language, label), told_in(language, value)) for label, value in facts)


def without_numbers(language: str, text: str) -> str:
    """The text without anything that may be a phone number: mails are forwarded, numbers must not be."""
    return _NUMBER.sub(f"[{told_in(language, NUMBER)}]", text)


def _spoken(speech: Speech) -> Sentence:
    return sentence("spoken, %(seconds)s s: to be heard on the page", seconds=f"{speech.seconds:.0f}")


def _score(value: int, scale: str) -> str:
    known = SCALES.get(scale)
    return sentence("%(value)s of %(highest)s", value=value, highest=known.highest) if known else str(value)
